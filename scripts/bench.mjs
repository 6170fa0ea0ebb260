// Benchmarks beside the peers, in one run; fails when a ratio, a count or a size is beyond its budget.
//
//   npm run bench                        all of them
//   npm run bench -- webhook             verifying and reading a delivery; also year, growth, servers
//   npm run bench -- crowd               who waits while eight clients send what costs most
//   npm run bench -- far                 what is waited for while Polar and Plinto are a tenth of a second away
//   npm run bench -- clicks              from a click to Polar's checkout in Chromium, and what the page loads and occupies
//   npm run bench -- usage               events taken durably, beside a bare SQLite loop and Polar's own clients; --stored,
//                                        --minutes
//   npm run bench -- servers --rounds 5  wants wrk (npm run setup -- --full), two cores and an idle machine
//
// What is measured is the release build.
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { made, need, things } from './lib/needs.mjs';
import { at } from './lib/paths.mjs';
import { buildOrExit } from './lib/prepare.mjs';
import { attempt } from './lib/run.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ms: { type: 'string', default: '200' },
    runs: { type: 'string', default: '9' },
    rounds: { type: 'string' },
    seconds: { type: 'string', default: '3' },
    minutes: { type: 'string', default: '10' },
    stored: { type: 'string', default: '10000000' },
    'no-build': { type: 'boolean', default: false },
  },
});

// The peers of `servers` and of `clicks` are installed when they are first measured.
const peers = existsSync(at('tests/bench/servers/node_modules/libsql')) ? [] : [things.npm];
const clickPeers = existsSync(at('tests/bench/clicks/node_modules/better-auth')) ? [] : [things.npm];

const usagePeers = existsSync(at('tests/bench/usage/node_modules/polar-sdk-1')) ? [] : [things.npm];

/** What each builds (programs of the release build; with `js`, the package and its modules), needs and measures. */
const benches = {
  webhook: {
    programs: ['plinto_polar_bench'],
    js: true,
    needs: [things.modules],
    measure: async () => {
      const { benchWebhook } = await import('../tests/bench/webhook.mjs');
      return benchWebhook({ ms: Number(options.ms), runs: Number(options.runs) });
    },
  },
  year: {
    programs: [],
    js: true,
    needs: [things.modules],
    measure: async () => (await import('../tests/bench/year.mjs')).benchYear(Number(options.runs)),
  },
  growth: {
    programs: ['plinto_polar_growth'],
    js: false,
    needs: [],
    measure: async () => (await attempt(at('build/release/bin/plinto_polar_growth'), [])).code === 0,
  },
  servers: {
    programs: ['plinto-polar', 'plinto_polar_bench_upstream'],
    js: false,
    needs: [things.wrk, things.taskset, things.getconf, ...peers],
    measure: async () => {
      const { benchServers } = await import('../tests/bench/servers.mjs');
      return benchServers({ rounds: Number(options.rounds ?? 3), seconds: Number(options.seconds) });
    },
  },
  far: {
    programs: ['plinto-polar', 'plinto_polar_bench_upstream'],
    js: false,
    needs: [things.wrk, things.taskset, things.getconf, ...peers],
    measure: async () => (await import('../tests/bench/far.mjs')).benchFar({ seconds: Number(options.seconds) }),
  },
  crowd: {
    programs: ['plinto-polar'],
    js: false,
    needs: [],
    measure: async () => (await import('../tests/bench/crowd.mjs')).benchCrowd({ seconds: Number(options.seconds) }),
  },
  usage: {
    programs: ['plinto-polar', 'plinto_polar_bench_upstream', 'plinto_polar_bench_rows'],
    js: false,
    needs: [things.wrk, things.taskset, things.getconf, things.postgres, ...usagePeers],
    measure: async () => {
      const { benchUsage } = await import('../tests/bench/usage.mjs');
      return benchUsage({
        rounds: Number(options.rounds ?? 3),
        seconds: Number(options.seconds),
        minutes: Number(options.minutes),
        stored: Number(options.stored),
      });
    },
  },
  clicks: {
    programs: [],
    js: true,
    needs: [things.modules, things.chromium, ...clickPeers],
    measure: async () => {
      const { benchClicks } = await import('../tests/bench/clicks.mjs');
      return benchClicks({ rounds: Number(options.rounds ?? 15) });
    },
  },
};
const wanted = positionals.length === 0 ? Object.keys(benches) : positionals;
for (const name of wanted) {
  if (benches[name] === undefined) {
    console.error(`bench: there is no ${name}; there are ${Object.keys(benches).join(', ')}`);
    process.exit(2);
  }
}
const chosen = wanted.map((name) => benches[name]);
const programs = chosen.flatMap((bench) => bench.programs);
const js = chosen.some((bench) => bench.js);
const built = [...programs.map((name) => `build/release/bin/${name}`), ...(js ? ['dist/js/index.js'] : [])];

need('bench', ...chosen.map((bench) => bench.needs));
if (options['no-build']) {
  need('bench', ...built.map((path) => made(path, 'npm run bench')));
} else {
  need('bench', programs.length > 0 ? things.native : [], js ? things.wasm : []);
  if (programs.length > 0) await buildOrExit(['--release', ...programs.flatMap((name) => ['--target', name])]);
  if (js) await buildOrExit(['--wasm', '--js']);
}
for (const { measure } of chosen) if (!(await measure())) process.exitCode = 1;
