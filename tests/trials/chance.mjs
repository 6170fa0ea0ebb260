// Random choices from a seed, so that a trial that failed can be told to choose the same again. What the machine does
// between two choices is its own.
import { randomInt } from 'node:crypto';

/** How much of a trial to run: 1 is all of it, `TRIAL_SCALE=0.1` a tenth. */
const scale = Number(process.env.TRIAL_SCALE ?? 1);

/** A trial's size, at least one. @param {number} whole */
export const sized = (whole) => Math.max(1, Math.round(whole * scale));

export class Chance {
  #state;

  /** @param {number} seed */
  constructor(seed) {
    this.#state = seed;
  }

  /** Seeded by `TRIAL_SEED`, or anew. Says with what. */
  static announced(trial) {
    const seed = Number(process.env.TRIAL_SEED ?? randomInt(2 ** 31));
    console.log(`${trial}: TRIAL_SEED=${seed} TRIAL_SCALE=${scale}`);
    return new Chance(seed);
  }

  /** At least 0, below 1 (mulberry32, public domain). */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  hits(probability) {
    return this.next() < probability;
  }

  /** At least `low`, below `high`. */
  between(low, high) {
    return low + Math.floor(this.next() * (high - low));
  }

  /** @template T @param {T[]} list @returns {T} */
  pick(list) {
    return list[this.between(0, list.length)];
  }
}
