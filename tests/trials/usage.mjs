// Usage as an application records it, one by one and in batches: each event has an id, and is sent until it is
// acknowledged. Quantities are decimals, and sums are exact to the last digit.
import { setTimeout as sleep } from 'node:timers/promises';
import { usageEvent } from '../../scripts/lib/stack.mjs';

/** The most events of a batch: more than the server stores at once. */
const most = 30;

/** In hundredths, of a decimal's text. */
const hundredths = (text) => {
  const [whole, places = ''] = String(text).split('.');
  return BigInt(whole + places.padEnd(2, '0'));
};

export class UsageLoad {
  #scene;
  #chance;
  #customers;
  #workers = [];
  #stopping = false;
  #users = new Map();
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

  /**
   * The sums that the server tells of each user, beside what was acknowledged: of all that was sent, in hundredths.
   * @returns {Promise<string[]>} what differs
   */
  async wrongSums() {
    const found = [];
    const acknowledged = new Map();
    for (const [id, quantity] of this.acknowledged) {
      const user = this.#users.get(id);
      acknowledged.set(user, (acknowledged.get(user) ?? 0n) + hundredths(quantity));
    }
    for (const [user, expected] of acknowledged) {
      const path = '/usage/summary?by=month&from=2021-01-01&to=2031-01-01';
      const { status, body } = await this.#scene.ask(user, 'GET', path);
      const sum = (body.items ?? []).reduce((total, one) => total + hundredths(one.quantity_decimal), 0n);
      if (status !== 200 || sum !== expected) found.push(`${user}: ${sum} hundredths, not ${expected} (${status})`);
    }
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
    for (let i = 0; !this.#stopping; ) {
      const count = this.#chance.hits(0.8) ? 1 : this.#chance.between(2, most);
      const events = Array.from({ length: count }, (_, at) => {
        const id = `${name}-${i + at}`;
        const quantity = this.#chance.between(1, 100_000) / 100;
        return { event_name: usageEvent, quantity, external_id: id, properties: { mark: id } };
      });
      i += count;
      const { userId } = this.#chance.pick(this.#customers.list);
      // Each try goes to any server, as a load balancer has it.
      while (!(await this.#send(userId, events, this.#chance.pick(this.#scene.servers)))) {
        if (this.#abandoned) return;
        this.repeated += 1;
        await sleep(pauseMs);
      }
      for (const { external_id: id, quantity } of events) {
        this.#users.set(id, userId);
        this.acknowledged.set(id, quantity);
      }
      await sleep(pauseMs);
    }
  }

  async #send(userId, events, place) {
    const [path, body] = events.length === 1 ? ['/usage', events[0]] : ['/usage/batch', { events }];
    try {
      const answer = await this.#scene.ask(userId, 'POST', path, body, place);
      const results = answer.body.results ?? [];
      return answer.status === 202 && results.every(({ status }) => status === 'accepted' || status === 'duplicate');
    } catch {
      return false;
    }
  }
}
