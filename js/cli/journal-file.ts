// The file of `--data`: appended to, readable by its owner only, held by one process at a time. The native program
// keeps the same file in the same way.
//
// A line is written before the answer that it belongs to is sent, and forced to the disk within a second.
import { spawnSync } from 'node:child_process';
import { closeSync, fchmodSync, fdatasync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { UsageError } from './command-line.js';

const SYNC_EVERY_MS = 1_000;

export class JournalFile {
  readonly #file: number;
  #timer: NodeJS.Timeout | undefined;
  /** What it held when it was opened. */
  readonly text: string;

  /** Opens or makes the file. Throws UsageError when that is not possible, or another process has it. */
  constructor(path: string) {
    try {
      this.#file = openSync(path, 'a+', 0o600);
      lock(this.#file);
      // It holds tokens, whoever made it.
      fchmodSync(this.#file, 0o600);
      this.text = readFileSync(this.#file, 'utf8');
    } catch (error) {
      throw new UsageError(`The file of --data cannot be used: ${path}: ${reasonOf(error)}.`);
    }
  }

  /** Throws when the text cannot be written. */
  append(text: string): void {
    for (let bytes = Buffer.from(text); bytes.length > 0; ) bytes = bytes.subarray(writeSync(this.#file, bytes));
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      fdatasync(this.#file, () => {});
    }, SYNC_EVERY_MS).unref();
  }

  close(): void {
    clearTimeout(this.#timer);
    fdatasyncSync(this.#file);
    closeSync(this.#file);
  }
}

/**
 * Node cannot lock a file, but a lock belongs to what was opened, and a child shares that: util-linux's `flock` takes it
 * and ends, and it is this process's from then on. Where there is no such program, the port alone keeps others away:
 * the file goes on only at the address where it was begun.
 */
function lock(file: number): void {
  const { status, error } = spawnSync('flock', ['-x', '-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', file] });
  if (error === undefined && status === 1) throw new Error('another emulator has it open');
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
