// What a year of one subscription costs in process: tests/vectors/subscription-year.json through the Wasm emulator.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { at } from '../../scripts/lib/paths.mjs';
import { runYear } from '../js/support/year.mjs';

/** Milliseconds that a year may take. */
const LIMIT = 100;

/** Prints the median of `runs` years, in milliseconds of CPU. Answers whether it is below the limit. */
export async function benchYear(runs) {
  const { createPolarEmulator } = await import(pathToFileURL(at('dist/js/testing.js')));
  const year = JSON.parse(readFileSync(at('tests/vectors/subscription-year.json'), 'utf8'));
  // Compiled and warm, as in the second test of a file.
  let events = await runYear(createPolarEmulator, year);
  const times = [];
  for (let i = 0; i < runs; i += 1) {
    const start = process.cpuUsage();
    events = await runYear(createPolarEmulator, year);
    const { user, system } = process.cpuUsage(start);
    times.push((user + system) / 1000);
  }
  const median = times.sort((left, right) => left - right)[times.length >> 1];
  const verdict = median < LIMIT ? 'ok' : 'above the limit';
  console.log(
    `${verdict}: a year of one subscription, ${events.length} webhooks, takes ${median.toFixed(1)} ms as Wasm (limit ${LIMIT})`,
  );
  return median < LIMIT;
}
