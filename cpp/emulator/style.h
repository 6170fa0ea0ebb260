// The style sheet of the emulator's pages: light and dark, one accent, the system's font.
#pragma once

#include <string_view>

namespace plinto::polar::emulator {

inline constexpr std::string_view kStyleSheet = R"css(:root {
  --accent: #2457e6; --on-accent: #fff; --page: #f4f5f7; --card: #fff; --ink: #15171c; --soft: #5b6270;
  --line: #dfe2e8; --good: #11733d; --warn: #8a5a00; --bad: #b3261e; --bad-back: #fdeceb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --accent: #7d9dff; --on-accent: #0b1020; --page: #101216; --card: #191c22; --ink: #eceef2; --soft: #a2a9b6;
    --line: #2c313b; --good: #5fd08f; --warn: #f0bf62; --bad: #ff8f87; --bad-back: #3a1c1b;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
.banner { margin: 0; padding: .5rem 1rem; text-align: center; font-size: .875rem; color: var(--soft);
  border-bottom: 1px solid var(--line); background: var(--card); }
.banner strong { color: var(--accent); margin-inline-end: .5rem; }
main { max-width: 58rem; margin: 0 auto; padding: 2.5rem 1rem 4rem; }
.columns { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 1.75rem; }
.card + .card { margin-top: 1.5rem; }
.columns .card + .card { margin-top: 0; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; letter-spacing: -.01em; }
h2 { font-size: 1.125rem; margin: 0 0 .75rem; }
p { margin: 0 0 1rem; }
.soft { color: var(--soft); }
.price { font-size: 2.25rem; font-weight: 650; letter-spacing: -.02em; margin: .5rem 0 1rem; }
.price small { font-size: 1rem; font-weight: 400; color: var(--soft); letter-spacing: 0; }
dl { margin: 1.25rem 0 0; }
dl div { display: flex; justify-content: space-between; gap: 1rem; padding: .5rem 0; border-top: 1px solid var(--line); }
dt { color: var(--soft); }
dd { margin: 0; text-align: end; font-variant-numeric: tabular-nums; }
.total dt, .total dd { color: var(--ink); font-weight: 650; }
ul { margin: 0; padding-inline-start: 1.25rem; }
label { display: block; font-size: .875rem; font-weight: 600; margin-bottom: .35rem; }
.field { margin-bottom: 1.1rem; }
.hint { font-size: .8125rem; color: var(--soft); margin: .35rem 0 0; }
input { width: 100%; font: inherit; color: inherit; background: var(--page); border: 1px solid var(--line);
  border-radius: 9px; padding: .65rem .8rem; }
input[readonly] { color: var(--soft); }
button { font: inherit; font-weight: 600; border-radius: 9px; padding: .7rem 1.1rem; cursor: pointer;
  border: 1px solid transparent; background: var(--accent); color: var(--on-accent); }
button.wide { width: 100%; }
button.quiet { background: transparent; color: var(--ink); border-color: var(--line); }
button:hover { filter: brightness(1.07); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
a { color: var(--accent); }
.back { display: inline-block; margin-bottom: 1.25rem; }
.problem { background: var(--bad-back); color: var(--bad); border-radius: 9px; padding: .75rem 1rem; }
.row { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 1rem; }
.row p { margin: 0; }
.status { font-weight: 600; color: var(--good); }
.status[data-state="ending"] { color: var(--warn); }
.status[data-state="over"] { color: var(--soft); }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th { text-align: start; font-size: .8125rem; color: var(--soft); font-weight: 600; }
th, td { padding: .55rem .5rem .55rem 0; border-bottom: 1px solid var(--line); }
td:last-child, th:last-child { text-align: end; padding-inline-end: 0; }
)css";

}  // namespace plinto::polar::emulator
