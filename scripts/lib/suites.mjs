// The test suites: how each is run, and where it leaves its JUnit file. A suite resolves with its exit code.
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { junitReport } from './junit.mjs';
import { at } from './paths.mjs';
import { attempt, node } from './run.mjs';

/** @typedef {{ name: string, run: (junit: string) => Promise<number> }} Suite */

/** One suite per Catch2 program of a preset, run by CTest; its cases are counted from Catch2's report. @returns {Suite[]} */
export function catchSuites(preset) {
  const folder = at('build', preset, 'bin');
  if (!existsSync(folder)) return [];
  const programs = readdirSync(folder).filter((name) => name.endsWith('_tests'));
  return programs.map((program) => ({
    name: `${program} (${preset})`,
    run: async (junit) => {
      const report = at('build', preset, 'junit', `${program}.xml`);
      rmSync(report, { force: true });
      const { code, output } = await attempt('ctest', ['--preset', preset, '-R', `^${program}$`], { quiet: true });
      if (existsSync(report)) copyFileSync(report, junit);
      // The report is for machines: what failed is shown once more, as people read it.
      if (code !== 0) console.log(output.trimEnd());
      if (code !== 0) await attempt(`${folder}/${program}`, []);
      return code;
    },
  }));
}

/** A Catch2 program of the preset for development, with what it prints shown. @returns {Suite} */
const shownSuite = (name, program, tests) => ({
  name,
  run: async (junit) => (await attempt(at('build/native/bin', program), [...tests, '-r', 'junit', '-o', junit])).code,
});

export const growthSuite = shownSuite('Growth of CPU time', 'plinto_polar_growth', []);

export const rowsSuite = shownSuite('Plans over millions of rows', 'plinto_polar_store_tests', ['[rows]']);

/** The simulation of tests/sim. It says which seeds it ran, and which of them finds each planted mistake. @returns {Suite} */
const simulationSuite = (name, args, preset = 'native') => ({
  name,
  run: async (junit) => (await attempt(at('build', preset, 'bin/plinto_polar_sim'), [...args, '--junit', junit])).code,
});

// Both cores, for half a minute and for ten.
export const shortSimulationSuite = simulationSuite('The simulation', ['--seeds', '1..24', '--threads', '2']);

export const sanitizedSimulationSuite = (preset) =>
  simulationSuite(`The simulation (${preset})`, ['--seeds', '1..200', '--steps', '1000', '--threads', '2'], preset);

export const longSimulationSuites = [
  simulationSuite('The simulation, ten minutes', ['--seeds', '1..2000', '--seconds', '600', '--threads', '2']),
  simulationSuite('Planted mistakes', ['--seeds', '1..400', '--threads', '2', '--planted']),
];

/** The core's tests as Wasm in Node: they have no file system of their own, so the report comes by standard output. */
export const wasmSuite = {
  name: 'core_tests (Wasm in Node)',
  run: async (junit) => {
    // Emscripten names it .js and writes CommonJS, which Node reads as a module below our package.json.
    const program = at('build/wasm/bin/core_tests.cjs');
    copyFileSync(at('build/wasm/bin/core_tests.js'), program);
    const { code, output } = await attempt(node, ['--no-experimental-fetch', program, '-r', 'junit'], { quiet: true });
    writeFileSync(junit, output);
    if (code !== 0) await attempt(node, ['--no-experimental-fetch', program]);
    return code;
  },
};

/** Some of the projects of vitest.config.ts. @returns {Suite} */
const vitestSuite = (name, projects) => ({
  name,
  run: async (junit) => {
    const reporters = ['--reporter=default', '--reporter=junit', `--outputFile.junit=${junit}`];
    const chosen = projects.map((project) => `--project=${project}`);
    return (await attempt(node, [at('node_modules/vitest/vitest.mjs'), 'run', ...chosen, ...reporters])).code;
  },
});

export const typescriptSuite = vitestSuite('TypeScript (vitest)', ['js', 'components', 'contract']);

export const contractSuite = vitestSuite("The emulator, Polar's clients and Polar's document", ['emulator']);

/** Tests for node's own runner: those of a folder, or `only` some of its files. @returns {Suite} */
export const nodeSuite = (name, folder, only) => ({
  name,
  run: async (junit) => {
    const files = only ?? readdirSync(at(folder)).filter((file) => file.endsWith('.test.mjs'));
    const reporters = [
      ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
      ...['--test-reporter=junit', `--test-reporter-destination=${junit}`],
    ];
    const args = ['--test', '--test-concurrency=1', ...reporters, ...files.map((file) => at(folder, file))];
    return (await attempt(node, args)).code;
  },
});

/** Real servers for minutes, in trouble: tests/trials. @returns {Suite} */
export const trialSuite = (name, ...files) => nodeSuite(name, 'tests/trials', files);

export const demoSuite = {
  name: 'The demo in Chromium',
  run: async (junit) => (await attempt(node, [at('scripts/demo.mjs'), '--no-build', '--check', '--junit', junit])).code,
};

/** Every row of tests/runtimes, also those whose packages are downloaded. */
export const runtimesSuite = {
  name: 'Every runtime and bundler',
  run: async (junit) => (await attempt(node, [at('scripts/runtimes.mjs'), '--junit', junit])).code,
};

export const fuzzSuite = {
  name: 'Fuzzing',
  run: async (junit) => (await attempt(node, [at('scripts/fuzz.mjs'), '--no-build', '--junit', junit])).code,
};

export const tidySuite = {
  name: 'clang-tidy',
  run: async (junit) => (await attempt(node, [at('scripts/tidy.mjs'), '--no-build', '--junit', junit])).code,
};

/** The reference of the core's headers. Doxygen itself fails on a warning. */
export const referenceSuite = {
  name: 'The reference (doxygen)',
  run: async (junit) => {
    mkdirSync(at('build'), { recursive: true });
    const { code, output } = await attempt('doxygen', [at('Doxyfile')], { quiet: true });
    if (code !== 0) console.log(output.trimEnd());
    const name = "the reference of the core's headers is made without a warning";
    writeFileSync(junit, junitReport('reference', [code === 0 ? { name } : { name, failure: output.slice(0, 4000) }]));
    return code;
  },
};

/** Commands that must succeed, one test case each; what they print is shown when they fail, and always for `shown`. */
export const gateSuite = {
  name: 'Gates',
  run: async (junit) => {
    const gates = [
      { name: 'biome has nothing to say', command: [at('node_modules/@biomejs/biome/bin/biome'), 'check', '.'] },
      { name: 'C++ is formatted', command: [at('scripts/format.mjs'), '--check'] },
      { name: 'the tests type-check', command: [at('node_modules/typescript/bin/tsc'), '-p', 'tsconfig.tests.json'] },
      { name: 'TypeDoc has nothing to say', command: [at('node_modules/typedoc/bin/typedoc')] },
      { name: 'the browser loads no more than its budget', command: [at('scripts/size.mjs')], shown: true },
    ];
    const results = [];
    for (const { name, command, shown } of gates) {
      const { code, output } = await attempt(node, command, { quiet: true });
      console.log(`${code === 0 ? 'ok' : 'FAILED'}: ${name}`);
      if (code !== 0 || shown) console.log(output.trimEnd());
      results.push(code === 0 ? { name } : { name, failure: output });
    }
    writeFileSync(junit, junitReport('gates', results));
    return results.some(({ failure }) => failure !== undefined) ? 1 : 0;
  },
};
