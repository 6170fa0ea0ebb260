// The scenarios: who is signed in, and how their account at Polar comes to be as it is.
//
// One clock rules all accounts of a shop, so that a scenario says when its purchase was, seen from the end: `bought`. Until
// then the clock is moved, and what time does to the account happens by itself. `after` is done at the end.

import { waitFor } from '../wait.mjs';

/**
 * @typedef {{
 *   name: string, what: string, shop?: 'usual' | 'extreme', network?: 'slow' | 'never' | 'down', as?: string,
 *   bought?: string, buys?: object, card?: string, discountCode?: string, logs?: string,
 *   soon?: (account: object) => Promise<unknown>, after?: (account: object) => Promise<unknown>,
 * }} Scenario `as`: the same person as in that scenario; `soon` is done right after the purchase;
 *   `logs`: how the errors begin that its components tell the console of
 */

const patch = (change) => (account) => account.polar('PATCH', `/v1/subscriptions/${account.subscriptionId}`, change);

/** @type {readonly Scenario[]} */
export const scenarios = [
  { name: 'nobody', what: 'Nobody is signed in' },
  { name: 'nothing', what: 'Nothing was bought' },
  { name: 'expired', what: 'A checkout was never paid', bought: '2 days' },
  { name: 'free', what: 'The free plan', buys: { slug: 'free' } },
  { name: 'trial', what: 'In a trial', buys: { slug: 'studio' } },
  { name: 'active', what: 'A monthly plan', buys: { slug: 'pro' } },
  {
    ...{ name: 'discounted', what: 'A yearly plan with a discount' },
    ...{ buys: { slug: 'pro-yearly', allow_discount_codes: true }, discountCode: 'QUARTER' },
  },
  { name: 'team', what: 'A team with seats', buys: { slug: 'team', seats: 12 } },
  {
    name: 'canceled',
    what: 'Canceled, until its period ends',
    buys: { slug: 'pro' },
    after: patch({ cancel_at_period_end: true }),
  },
  {
    ...{ name: 'ended', what: 'Ended', bought: '40 days', buys: { slug: 'pro' } },
    soon: patch({ cancel_at_period_end: true }),
  },
  {
    ...{ name: 'past-due', what: 'A failed payment, within grace' },
    ...{ bought: '32 days', buys: { slug: 'pro' }, card: 'fails_renewal' },
  },
  {
    ...{ name: 'past-due-over', what: 'A failed payment, without grace' },
    ...{ bought: '32 days', buys: { slug: 'starter' }, card: 'fails_renewal' },
  },
  {
    ...{ name: 'pausing', what: 'Pauses when its period ends', buys: { slug: 'pro' } },
    after: patch({ pause_at_period_end: true }),
  },
  {
    ...{ name: 'paused', what: 'Paused', bought: '40 days', buys: { slug: 'pro' } },
    soon: patch({ pause_at_period_end: true }),
  },
  {
    ...{ name: 'scheduled', what: 'A change of plan is scheduled', buys: { slug: 'pro' } },
    after: ({ polar, subscriptionId, product }) =>
      polar('PATCH', `/v1/subscriptions/${subscriptionId}`, {
        product_id: product('starter'),
        proration_behavior: 'next_period',
      }),
  },
  {
    ...{ name: 'orders', what: 'Many orders, some paid back', bought: '13 months', buys: { slug: 'starter' } },
    after: async ({ polar, customerId }) => {
      const { items } = await polar('GET', `/v1/orders/?limit=100&customer_id=${customerId}`);
      const refund = (order, amount) =>
        polar('POST', '/v1/refunds/', { order_id: order.id, reason: 'customer_request', amount });
      await refund(items[1], 300);
      await refund(items[2], items[2].net_amount);
    },
  },
  {
    ...{ name: 'long', what: 'Long names, large amounts in yen', shop: 'extreme' },
    buys: { slug: 'long-name', currency: 'jpy' },
  },
  {
    ...{ name: 'euro', what: 'Short names, large amounts in euros', shop: 'extreme' },
    buys: { slug: 'y', currency: 'eur' },
  },
  { name: 'slow', what: 'A slow network', network: 'slow', as: 'active' },
  { name: 'loading', what: 'Answers that never come', network: 'never', as: 'active' },
  {
    ...{ name: 'down', what: 'The server is down', network: 'down', as: 'active' },
    logs: 'PolarError: The server cannot be reached.',
  },
];

const DAY = 86_400_000;

/** How long before the end, in days that are long enough for months. */
const daysOf = ({ bought = '0 days' }) => {
  const [count, unit] = bought.split(' ');
  return Number(count) * (unit.startsWith('month') ? 30.5 : 1);
};

/** When the clock of a shop has to start so that it ends at `end`. */
export const beginningOf = (shop, end) =>
  new Date(end.getTime() - Math.max(1, ...peopleOf(shop).map(daysOf)) * DAY - 60_000);

/** The scenarios that have a person of their own in this shop. */
const peopleOf = (shop) =>
  scenarios.filter((scenario) => scenario.name !== 'nobody' && !scenario.as && (scenario.shop ?? 'usual') === shop);

/**
 * Brings every account of a shop into its state.
 * @param {{ shop: string, end: Date, signUp: Function, call: Function, polar: object, product: Function }} world
 * @returns {Promise<Record<string, { email: string, password: string, checkoutId: string }>>} by the scenario's name
 */
export async function settle({ shop, end, signUp, call, polar, product }) {
  const people = {};
  const accounts = [];
  const inOrder = peopleOf(shop).toSorted((one, other) => daysOf(other) - daysOf(one));
  for (const scenario of inOrder) {
    const person = { email: `${scenario.name}@gallery.test`, password: 'correct horse battery' };
    const token = await signUp({ name: scenario.what, ...person });
    people[scenario.name] = person;
    const purchase = new Date(end.getTime() - daysOf(scenario) * DAY);
    if (purchase > polar.now()) await polar.advanceTo(purchase);
    if (scenario.buys === undefined) {
      const unpaid = await call('POST', '/checkout', { token, body: { slug: 'pro' } });
      person.checkoutId = unpaid.checkout_id;
      continue;
    }
    const account = await buy(scenario, { token, call, polar, product });
    person.checkoutId = account.checkoutId;
    await scenario.soon?.(account);
    accounts.push({ scenario, account });
  }
  for (const { scenario, account } of accounts) await scenario.after?.(account);
  await polar.deliver();
  for (const { scenario, account } of accounts) {
    await waitFor(`the server to know the account '${scenario.name}'`, () => isKnown(account, call), { everyMs: 50 });
  }
  return people;
}

/** Whether the server has of an account what Polar has: webhooks are taken in after they were answered. */
async function isKnown({ token, customerId, polar }, call) {
  const of = `customer_id=${customerId}&limit=100`;
  const [subscriptions, orders] = [
    await polar('GET', `/v1/subscriptions/?${of}`),
    await polar('GET', `/v1/orders/?${of}`),
  ];
  const mine = await call('GET', '/customer/subscriptions', { token });
  const myOrders = await call('GET', '/customer/orders?limit=100', { token });
  const said = ({ status, cancel_at_period_end, pause_at_period_end, pending_update }) =>
    [status, cancel_at_period_end, pause_at_period_end ?? false, pending_update?.product_id].join();
  const sorted = (items, of) => items.map(of).toSorted().join(' ');
  return (
    sorted(mine.items, said) === sorted(subscriptions.items, said) &&
    sorted(myOrders.items, ({ status }) => status) === sorted(orders.items, ({ status }) => status)
  );
}

async function buy({ name, buys, card, discountCode }, { token, call, polar, product }) {
  const checkout = await call('POST', '/checkout', { token, body: buys });
  const fields = discountCode === undefined ? {} : { discount_code: discountCode };
  const { paid, customerId, refusal } = await polar.pay(checkout.checkout_url, { card, fields });
  if (!paid) throw new Error(`the account '${name}' could not buy: ${JSON.stringify(refusal)}`);
  const { items } = await polar.api('GET', `/v1/subscriptions/?customer_id=${customerId}`);
  return {
    token,
    checkoutId: checkout.checkout_id,
    customerId,
    subscriptionId: items[0]?.id,
    polar: polar.api,
    product,
  };
}
