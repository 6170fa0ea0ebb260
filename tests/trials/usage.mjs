// Usage as an application records it: each event has an id, and is sent until it is acknowledged.
import { setTimeout as sleep } from 'node:timers/promises';
import { usageEvent } from '../../scripts/lib/stack.mjs';

export class UsageLoad {
  #scene;
  #chance;
  #customers;
  #workers = [];
  #stopping = false;
  #abandoned = false;
  /** Acknowledged: the quantity by id. @type {Map<string, number>} */
  acknowledged = new Map();
  /** Attempts that were not answered 202, and were made again. */
  repeated = 0;

  constructor(scene, chance, customers) {
    this.#scene = scene;
    this.#chance = chance;
    this.#customers = customers;
  }

  /** @param {number} workers who send side by side @param {number} pauseMs of each, between two events */
  start(workers, pauseMs) {
    for (let i = 0; i < workers; i += 1) this.#workers.push(this.#work(`w${i}`, pauseMs));
  }

  /** Resolves once all that was begun is acknowledged. */
  async stop() {
    this.#stopping = true;
    await Promise.all(this.#workers);
  }

  /** Ends without waiting for what is not acknowledged. */
  abandon() {
    this.#stopping = true;
    this.#abandoned = true;
  }

  /** How often Polar has counted each event: by its id. */
  async atPolar() {
    const times = new Map();
    for (const { metadata } of await this.#scene.polar.usage()) {
      const key = `${metadata.mark}=${metadata.quantity}`;
      times.set(key, (times.get(key) ?? 0) + 1);
    }
    return times;
  }

  /** Acknowledged events that Polar has not counted, or not once; and those that it has and nobody sent. */
  async differences() {
    const times = await this.atPolar();
    const found = [];
    for (const [id, quantity] of this.acknowledged) {
      const count = times.get(`${id}=${quantity}`) ?? 0;
      if (count !== 1) found.push(`${id} is at Polar ${count} times`);
      times.delete(`${id}=${quantity}`);
    }
    for (const key of times.keys()) found.push(`${key} was not acknowledged`);
    return found;
  }

  async settle({ withinMs = 120_000 } = {}) {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const found = await this.differences();
      if (found.length === 0) return;
      if (Date.now() > deadline) throw new Error(`${found.length} events:\n${found.slice(0, 20).join('\n')}`);
      await sleep(1_000);
    }
  }

  async #work(name, pauseMs) {
    for (let i = 0; !this.#stopping; i += 1) {
      const id = `${name}-${i}`;
      const quantity = this.#chance.between(1, 1_000);
      const body = { event_name: usageEvent, quantity, external_id: id, properties: { mark: id } };
      const { userId } = this.#chance.pick(this.#customers.list);
      // Each try goes to any server, as a load balancer has it.
      while (!(await this.#send(userId, body, this.#chance.pick(this.#scene.servers)))) {
        if (this.#abandoned) return;
        this.repeated += 1;
        await sleep(pauseMs);
      }
      this.acknowledged.set(id, quantity);
      await sleep(pauseMs);
    }
  }

  async #send(userId, body, place) {
    try {
      const { status } = await this.#scene.ask(userId, 'POST', '/usage', body, place);
      return status === 202;
    } catch {
      return false;
    }
  }
}
