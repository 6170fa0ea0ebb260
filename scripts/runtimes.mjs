// Starts and drives the packed package on every runtime and bundler of tests/runtimes, and writes docs/runtimes.md.
//
//   npm run test:runtimes                       every row
//   npm run test:runtimes -- --only next16      one row; several are separated by commas
//   npm run test:runtimes -- --lock next16      writes the row's package-lock.json anew, after its package.json was changed
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { junitReport } from './lib/junit.mjs';
import { made, need, things } from './lib/needs.mjs';
import { missed, say, seen, stage } from './lib/say.mjs';

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, lock: { type: 'string' }, junit: { type: 'string' } },
});
need('runtimes', things.modules, things.npm, things.chromium, made('dist/js/index.js', 'npm run build'));

const { rows } = await import('../tests/runtimes/rows.mjs');
const { lockRow } = await import('./lib/runtimes/install.mjs');
const { runRow } = await import('./lib/runtimes/run-row.mjs');
const { cellsOf, writeTable } = await import('./lib/runtimes/table.mjs');
const { openWorld } = await import('./lib/runtimes/world.mjs');

const names = (options.only ?? options.lock)?.split(',') ?? rows.map(({ name }) => name);
const unknown = names.filter((name) => !rows.some((row) => row.name === name));
if (unknown.length > 0) {
  console.error(
    `runtimes: there is no row ${unknown.join(', ')}; there are ${rows.map(({ name }) => name).join(', ')}`,
  );
  process.exit(2);
}
const chosen = rows.filter(({ name }) => names.includes(name));
if (options.lock === undefined) await drive();
else for (const row of chosen) await lockRow(row);

async function drive() {
  const cases = [];
  const lines = new Map();
  const world = await openWorld();
  try {
    for (const row of chosen) {
      stage(row.name);
      const outcomes = await runRow(row, world);
      for (const outcome of outcomes) tell(outcome);
      cases.push(...outcomes.map(({ what, seconds, failure }) => ({ name: `${row.name}: ${what}`, seconds, failure })));
      lines.set(row.name, cellsOf(row, outcomes));
    }
  } finally {
    await world.close();
  }
  writeTable(
    rows.map(({ name }) => name),
    lines,
  );
  if (options.junit !== undefined) writeFileSync(options.junit, junitReport('runtimes', cases));
  const failed = cases.filter(({ failure }) => failure !== undefined).length;
  say(`${cases.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

function tell({ what, seconds, note, failure }) {
  const line = `${what} (${seconds.toFixed(1)} s)${note === undefined ? '' : `: ${note}`}`;
  if (failure === undefined) seen(line);
  else missed(`${line}: ${failure}`);
}
