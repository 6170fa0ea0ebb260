// Many who reserve at once from one balance, each until they are answered: what was granted, and what became of it.
import { setTimeout as sleep } from 'node:timers/promises';

export const leasedEvent = 'tokens';

/** Servers are away for a second at most. */
const patienceMs = 60_000;

/**
 * Somebody at Polar who has so many credits on a meter that sums up the quantity of `tokens`.
 * @returns {Promise<{ userId: string, id: string }>}
 */
export async function creditedCustomer(polar, userId, credits) {
  const make = async (path, body) => (await polar.call('POST', path, body)).id;
  const clauses = [{ property: 'name', operator: 'eq', value: leasedEvent }];
  const meter = await make('/v1/meters/', {
    name: 'Tokens',
    filter: { conjunction: 'and', clauses },
    aggregation: { func: 'sum', property: 'quantity' },
  });
  const benefit = await make('/v1/benefits/', {
    type: 'meter_credit',
    description: `${credits} tokens`,
    properties: { units: credits, rollover: false, meter_id: meter },
  });
  const product = await make('/v1/products/', {
    name: 'Tokens',
    recurring_interval: 'month',
    prices: [{ amount_type: 'free' }],
  });
  await make(`/v1/products/${product}/benefits`, { benefits: [benefit] });
  const id = await make('/v1/customers/', { email: 'spender@example.com', name: 'A Spender', external_id: userId });
  await make('/v1/subscriptions/', { product_id: product, customer_id: id });
  return { userId, id };
}

export class Reservers {
  #scene;
  #chance;
  #userId;
  /** Leases by the id that they were asked for under. @type {Map<string, string>} */
  granted = new Map();
  /** How often there was nothing left. */
  refused = 0;
  /** Attempts without an answer that counts, which were made again. */
  repeated = 0;

  constructor(scene, chance, userId) {
    this.#scene = scene;
    this.#chance = chance;
    this.#userId = userId;
  }

  /** What the first server says is left. @returns {Promise<number>} */
  async balance(place = this.#scene.servers[0]) {
    const path = `/access?meter=${leasedEvent}`;
    const { status, body } = await this.#scene.ask(this.#userId, 'GET', path, undefined, place);
    if (status !== 200) throw new Error(`GET ${path} was answered ${status}: ${JSON.stringify(body)}`);
    return body.balance;
  }

  /**
   * So many attempts to reserve one, by so many clients side by side. Resolves once each is answered 201 or 402.
   * @param {{ attempts: number, clients: number, expiresIn: number }} options
   */
  async reserve({ attempts, clients, expiresIn }) {
    let next = 0;
    const work = async () => {
      while (next < attempts) {
        next += 1;
        await this.#reserveOne(`r-${next}`, expiresIn);
      }
    };
    await Promise.all(Array.from({ length: clients }, work));
  }

  /** Ends these leases, each until that is answered. @param {string[]} leases @param {'commit' | 'release'} how */
  async end(leases, how, clients) {
    const left = [...leases];
    const work = async () => {
      for (let lease = left.pop(); lease !== undefined; lease = left.pop()) {
        const body = how === 'commit' ? { quantity: 1, properties: { mark: lease } } : {};
        const { status, body: answer } = await this.#until(`/usage/leases/${lease}/${how}`, body);
        if (status >= 300) throw new Error(`to ${how} was answered ${status}: ${JSON.stringify(answer)}`);
      }
    };
    await Promise.all(Array.from({ length: clients }, work));
  }

  async #reserveOne(externalId, expiresIn) {
    const body = { event_name: leasedEvent, quantity: 1, external_id: externalId, expires_in: expiresIn };
    const { status, body: answer } = await this.#until('/usage/reserve', body);
    if (status === 402) {
      this.refused += 1;
    } else if (status === 201) {
      this.granted.set(externalId, answer.lease_id);
    } else {
      throw new Error(`a reservation was answered ${status}: ${JSON.stringify(answer)}`);
    }
  }

  /** Each try goes to any server, as a load balancer has it. */
  async #until(path, body) {
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline) {
      const place = this.#chance.pick(this.#scene.servers);
      const answer = await this.#scene.ask(this.#userId, 'POST', path, body, place).catch(() => undefined);
      if (answer !== undefined && answer.status < 500 && answer.status !== 429) return answer;
      this.repeated += 1;
      await sleep(20);
    }
    throw new Error(`${path} was not answered within ${patienceMs / 1_000} s`);
  }
}

/** Kills one of the servers now and then, and starts it again, until it is told to stop. Returns how often. */
export function killNowAndThen(scene, chance, { everyMs = 600 } = {}) {
  let isOver = false;
  const kills = (async () => {
    let count = 0;
    while (!isOver) {
      await sleep(chance.between(everyMs / 3, everyMs * 2));
      const place = chance.pick(scene.servers);
      place.child.kill('SIGKILL');
      await place.child.stop();
      count += 1;
      await place.start();
    }
    return count;
  })();
  return () => {
    isOver = true;
    return kills;
  };
}
