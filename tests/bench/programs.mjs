// The programs of one benchmark, and a folder for what they write: both go when it has ended, in whatever way.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from '../../scripts/lib/child.mjs';

/**
 * @template T
 * @param {(programs: { folder: string, start: (name: string, command: string[], env: Record<string, string>, ready: RegExp,
 *   onLine?: (line: string) => void) => Promise<{ child: Child, ready: RegExpMatchArray }> }) => Promise<T>} work
 *   `start` resolves when the program has printed what it is ready by.
 * @returns {Promise<T>}
 */
export async function withPrograms(work) {
  const folder = mkdtempSync(join(tmpdir(), 'plinto-polar-bench-'));
  const children = [];
  const start = async (name, command, env, ready, onLine) => {
    const child = new Child(name, command, { env, ...(onLine === undefined ? {} : { onLine }) });
    children.push(child);
    return { child, ready: await child.line(ready) };
  };
  try {
    return await work({ folder, start });
  } finally {
    for (const child of children.toReversed()) await child.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
