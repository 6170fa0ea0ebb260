// What was seen of the rows, as the table that is printed and kept in docs/runtimes.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { at, root } from '../paths.mjs';
import { nodeRowOf, pinned } from './install.mjs';

export const document = at('docs/runtimes.md');
const marks = ['<!-- npm run test:runtimes writes this table. -->', '<!-- End of what is written. -->'];
const heads = ['row', 'versions', 'Node', 'driven', 'result', 'needs'];

/** The cells of a row that do not depend on a run. */
export function fixedCells(row) {
  const versions = Object.entries(pinned(row)).filter(([name]) => row.shown.includes(name));
  const node = row.fast ? 'that of `npm test`' : Object.values(pinned({ name: nodeRowOf(row) }))[0];
  return [row.name, versions.map(([name, version]) => `${name} ${version}`).join(', ') || '-', row.runs ?? node];
}

/** @param {import('./run-row.mjs').Outcome[]} outcomes */
export function cellsOf(row, outcomes) {
  const passed = outcomes.filter(({ failure }) => failure === undefined);
  const failed = outcomes.filter(({ failure }) => failure !== undefined);
  const driven = grouped(passed, ({ note }) => note).map(([note, whats]) => (note ? `${whats}: ${note}` : whats));
  const failures = grouped(failed, ({ failure }) => causeOf(failure)).map(([why, whats]) => `${whats}: ${why}`);
  const result = failures.length === 0 ? 'passes' : `**fails**: ${failures.join('. ')}`;
  return [...fixedCells(row), driven.join('. ') || '-', result, row.needs].map(inCell);
}

/** The outcomes that have the same to say, as one. */
function grouped(outcomes, said) {
  const groups = new Map();
  for (const outcome of outcomes) groups.set(said(outcome), [...(groups.get(said(outcome)) ?? []), outcome.what]);
  return [...groups].map(([text, whats]) => [text, whats.join(', ')]);
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

/** The first line, without the words around the cause in CORE_LOAD_FAILED, which are the same each time. */
const causeOf = (failure) =>
  failure
    .split('\n')[0]
    .replace(/\[?(?:Error \[)?(?:PolarError\]?: )?The WebAssembly core could not be loaded: /, '')
    .replace(/\.? Allow 'wasm-unsafe-eval'.*?served\.[^)]*/, '')
    .replace(/\.$/, '');

/** Without what is another each time or on each machine: folders, ports. */
const inCell = (text) =>
  text
    .replaceAll('|', '\\|')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(`${root}/build/runtimes/`, '')
    .replaceAll(`${root}/`, '')
    .replaceAll(/(?<=127\.0\.0\.1):\d+/g, '')
    .slice(0, 400);
