// A wall clock that a trial moves, for real programs (clock.c): a day passes for them at once.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/run.mjs';

export class WallClock {
  #folder;
  #file;
  #seconds = 0;
  #followers = [];

  /** Compiles what programs are given. `stop()` removes it. */
  static async create() {
    const clock = new WallClock(mkdtempSync(join(tmpdir(), 'plinto-polar-clock-')), 'offset');
    const options = ['-shared', '-fPIC', '-O1', '-Wall', '-Wextra', '-Werror'];
    await run('cc', [...options, '-o', clock.#library, at('tests/trials/clock.c'), '-ldl'], { quiet: true });
    return clock;
  }

  constructor(folder, file) {
    this.#folder = folder;
    this.#file = join(folder, file);
    writeFileSync(this.#file, Buffer.alloc(8));
  }

  get #library() {
    return join(this.#folder, 'clock.so');
  }

  /** What a program's environment needs to go by this clock. */
  get env() {
    return { LD_PRELOAD: this.#library, TRIAL_CLOCK: this.#file };
  }

  /** One that goes along with this one, and may be moved by itself. */
  follower() {
    const follower = new WallClock(this.#folder, `offset-${this.#followers.length}`);
    this.#followers.push(follower);
    return follower;
  }

  /** In milliseconds, as Date.now(). */
  now() {
    return Date.now() + this.#seconds * 1000;
  }

  /** Every program that goes by this clock is so much later at once; earlier, when negative. */
  advance(seconds) {
    this.#seconds += seconds;
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(this.#seconds) * 1_000_000_000n);
    // In place: the programs have mapped it.
    writeFileSync(this.#file, bytes, { flag: 'r+' });
    for (const follower of this.#followers) follower.advance(seconds);
  }

  stop() {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
