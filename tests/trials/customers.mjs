// The customers of a trial: what happens to them at Polar, and whether a server knows it. Polar (the emulator) is the
// truth; servers are judged by what they answer.
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { payCheckout } from '../../scripts/lib/emulator.mjs';

/** Subscriptions that give access. */
const giving = ['active', 'trialing'];

/** @param {import('./chance.mjs').Chance} chance */
function uuid(chance) {
  const hex = Array.from({ length: 32 }, () => chance.between(0, 16).toString(16)).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join('-');
}

export class Customers {
  #scene;
  #chance;
  #products;
  /** @type {{ userId: string, id: string, changes: number, subscription?: string }[]} */
  list = [];
  /** How often each kind of change was made. */
  made = {};

  /** Creates them at Polar, each with the free plan. */
  static async create(scene, chance, count) {
    const customers = new Customers();
    customers.#scene = scene;
    customers.#chance = chance;
    const products = await scene.polar.all('/v1/products/?is_archived=false');
    customers.#products = Object.fromEntries(products.map(({ name, id }) => [name, id]));
    for (let i = 0; i < count; i += 1) {
      const userId = uuid(chance);
      const body = { email: `buyer-${i}@example.com`, name: `Buyer ${i}`, external_id: userId };
      const { id } = await scene.polar.call('POST', '/v1/customers/', body);
      const customer = { userId, id, changes: 0 };
      await customers.#subscribe(customer);
      customers.list.push(customer);
    }
    return customers;
  }

  /** Changes something of one of them at Polar: about three deliveries. */
  async change(customer = this.#chance.pick(this.list)) {
    const { polar } = this.#scene;
    customer.changes += 1;
    if (customer.subscription === undefined) return this.#count('subscribed', this.#subscribe(customer));
    const path = `/v1/subscriptions/${customer.subscription}`;
    const kind = this.#chance.next();
    if (kind < 0.15) {
      customer.subscription = undefined;
      return this.#count('revoked', polar.call('DELETE', path));
    }
    if (kind < 0.2) return this.#count('bought', this.#buy(customer));
    if (kind < 0.3) {
      const body = { name: `${customer.userId.slice(0, 4)} ${customer.changes}` };
      return this.#count('renamed', polar.call('PATCH', `/v1/customers/${customer.id}`, body));
    }
    customer.isCanceled = !customer.isCanceled;
    const body = { cancel_at_period_end: customer.isCanceled };
    return this.#count(customer.isCanceled ? 'canceled' : 'resumed', polar.call('PATCH', path, body));
  }

  /** Forgets subscriptions that have ended meanwhile by themselves. */
  async refresh() {
    for (const customer of this.list) {
      const { active_subscriptions: active } = await this.#scene.polar.get(`/v1/customers/${customer.id}/state`);
      if (!active.some(({ id }) => id === customer.subscription)) customer.subscription = undefined;
    }
  }

  /** What the servers answer otherwise than Polar knows it: a line each. */
  async differences(place) {
    const found = [];
    for (const customer of this.list) {
      const [truth, told] = [await this.#truth(customer), await this.#told(customer, place)];
      for (const [name, value] of Object.entries(truth)) {
        if (isDeepStrictEqual(told[name], value)) continue;
        found.push(`${customer.userId} ${name}: ${JSON.stringify(told[name])}, at Polar ${JSON.stringify(value)}`);
      }
    }
    return found;
  }

  /**
   * Resolves once the servers know all that Polar knows. Rejects with what they do not know.
   * @param {{ withinMs?: number, place?: object }} options `place`: the server that is asked, else the first
   */
  async settle({ withinMs = 120_000, place } = {}) {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const found = await this.differences(place).catch((error) => [error.message]);
      if (found.length === 0) return;
      if (Date.now() > deadline) throw new Error(`${found.length} differences:\n${found.slice(0, 20).join('\n')}`);
      await sleep(500);
    }
  }

  /** Who has access, by Polar: by the user's id. */
  async allowed() {
    const found = new Map();
    for (const customer of this.list) found.set(customer.userId, (await this.#truth(customer)).allowed);
    return found;
  }

  async #count(kind, change) {
    await change;
    this.made[kind] = (this.made[kind] ?? 0) + 1;
  }

  async #subscribe(customer) {
    const body = { product_id: this.#products.Free, customer_id: customer.id };
    const { id } = await this.#scene.polar.call('POST', '/v1/subscriptions/', body);
    customer.subscription = id;
    customer.isCanceled = false;
  }

  /** Something that is bought once: an order, and a benefit. */
  async #buy(customer) {
    const body = { products: [this.#products.Lifetime], customer_id: customer.id };
    const { client_secret: secret } = await this.#scene.polar.call('POST', '/v1/checkouts/', body);
    await payCheckout(this.#scene.polar.url, secret, { name: 'Ada', email: 'ada@example.com' });
  }

  async #truth({ id }) {
    const { polar } = this.#scene;
    const state = await polar.get(`/v1/customers/${id}/state`);
    const subscriptions = await polar.all(`/v1/subscriptions/?customer_id=${id}`);
    const orders = await polar.all(`/v1/orders/?customer_id=${id}`);
    return {
      allowed: orders.some(isBoughtOnce) || subscriptions.some(({ status }) => giving.includes(status)),
      subscriptions: byId(subscriptions, plan),
      orders: byId(orders, ({ status, paid }) => ({ status, paid })),
      benefits: state.granted_benefits.map((grant) => grant.id).sort(),
    };
  }

  async #told({ userId }, place) {
    const answers = {};
    for (const path of ['access', 'customer/subscriptions', 'customer/orders', 'customer/benefits']) {
      const { status, body } = await this.#scene.ask(userId, 'GET', `/${path}`, undefined, place);
      if (status !== 200) throw new Error(`/${path} was answered ${status}: ${JSON.stringify(body)}`);
      answers[path] = body;
    }
    return {
      allowed: answers.access.allowed,
      subscriptions: byId(answers['customer/subscriptions'].items, plan),
      orders: byId(answers['customer/orders'].items, ({ status, paid }) => ({ status, paid })),
      benefits: answers['customer/benefits'].items.map(({ id }) => id).sort(),
    };
  }
}

const isBoughtOnce = ({ paid, product, subscription_id: subscription }) =>
  paid && subscription === null && product?.is_recurring === false;

/** The same of one of Polar's subscriptions and of one of ours, which leaves out what is null. */
const plan = (one) => ({
  status: one.status,
  product: one.product_id,
  isCanceled: one.cancel_at_period_end,
  periodEnd: one.current_period_end,
  endedAt: one.ended_at ?? null,
});

const byId = (items, of) =>
  Object.fromEntries(items.map((item) => [item.id, of(item)]).sort(([left], [right]) => (left < right ? -1 : 1)));
