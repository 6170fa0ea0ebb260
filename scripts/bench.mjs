// Benchmarks beside the peers, in one run; fails when a ratio, a count or a size is beyond its budget.
//
//   npm run bench                        all of them
//   npm run bench -- webhook             verifying and reading a delivery; also year, servers
//   npm run bench -- servers --rounds 5  wants wrk (Debian's package), two cores and an idle machine
import { parseArgs } from 'node:util';
import { benchServers } from '../tests/bench/servers.mjs';
import { benchWebhook } from '../tests/bench/webhook.mjs';
import { benchYear } from '../tests/bench/year.mjs';
import { at } from './lib/paths.mjs';
import { node, run } from './lib/run.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ms: { type: 'string', default: '200' },
    runs: { type: 'string', default: '9' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
    'no-build': { type: 'boolean', default: false },
  },
});

const benches = {
  webhook: {
    targets: ['plinto_polar_bench'],
    measure: () => benchWebhook({ ms: Number(options.ms), runs: Number(options.runs) }),
  },
  year: { targets: [], measure: () => benchYear(Number(options.runs)) },
  servers: {
    targets: ['plinto-polar', 'plinto_polar_bench_upstream'],
    measure: () => benchServers({ rounds: Number(options.rounds), seconds: Number(options.seconds) }),
  },
};
const wanted = positionals.length === 0 ? Object.keys(benches) : positionals;
for (const name of wanted) {
  if (benches[name] === undefined) {
    console.error(`bench: there is no ${name}; there are ${Object.keys(benches).join(', ')}`);
    process.exit(2);
  }
}
const targets = wanted.flatMap((name) => benches[name].targets).flatMap((target) => ['--target', target]);
if (!options['no-build'] && targets.length > 0) await run(node, [at('scripts/build.mjs'), '--native', ...targets]);
for (const name of wanted) if (!(await benches[name].measure())) process.exitCode = 1;
