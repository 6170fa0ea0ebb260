// Runs the fuzz targets of tests/fuzz, each for a while and under AddressSanitizer and UndefinedBehaviorSanitizer, from
// its committed corpus. Fails on the first finding of a target; the input that caused it is left in test-results/fuzz.
//
//   npm run fuzz                                 each target 60 seconds
//   npm run fuzz -- --seconds 5 --target url     one target, briefly
//   npm run fuzz -- --no-build                   what is built already
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { junitReport } from './lib/junit.mjs';
import { made, need, things } from './lib/needs.mjs';
import { at } from './lib/paths.mjs';
import { buildOrExit } from './lib/prepare.mjs';
import { attempt } from './lib/run.mjs';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    target: { type: 'string', multiple: true },
    junit: { type: 'string' },
    'no-build': { type: 'boolean', default: false },
  },
});
if (!(Number(options.seconds) > 0)) {
  console.error('fuzz: --seconds takes a number above 0');
  process.exit(2);
}
const everyTarget = readdirSync(at('tests/fuzz/corpus'));
const targets = options.target ?? everyTarget;
const unknown = targets.filter((name) => !everyTarget.includes(name));
if (unknown.length > 0) {
  console.error(`fuzz: there is no target ${unknown.join(', ')}; there are ${everyTarget.join(', ')}`);
  process.exit(2);
}
if (options['no-build']) {
  need('fuzz', ...targets.map((name) => made(`build/fuzz/bin/fuzz_${name}`, 'npm run fuzz')));
} else {
  need('fuzz', things.clang);
  await buildOrExit(['--fuzz']);
}

const results = [];
for (const name of targets) {
  // What libFuzzer finds goes into the first folder; the committed corpus stays as it is.
  const found = at('build/fuzz/corpus', name);
  const artifacts = at('test-results/fuzz', name);
  mkdirSync(found, { recursive: true });
  mkdirSync(artifacts, { recursive: true });
  const flags = [`-max_total_time=${options.seconds}`, '-timeout=10', '-max_len=8192', '-print_final_stats=1'];
  const places = [`-artifact_prefix=${artifacts}/`, found, at('tests/fuzz/corpus', name)];
  const started = Date.now();
  const { code, output } = await attempt(at(`build/fuzz/bin/fuzz_${name}`), [...flags, ...places], { quiet: true });
  const seconds = (Date.now() - started) / 1000;
  const runs = output.match(/number_of_executed_units: (\d+)/)?.[1] ?? '0';
  console.log(`${code === 0 ? 'ok' : 'FAILED'}: ${name}, ${runs} runs in ${seconds.toFixed(0)} s`);
  if (code !== 0) console.log(output.split('\n').slice(-60).join('\n').trimEnd());
  // A target that never ran has found nothing.
  const failure = code !== 0 ? output.slice(-4000) : runs === '0' ? 'it ran no input' : undefined;
  results.push({ name: `${name} holds its properties`, seconds, failure });
}
if (options.junit !== undefined) writeFileSync(options.junit, junitReport('fuzz', results));
process.exitCode = results.some(({ failure }) => failure !== undefined) ? 1 : 0;
