// One thing at a time that an element does at the server for whoever asked for it.
import type { PolarClient } from '../client.js';
import { asPolarError, type PolarError } from '../errors.js';
import type { CallOptions } from '../types.js';

export class Action {
  state: 'idle' | 'pending' | 'error' = 'idle';
  /** Why the last try failed. */
  error: PolarError | undefined;
  readonly #changed: () => void;
  #running: AbortController | undefined;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /**
   * Resolves with the error, if it is still one of this element. `leaves`: the browser leaves the page, and the state stays
   * pending until it has, since a click in between would do it a second time.
   */
  async start(
    { session }: PolarClient,
    run: (call: CallOptions) => Promise<unknown>,
    leaves = false,
  ): Promise<PolarError | undefined> {
    if (this.#running) return undefined;
    const running = new AbortController();
    const begun = session.visit;
    this.#running = running;
    this.#set('pending');
    let error: PolarError | undefined;
    try {
      await run({ signal: running.signal });
      if (leaves) return undefined;
    } catch (caught) {
      error = asPolarError(caught);
    }
    if (this.#running !== running || session.visit !== begun) return undefined;
    this.#running = undefined;
    this.#set(error ? 'error' : 'idle', error);
    return error;
  }

  /** Gives up what is under way, and forgets how the last try ended. */
  reset(): void {
    this.#running?.abort();
    this.#running = undefined;
    if (this.state !== 'idle') this.#set('idle');
  }

  /** Of a `<button>` that starts it. While it is pending, `disabled` itself would take the focus away. */
  get props() {
    const isPending = this.state === 'pending';
    return {
      type: 'button',
      'data-state': this.state,
      'aria-busy': isPending || undefined,
      'aria-disabled': isPending || undefined,
    };
  }

  #set(state: Action['state'], error?: PolarError): void {
    this.state = state;
    this.error = error;
    this.#changed();
  }
}
