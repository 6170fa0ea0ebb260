// The style sheet of the emulator's pages: light and dark, one accent, the system's font.
#pragma once

#include <string_view>

namespace plinto::polar::emulator {

inline constexpr std::string_view kStyleSheet = R"css(:root {
  color-scheme: light; --accent: #2457e6; --on-accent: #fff; --page: #f4f5f7; --card: #fff; --well: #f7f8fa;
  --ink: #15171c; --soft: #5b6270; --line: #dfe2e8; --edge: #868e9c; --good: #11733d; --warn: #8a5a00;
  --bad: #b3261e; --bad-back: #fdeceb;
}
@media (prefers-color-scheme: dark) {
  :root:not([data-theme="light"]) {
    color-scheme: dark; --accent: #7d9dff; --on-accent: #0b1020; --page: #101216; --card: #191c22; --well: #12151a;
    --ink: #eceef2; --soft: #a2a9b6; --line: #2c313b; --edge: #707989; --good: #5fd08f; --warn: #f0bf62;
    --bad: #ff8f87; --bad-back: #3a1c1b;
  }
}
:root[data-theme="dark"] {
  color-scheme: dark; --accent: #7d9dff; --on-accent: #0b1020; --page: #101216; --card: #191c22; --well: #12151a;
  --ink: #eceef2; --soft: #a2a9b6; --line: #2c313b; --edge: #707989; --good: #5fd08f; --warn: #f0bf62;
  --bad: #ff8f87; --bad-back: #3a1c1b;
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif;
  overflow-wrap: break-word; }
.banner { margin: 0; padding: .5rem 3.5rem; text-align: center; font-size: .875rem; color: var(--soft);
  border-bottom: 1px solid var(--line); background: var(--card); }
.banner strong { color: var(--accent); margin-inline-end: .5rem; }
.warning { color: var(--warn); }
main { max-width: 60rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
.columns { display: grid; gap: 2rem 3.5rem; grid-template-columns: repeat(auto-fit, minmax(min(21rem, 100%), 1fr));
  align-items: start; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 1.75rem; }
.card + .card { margin-top: 1.25rem; }
.notice { max-width: 30rem; margin: 3rem auto 0; text-align: center; }
.narrow { max-width: 32rem; }
.notice p { margin: 0; color: var(--soft); }
.seller { color: var(--soft); font-size: .875rem; font-weight: 600; margin: 0 0 .25rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; letter-spacing: -.01em; }
h2 { font-size: 1.125rem; line-height: 1.3; margin: 0 0 1rem; }
.row h2 { margin: 0 0 .25rem; }
p { margin: 0 0 1rem; }
.soft { color: var(--soft); }
.price { font-size: 2.25rem; line-height: 1.2; font-weight: 650; letter-spacing: -.02em; margin: .25rem 0 1rem; }
.price small { font-size: 1rem; font-weight: 400; color: var(--soft); letter-spacing: 0; }
.plus { color: var(--soft); margin: -.5rem 0 1rem; }
.tiers + .hint { margin: 0 0 1rem; }
dl { margin: 1.25rem 0 0; }
.card > dl { margin: 0; }
dl div { display: flex; justify-content: space-between; gap: 1rem; padding: .6rem 0; border-top: 1px solid var(--line); }
.card > dl div:first-child { border-top: 0; padding-top: 0; }
.card > dl div:last-child { padding-bottom: 0; }
dt { color: var(--soft); }
dd { margin: 0; text-align: end; font-variant-numeric: tabular-nums; }
.tiers { margin: 0 0 .5rem; font-size: .9375rem; }
.tiers div { padding: .35rem 0; }
.total dt, .total dd { color: var(--ink); font-weight: 650; }
meter { width: 9rem; height: .75rem; }
ul { margin: 0; padding-inline-start: 1.25rem; }
.ticks, .rows, .cards { list-style: none; padding: 0; }
.ticks { margin-bottom: 1.5rem; }
.card > .ticks { margin-bottom: 0; }
.ticks li { padding-inline-start: 1.6rem; position: relative; margin: .3rem 0; }
.ticks li::before { content: ""; position: absolute; inset-inline-start: .25rem; top: .42em; width: .35rem; height: .65rem;
  border: solid var(--good); border-width: 0 2px 2px 0; transform: rotate(40deg); }
.rows li { padding: .5rem 0; border-bottom: 1px solid var(--line); flex-wrap: nowrap; }
.rows li:last-child { border-bottom: 0; }
.rows + details { margin-top: 0; }
.rows { margin-bottom: 1rem; }
.brand::first-letter { text-transform: uppercase; }
label, legend { display: block; font-size: .875rem; font-weight: 600; margin-bottom: .35rem; padding: 0; }
.field { margin-bottom: 1.15rem; }
.hint { font-size: .8125rem; color: var(--soft); margin: .4rem 0 0; }
.cards { margin-top: .2rem; }
.cards li { display: flex; flex-wrap: wrap; column-gap: .6rem; align-items: baseline; }
code { font: .9em ui-monospace, monospace; color: var(--ink); }
input, select { width: 100%; font: inherit; color: inherit; background: var(--well); border: 1px solid var(--edge);
  border-radius: 9px; padding: .65rem .8rem; min-height: 2.85rem; }
input[readonly] { color: var(--soft); border-color: var(--line); }
input[aria-invalid="true"] { border-color: var(--bad); box-shadow: inset 0 0 0 1px var(--bad); }
input[type="radio"] { width: 1.15rem; height: 1.15rem; min-height: 0; margin: 0; flex: none; accent-color: var(--accent); }
.choices { border: 0; padding: 0; margin: 0 0 1.15rem; min-width: 0; }
.choice { display: flex; gap: .75rem; align-items: center; border: 1px solid var(--line); border-radius: 11px;
  padding: .85rem 1rem; margin: 0 0 .5rem; background: var(--card); cursor: pointer; font-size: 1rem; }
.choice .soft { margin-inline-start: auto; font-weight: 400; text-align: end; font-variant-numeric: tabular-nums; }
.choice:has(:checked) { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
.together { display: flex; gap: .6rem; align-items: stretch; }
.together input, .together select { flex: 1; min-width: 0; }
.together button { flex: none; }
.applied { display: flex; justify-content: space-between; gap: 1rem; align-items: center; background: var(--card);
  border: 1px dashed var(--edge); border-radius: 9px; padding: .4rem .5rem .4rem .9rem; }
button { font: inherit; font-weight: 600; border-radius: 9px; padding: .65rem 1.1rem; min-height: 2.85rem; cursor: pointer;
  border: 1px solid transparent; white-space: nowrap; background: var(--accent); color: var(--on-accent); }
button.wide { width: 100%; margin-top: .5rem; }
button.quiet { background: var(--card); color: var(--ink); border-color: var(--edge); }
button.plain { background: none; color: var(--accent); padding: .25rem .5rem; margin-inline-end: -.5rem; min-height: 2.25rem; }
button[data-action="update"] { margin-bottom: 1.15rem; }
button[aria-disabled="true"] { opacity: .6; }
button:hover { filter: brightness(1.07); }
button.quiet:hover, button.plain:hover { text-decoration: underline; filter: none; }
.close { position: fixed; inset-block-start: .2rem; inset-inline-end: .5rem; width: 2.5rem; min-height: 2.25rem; padding: 0;
  font-size: 1.5rem; line-height: 1; background: none; color: var(--ink); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
a { color: var(--accent); }
.back { display: inline-block; margin-bottom: 1.25rem; }
.back::before { content: "\2190\00a0"; }
.problem { background: var(--bad-back); color: var(--bad); border-radius: 9px; padding: .75rem 1rem; }
.row { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: .75rem 1rem; }
.row p { margin: 0; }
details { margin-top: 1rem; border-top: 1px solid var(--line); padding-top: .75rem; }
summary { cursor: pointer; font-weight: 600; padding: .25rem 0; border-radius: 6px; }
details > :nth-child(2) { margin-top: .75rem; }
details > form:not(.together) { max-width: 28rem; }
details form + .rows, details .rows + form { margin-top: .75rem; }
.status { font-weight: 600; color: var(--good); }
.status[data-state="ending"] { color: var(--warn); }
.status[data-state="bad"] { color: var(--bad); }
.status[data-state="over"] { color: var(--soft); }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th { text-align: start; font-size: .8125rem; color: var(--soft); font-weight: 600; }
th, td { padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); }
tbody tr:last-child td { border-bottom: 0; }
.number, td:last-child, th:last-child { text-align: end; }
th:last-child, td:last-child { padding-inline-end: 0; }
td:last-child { width: 1%; }
tbody td:only-child { text-align: start; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 34rem) {
  main { padding: 1.5rem 1rem 3rem; }
  .card { padding: 1.25rem; }
  .price { font-size: 1.9rem; }
  .together { flex-wrap: wrap; }
  details .together > :is(input, select) { flex-basis: 100%; }
  .together button { flex: 1; }
  #checkout .together button { flex: none; }
  thead { position: absolute; clip-path: inset(50%); }
  tr { display: grid; grid-template-columns: minmax(0, 1fr) auto; column-gap: .75rem; padding: .6rem 0; border-bottom: 1px solid var(--line); }
  tbody tr:last-child { border-bottom: 0; }
  td { border: 0; padding: .1rem 0; overflow-wrap: anywhere; }
  td:nth-child(2n), td:last-child { text-align: end; }
  td:last-child { width: auto; }
  td:nth-child(odd):last-child { grid-column: 1 / -1; }
  .log td { font-size: .875rem; }
  .banner { padding-inline: 3rem; }
  .banner strong { display: block; margin: 0; }
}
@media (prefers-reduced-motion: no-preference) { [aria-busy="true"] h1 { animation: wait 1.2s ease-in-out infinite alternate; } }
@keyframes wait { to { opacity: .45; } }
)css";

}  // namespace plinto::polar::emulator
