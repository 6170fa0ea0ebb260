// Requests of a queue, by whichever tab, as whoever waits for them is told.
import { within } from '../within.js';

/** No request for so long, and nobody waits any more. */
const LONG_MS = 15_000;

export class Tries {
  #waiting: { queue: string; tell(failed: boolean): void }[] = [];

  /** A request was answered, or failed. */
  tell(queue: string, failed: boolean): void {
    const waiting = this.#waiting;
    this.#waiting = waiting.filter((one) => one.queue !== queue);
    for (const one of waiting) if (one.queue === queue) one.tell(failed);
  }

  /** Resolves once it is so, or a request has failed, or there was none for long. */
  async until(queue: string, isSo: () => Promise<boolean>): Promise<void> {
    for (;;) {
      // Before it is looked: what is answered meanwhile counts.
      const next = new Promise<boolean>((tell) => this.#waiting.push({ queue, tell }));
      if ((await isSo()) || ((await within(LONG_MS, next)) ?? true)) return;
    }
  }
}
