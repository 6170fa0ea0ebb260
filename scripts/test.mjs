// Runs the tests and closes with one line, `N passed, N failed`.
//
//   npm test                               sets up, builds, runs every suite
//   npm run test:core                      only the core, natively and as Wasm: the quick loop
//   npm run test:full                      everything, then the long runs
//   npm run test:full -- --only clang      one stage; also tests, release, sanitizers, threads, fuzz, growth, rows, sim,
//                                          kill, servers, deliveries, outages, starvation, recorder,
//                                          access, leases, gallery, runtimes
//   npm test -- --no-build                 what is built already
import { mkdirSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { countJunit } from './lib/junit.mjs';
import { made, need, things } from './lib/needs.mjs';
import { at } from './lib/paths.mjs';
import { build, prepare } from './lib/prepare.mjs';
import { stage as announce, missed, say, seen } from './lib/say.mjs';
import {
  catchSuites,
  contractSuite,
  demoSuite,
  fuzzSuite,
  gateSuite,
  growthSuite,
  longSimulationSuites,
  nodeSuite,
  referenceSuite,
  rowsSuite,
  runtimesSuite,
  sanitizedSimulationSuite,
  shortSimulationSuite,
  tidySuite,
  trialSuite,
  typescriptSuite,
  wasmSuite,
} from './lib/suites.mjs';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    full: { type: 'boolean', default: false },
    'no-build': { type: 'boolean', default: false },
  },
});

/**
 * The stages: what each builds first, and the suites that run then, at least so many, since fewer mean that something
 * was not built. Without `--only`, `tests` runs, and with `--full` those that are long too.
 */
const stages = {
  core: {
    build: [
      ['--native', '--target', 'plinto_polar_tests'],
      ['--wasm', '--target', 'core_tests'],
    ],
    suites: () => [...catchSuites('native').filter(({ name }) => name.startsWith('plinto_polar_tests ')), wasmSuite],
    atLeast: 2,
  },
  tests: { build: [[]], suites: everySuite, atLeast: 8 },
  release: {
    what: 'Catch2 with the flags of the release, and the programs of the benchmarks',
    long: true,
    build: [
      ['--release', '--target', 'all', '--target', 'plinto_polar_bench', '--target', 'plinto_polar_bench_upstream'],
    ],
    suites: () => catchSuites('release'),
    atLeast: 4,
  },
  sanitizers: {
    what: 'Catch2 under AddressSanitizer and UndefinedBehaviorSanitizer',
    long: true,
    build: [['--asan']],
    suites: () => [...catchSuites('asan'), sanitizedSimulationSuite('asan')],
    atLeast: 5,
  },
  threads: {
    what: 'the server, its store and the simulation under ThreadSanitizer',
    long: true,
    build: [
      [
        ...['--tsan', '--target', 'plinto_polar_server_tests', '--target', 'plinto_polar_store_tests'],
        ...['--target', 'plinto_polar_sim'],
      ],
    ],
    suites: () => [...catchSuites('tsan'), sanitizedSimulationSuite('tsan')],
    atLeast: 3,
  },
  clang: {
    what: 'the core built by clang, linted, and its reference',
    long: true,
    build: [['--clang']],
    suites: () => [...catchSuites('clang'), tidySuite, referenceSuite],
    atLeast: 3,
  },
  fuzz: { what: 'fuzzing', long: true, build: [['--fuzz']], suites: () => [fuzzSuite], atLeast: 1 },
  growth: {
    what: 'CPU time for n bytes and for 2n, of every parser and route',
    long: true,
    build: [['--native', '--target', 'plinto_polar_growth']],
    suites: () => [growthSuite],
    atLeast: 1,
  },
  rows: {
    what: 'the plan of every statement, over four million usage events and a million webhooks',
    long: true,
    build: [['--native', '--target', 'plinto_polar_store_tests']],
    suites: () => [rowsSuite],
    atLeast: 1,
  },
  sim: {
    what: 'the simulation over as many seeds as fit in ten minutes, and the mistakes that it has to find',
    long: true,
    build: [['--native', '--target', 'plinto_polar_sim']],
    suites: () => longSimulationSuites,
    atLeast: 2,
  },
  gallery: {
    what: 'every component in every scenario, theme, direction and width, under axe',
    long: true,
    build: [['--programs']],
    suites: () => [nodeSuite('Every scene of the gallery', 'tests/gallery')],
    atLeast: 1,
  },
  runtimes: {
    what: 'the packed package on every runtime and bundler',
    long: true,
    build: [['--programs']],
    suites: () => [runtimesSuite],
    atLeast: 1,
  },
  kill: trial('200 SIGKILLs under load, on SQLite and on PostgreSQL', 'kill.test.mjs'),
  servers: trial('three servers on one PostgreSQL, killed and stopped under load', 'servers.test.mjs'),
  deliveries: trial('10,000 deliveries, of which many are late, double, damaged or lost', 'deliveries.test.mjs'),
  outages: trial(
    'disk, database, Polar and clock in trouble',
    'disk.test.mjs',
    'postgres.test.mjs',
    'polar-away.test.mjs',
    'clock.test.mjs',
  ),
  leases: trial('100 who reserve at once from one balance, while servers are killed', 'leases.test.mjs'),
  access: trial('10,000 access checks, and what they ask of others', 'access.test.mjs'),
  recorder: trial(
    '50,000 events recorded by tabs and a back end that are reloaded, killed and cut off',
    'recorder.test.mjs',
  ),
  starvation: trial('one user, one address and one tenant who ask for all there is', 'starvation.test.mjs'),
};
if (options.only !== undefined && stages[options.only] === undefined) {
  console.error(`test: --only takes one of ${Object.keys(stages).join(', ')}`);
  process.exit(2);
}
const long = Object.keys(stages).filter((name) => stages[name].long);
const chosen = options.only !== undefined ? [options.only] : ['tests', ...(options.full ? long : [])];
const full = chosen.some((name) => stages[name].long);

const results = at('test-results');
const total = { passed: 0, failed: 0, skipped: 0 };
const summary = [];
const times = [];

try {
  if (options['no-build']) need('test', made('build', 'npm run build'));
  else await prepare('test', undefined, full ? ['--full'] : []);
  if (full) need('test', things.clang, things.clangTidy, things.doxygen);
  if (!chosen.includes('core'))
    need('test', things.modules, things.postgres, things.chromium, things.firefox, things.git, things.python);
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  // Every emulator of this run writes down what it answers.
  process.env.POLAR_EMULATOR_TRANSCRIPT = `${results}/emulator-transcript.jsonl`;
  for (const name of chosen) await runStage(name, stages[name]);
} catch (error) {
  count('The run itself', { passed: 0, failed: 1, skipped: 0 }, error.message);
}

say();
for (const { name, passed, failed, note } of summary) {
  const line = `${name}: ${passed} passed, ${failed} failed${note === undefined ? '' : ` (${note})`}`;
  if (failed === 0) seen(line);
  else missed(line);
}
for (const { name, seconds } of times) say(`${name}: ${Math.floor(seconds / 60)} min ${seconds % 60} s`);
const skipped = total.skipped === 0 ? '' : `, ${total.skipped} skipped`;
say(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** Trials: TRIAL_SCALE=0.1 runs a tenth of them, TRIAL_SEED chooses as another run did. */
function trial(what, ...files) {
  return {
    what,
    long: true,
    build: [['--programs']],
    suites: () => files.map((file) => trialSuite(`Trial: ${file.replace('.test.mjs', '')}`, file)),
    atLeast: files.length,
  };
}

function everySuite() {
  return [
    ...catchSuites('native'),
    shortSimulationSuite,
    wasmSuite,
    typescriptSuite,
    nodeSuite('Architecture', 'tests/architecture'),
    gateSuite,
    nodeSuite('End to end', 'tests/e2e'),
    nodeSuite('2,000 requests out of the OpenAPI document', 'tests/contract/sweep'),
    nodeSuite('The package as installed', 'tests/packaging'),
    nodeSuite('The package in runtimes and bundlers', 'tests/runtimes'),
    demoSuite,
    // Last, since it judges what the emulator answered to all the others.
    contractSuite,
  ];
}

async function runStage(name, { what, build: builds, suites, atLeast }) {
  const started = Date.now();
  if (what !== undefined) announce(`Long run: ${what}`);
  if (!options['no-build']) for (const args of builds) await build(args);
  const found = suites();
  if (found.length < atLeast) throw new Error(`only ${found.length} suites were found; something was not built`);
  for (const suite of found) await runSuite(suite);
  times.push({ name, seconds: Math.round((Date.now() - started) / 1000) });
}

async function runSuite({ name, run: runIt }) {
  announce(name);
  const junit = `${results}/${name.replaceAll(/[^A-Za-z0-9]+/g, '-').replace(/-$/, '')}.xml`;
  let note;
  const code = await runIt(junit).catch((error) => {
    note = error.message;
    return 1;
  });
  const counted = countJunit(junit);
  if (counted.passed + counted.failed === 0) count(name, { ...counted, failed: 1 }, note ?? 'it ran no test');
  else if (code !== 0 && counted.failed === 0) count(name, { ...counted, failed: 1 }, note ?? `it ended with ${code}`);
  else count(name, counted, note);
}

function count(name, { passed, failed, skipped }, note) {
  summary.push({ name, passed, failed, note });
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}
