// What was seen of the rows, as the table that is printed and kept in docs/runtimes.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { at, root } from '../paths.mjs';
import { pinned } from './install.mjs';

export const document = at('docs/runtimes.md');
const marks = ['<!-- Written by `npm run test:runtimes`. -->', '<!-- End of what is written. -->'];
const heads = ['row', 'versions', 'Node', 'driven', 'result', 'needs'];

/** The cells of a row that do not depend on a run. */
export function fixedCells(row) {
  const versions = Object.entries(pinned(row)).filter(([name]) => row.shown.includes(name));
  return [row.name, versions.map(([name, version]) => `${name} ${version}`).join(', '), row.runs ?? nodeVersion(row)];
}

/** @param {import('./run-row.mjs').Outcome[]} outcomes */
export function cellsOf(row, outcomes) {
  const driven = outcomes.map(({ what, note }) => (note === undefined ? what : `${what}: ${note}`)).join('. ');
  const failures = outcomes.filter(({ failure }) => failure !== undefined);
  const result = failures
    .map(({ what, failure }) => `**fails**, ${what}: ${inCell(failure.split('\n')[0])}`)
    .join('. ');
  return [...fixedCells(row), driven, result || 'passes', row.needs].map(inCell);
}

/** The lines of the table by the name of their row, as the document has them. @returns {Map<string, string[]>} */
export function readTable() {
  const text = readFileSync(document, 'utf8');
  const [start, end] = marks.map((mark) => text.indexOf(mark));
  const lines = text
    .slice(start, end)
    .split('\n')
    .filter((line) => line.startsWith('| '));
  const cells = lines.slice(2).map((line) => line.slice(2, -2).split(' | '));
  return new Map(cells.map((row) => [row[0], row]));
}

/** Puts new lines into the document, in the order of `names`; lines of rows that are no more are left out. */
export function writeTable(names, fresh) {
  const lines = new Map([...readTable(), ...fresh]);
  const table = [heads, heads.map(() => '---'), ...names.flatMap((name) => (lines.has(name) ? [lines.get(name)] : []))];
  const text = readFileSync(document, 'utf8');
  const [start, end] = marks.map((mark) => text.indexOf(mark));
  const body = table.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  writeFileSync(document, `${text.slice(0, start)}${marks[0]}\n\n${body}\n\n${text.slice(end)}`);
}

const nodeVersion = (row) => (row.node === undefined ? 'of `npm test`' : Object.values(pinned({ name: row.node }))[0]);

/** Without what is another each time or on each machine: folders, ports. */
const inCell = (text) =>
  text
    .replaceAll('|', '\\|')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(`${root}/build/runtimes/`, '')
    .replaceAll(`${root}/`, '')
    .replaceAll(/(?<=127\.0\.0\.1):\d+/g, '')
    .slice(0, 400);
