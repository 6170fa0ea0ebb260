// The time of a test: what a file says, and from then on as fast as the machine's. `plinto-polar serve` reads the same file.
import { closeSync, fstatSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Answers the time in Unix milliseconds that the file says now. Throws when it holds none. */
export const testClock = (path: string) => (): number => {
  const file = openSync(path, 'r');
  try {
    const said = Date.parse(readFileSync(file, 'utf8').trim());
    if (Number.isNaN(said)) throw new Error(`${path} holds no time such as 2026-01-15T12:00:00Z`);
    return Math.floor(said + Date.now() - fstatSync(file).mtimeMs);
  } finally {
    closeSync(file);
  }
};

/** Moves the clock of everybody who reads the file. */
export function setTestClock(path: string, time: Date): void {
  writeFileSync(`${path}.next`, time.toISOString());
  renameSync(`${path}.next`, path);
}
