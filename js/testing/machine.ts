// One emulator in the module, with the time that its caller keeps for it.
import { fail } from '../errors.js';
import type { Answer, Description, Due, EmulatorModule, RequestText, State } from '../wasm/emulator-module.js';
import { unwrap } from '../wasm/envelope.js';
import type { Deliveries } from './deliveries.js';

/** `fetch` and the passing of time, in Unix microseconds. Time stands still but for `runTo`. */
export class Machine {
  readonly #module: EmulatorModule;
  readonly #number: number;
  readonly #clock: () => number;
  #now: number;
  #running = false;
  #state: State;
  readonly description: Description;

  constructor(module: EmulatorModule, config: object, now: number, clock: () => number) {
    this.#module = module;
    this.#clock = clock;
    this.#now = now;
    this.#number = unwrap<number>(module.emulatorOpen(JSON.stringify(config), now));
    this.description = unwrap<Description>(module.emulatorDescribe(this.#number));
    this.#state = this.description.state;
  }

  /** The emulated time. */
  get now(): number {
    return this.#state.now;
  }

  handle(request: RequestText): Answer {
    return this.#keep(unwrap<Answer>(this.#module.emulatorHandle(this.#number, JSON.stringify(request), this.#now)));
  }

  /** The emulated time that a test wants to come to. Throws VALIDATION_FAILED. */
  goal(wish: { advance: unknown } | { time: number }): number {
    return unwrap<{ goal: number }>(this.#module.emulatorGoal(this.#number, JSON.stringify(wish))).goal;
  }

  /** Lets time pass until `end`, an emulated time, and delivers what becomes due at the time when it does. */
  async runTo(end: number, deliveries: Deliveries): Promise<void> {
    if (this.#running) {
      fail({
        code: 'CONFLICT',
        family: 'caller',
        message: 'Time is passing already. Await advance(), deliver() and pay(), and call none of them in a receiver.',
      });
    }
    this.#running = true;
    try {
      // POST /_emulator/clock may have moved the emulated time ahead of the caller's.
      await this.#run(Math.max(this.#now, this.#now + end - this.#state.now), deliveries);
    } finally {
      this.#running = false;
    }
  }

  async #run(last: number, deliveries: Deliveries): Promise<void> {
    while (true) {
      if ((await this.#deliver(deliveries)) > 0) continue;
      if (this.#now >= last) return;
      this.#now = Math.min(last, Math.max(this.#now, this.#state.next_due ?? last));
    }
  }

  close(): void {
    this.#module.emulatorClose(this.#number);
  }

  async #deliver(deliveries: Deliveries): Promise<number> {
    const due = this.#takeDue();
    for (const delivery of due.deliveries) {
      const outcome = await deliveries.attempt(delivery, new Date(Math.floor(this.now / 1_000)));
      const text = JSON.stringify(outcome);
      this.#keep(unwrap<{ state: State }>(this.#module.emulatorDelivered(this.#number, delivery.id, text, this.#now)));
    }
    return due.deliveries.length;
  }

  #takeDue(): Due {
    const signedAt = this.#clock() * 1_000;
    return this.#keep(unwrap<Due>(this.#module.emulatorTakeDue(this.#number, this.#now, signedAt)));
  }

  #keep<Value extends { state: State }>(value: Value): Value {
    this.#state = value.state;
    return value;
  }
}
