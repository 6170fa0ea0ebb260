// Runs the tests and closes with one line, `N passed, N failed`.
//
//   npm test                  sets up, builds, runs every suite
//   npm run test:core         only the core, natively and as Wasm: the quick loop
//   npm run test:full         everything, then the long runs
//   npm test -- --no-build    what is built already
import { mkdirSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { countJunit } from './lib/junit.mjs';
import { at, nativeBin } from './lib/paths.mjs';
import { prepare } from './lib/prepare.mjs';
import { node, run } from './lib/run.mjs';
import { missed, say, seen, stage } from './lib/say.mjs';
import {
  catchSuites,
  contractSuite,
  demoSuite,
  fuzzSuite,
  gateSuite,
  nodeSuite,
  referenceSuite,
  tidySuite,
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
if (options.only !== undefined && options.only !== 'core') {
  console.error('test: --only takes "core"');
  process.exit(2);
}

const coreOnly = [
  ['--native', '--target', 'plinto_polar_tests'],
  ['--wasm', '--target', 'core_tests'],
];
const isCore = ({ name }) => name.startsWith('plinto_polar_tests ');

/** The long runs of `--full`: what each builds first, and its suites once that is built. */
const longRuns = [
  {
    what: 'Catch2 under AddressSanitizer and UndefinedBehaviorSanitizer',
    build: ['--asan'],
    suites: () => catchSuites(at('build/asan/bin'), 'sanitizers'),
  },
  {
    what: 'the core built by clang, linted, and its reference',
    build: ['--clang'],
    suites: () => [...catchSuites(at('build/clang/bin'), 'clang'), tidySuite, referenceSuite],
  },
  { what: 'fuzzing', build: ['--fuzz'], suites: () => [fuzzSuite] },
];

const results = at('test-results');
const total = { passed: 0, failed: 0, skipped: 0 };
const summary = [];

try {
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  // Every emulator of this run writes down what it answers.
  process.env.POLAR_EMULATOR_TRANSCRIPT = `${results}/emulator-transcript.jsonl`;
  if (options.only === 'core') {
    if (!options['no-build']) for (const part of coreOnly) await prepare(part);
    await runAll([...catchSuites(nativeBin, 'native').filter(isCore), wasmSuite], 2);
  } else {
    if (!options['no-build']) await prepare([], options.full ? ['--full'] : []);
    await runAll(everySuite(), 8);
    if (options.full) for (const long of longRuns) await runLong(long);
  }
} catch (error) {
  count('The run itself', { passed: 0, failed: 1, skipped: 0 }, error.message);
}

say();
for (const { name, passed, failed, note } of summary) {
  const line = `${name}: ${passed} passed, ${failed} failed${note === undefined ? '' : ` (${note})`}`;
  if (failed === 0) seen(line);
  else missed(line);
}
const skipped = total.skipped === 0 ? '' : `, ${total.skipped} skipped`;
say(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed === 0 ? 0 : 1;

function everySuite() {
  return [
    ...catchSuites(nativeBin, 'native'),
    wasmSuite,
    typescriptSuite,
    nodeSuite('Architecture', 'tests/architecture'),
    gateSuite,
    nodeSuite('Bad input', 'tests/e2e'),
    nodeSuite('2,000 requests out of the OpenAPI document', 'tests/contract/sweep'),
    nodeSuite('The package as installed', 'tests/packaging'),
    demoSuite,
    // Last, since it judges what the emulator answered to all the others.
    contractSuite,
  ];
}

/** Fewer suites than `atLeast` means that one was not built: that is a failure, not a smaller run. */
async function runAll(suites, atLeast) {
  if (suites.length < atLeast) throw new Error(`only ${suites.length} suites were found; something was not built`);
  for (const suite of suites) await runSuite(suite);
}

async function runLong({ what, build, suites }) {
  stage(`Long run: ${what}`);
  if (!options['no-build']) await run(node, [at('scripts/build.mjs'), ...build]);
  await runAll(suites(), 1);
}

async function runSuite({ name, run: runIt }) {
  stage(name);
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
