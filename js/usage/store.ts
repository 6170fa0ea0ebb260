// Where recorded events are kept until they are at the server.
import type { Noted } from './note.js';

/** An event as it is kept. */
export interface Kept extends Pick<Noted, 'id' | 'organization' | 'text'> {
  /** Its place among all. */
  n: number;
  /** At whose server it is recorded, and by whom: only that user's token sends it. */
  queue: string;
  /** When it was recorded, by this machine's clock. */
  at: number;
}

export interface Store {
  readonly kind: 'indexeddb' | 'file' | 'memory';
  /** Keeps them, in order, as one. What is in memory or a file is kept when this returns. */
  put(events: Omit<Kept, 'n'>[]): Promise<void>;
  /** Events of a queue after a place, in order. */
  read(queue: string, after: number, most: number): Promise<Kept[]>;
  /** Forgets them for good. */
  remove(events: readonly Kept[]): Promise<void>;
  /** The place of a queue's last one, or 0. */
  last(queue: string): Promise<number>;
  /** How many are kept, of all queues. */
  count(): Promise<number>;
  /** Resolves once what was put is safe from the death of the machine too, where that can be had. */
  saved(): Promise<void>;
}

/** Lost with the page or the process. */
export class MemoryStore implements Store {
  readonly #events = new Map<number, Kept>();
  #last = 0;

  get kind(): Store['kind'] {
    return 'memory';
  }

  put(events: Omit<Kept, 'n'>[]): Promise<void> {
    for (const event of events) this.#events.set(++this.#last, { ...event, n: this.#last });
    return Promise.resolve();
  }

  async read(queue: string, after: number, most: number): Promise<Kept[]> {
    const found: Kept[] = [];
    for (const event of this.#events.values()) {
      if (event.n > after && event.queue === queue && found.push(event) === most) break;
    }
    return found;
  }

  remove(events: readonly Pick<Kept, 'n'>[]): Promise<void> {
    for (const { n } of events) this.#events.delete(n);
    return Promise.resolve();
  }

  async last(queue: string): Promise<number> {
    return (await this.read(queue, 0, this.#events.size)).at(-1)?.n ?? 0;
  }

  async count(): Promise<number> {
    return this.#events.size;
  }

  async saved(): Promise<void> {}

  protected get size(): number {
    return this.#events.size;
  }

  /** All of them, in order. */
  protected all(): Iterable<Kept> {
    return this.#events.values();
  }
}
