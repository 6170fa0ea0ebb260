// A Mexican organization's life through Conekta beside a German one's through Polar, by the same calls, on one clock: what
// each may use, what is listed, and what the application is told have the same shapes.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { shop, startMexico, until } from './support/conekta-scene.mjs';

const CANCEL = { reason: 'too_expensive', comment: 'Hasta pronto' };

let scene;
let mexico;
let germany;
before(async () => {
  scene = await startMexico();
  mexico = await scene.found('Tortas');
  germany = await scene.found('Brezeln');
});
after(() => scene?.stop());

const both = async (read) => [await read(mexico), await read(germany)];
/** The names and types of a value, all the way down: what a page is written against. */
function shapeOf(value) {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (value === null || typeof value !== 'object') return typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, member]) => [name, shapeOf(member)])
      .sort(([one], [other]) => one.localeCompare(other)),
  );
}
const refused = (answer, status, code, field) => {
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  assert.equal(answer.body.error.code, code);
  if (field !== undefined) assert.equal(answer.body.error.details?.field, field);
};

describe('buying', () => {
  it('goes to the provider of the country, which is kept with the customer', async () => {
    const atConekta = await mexico.buy({ slug: 'pro', country: 'mx' });
    const atPolar = await germany.buy({ slug: 'pro', country: 'DE' });

    assert.ok(atConekta.checkout_url.startsWith(`${scene.stack.conekta.url}/checkout/`), atConekta.checkout_url);
    assert.ok(atPolar.checkout_url.startsWith(scene.stack.polar.url));
    assert.equal(atConekta.client_secret, undefined);
    assert.deepEqual(await both(async ({ call }) => (await call('POST', '/customer')).body.country), ['MX', 'DE']);
    // A buyer who travels stays where they are known.
    const later = await mexico.buy({ slug: 'pro', country: 'DE' });
    assert.ok(later.checkout_url.startsWith(scene.stack.conekta.url));
  });

  it('is paid by card, and is one plan to everybody who asks', async () => {
    const pesos = await mexico.buy({ slug: 'pro', success_url: `${shop}/ok?c={CHECKOUT_ID}` });
    assert.equal(await mexico.checkout(pesos), 'open');
    const euros = await germany.buy({ slug: 'pro' });

    const declined = await scene.payByCard(pesos, '4000 0000 0000 0002');
    assert.notEqual(declined.status, 303);
    assert.equal((await mexico.access()).allowed, false);
    const paid = await scene.payByCard(pesos);
    await scene.payByPolar(euros);

    assert.equal(paid.headers.get('location'), `${shop}/ok?c=${pesos.checkout_id}`);
    assert.equal(await mexico.checkout(pesos), 'succeeded');
    await mexico.hears('access.granted', { status: 'active' });
    await germany.hears('access.granted', { status: 'active' });
    for (const { access, state, subscription, orders, token } of [mexico, germany]) {
      assert.deepEqual([(await access()).allowed, (await access()).reason], [true, 'active']);
      assert.equal((await state()).tier, 'pro');
      assert.equal((await token()).tier, 'pro');
      assert.equal((await subscription()).status, 'active');
      assert.deepEqual(
        (await orders()).map(({ status, paid, billing_reason: reason }) => [status, paid, reason]),
        [['paid', true, 'subscription_create']],
      );
    }
    const [mine] = await mexico.orders();
    assert.deepEqual([mine.total_amount, mine.currency], [39_900, 'mxn']);
    assert.deepEqual((await mexico.subscription()).actions, ['cancel']);
    assert.deepEqual((await germany.subscription()).actions, ['cancel', 'change']);
  });

  it('has the same shapes for both', async () => {
    const [ours, theirs] = await both(async ({ state }) => shapeOf(await state()));
    assert.deepEqual(ours, theirs);
    const [told, toldToo] = await both(({ told }) => shapeOf(told().at(-1)));
    assert.deepEqual(told, toldToo);
    const [token, tokenToo] = await both(async ({ token }) => shapeOf(await token()));
    assert.deepEqual(token, tokenToo);
    const [shown, shownToo] = await both(async ({ subscription }) => shapeOf(await subscription()));
    // Conekta's subscription bears no product of Polar's, which has the name.
    assert.deepEqual({ ...shown, product_name: 'string' }, shownToo);
  });

  it('says what Conekta cannot do, and names the field', async () => {
    const ask = (wish) => mexico.call('POST', '/checkout', { success_url: `${shop}/ok`, ...wish });
    const kit = { slug: 'kit' };
    refused(await ask({ ...kit, embed_origin: shop }), 409, 'PROVIDER_UNSUPPORTED', 'embed_origin');
    refused(await ask({ ...kit, seats: 2 }), 409, 'PROVIDER_UNSUPPORTED', 'seats');
    refused(await ask({ ...kit, currency: 'eur' }), 409, 'PROVIDER_UNSUPPORTED', 'currency');
    refused(await ask({ slug: 'business' }), 409, 'PROVIDER_NOT_CONFIGURED', 'slug');
    refused(
      await ask({ ...kit, metadata: { plinto_product: 'x' } }),
      422,
      'VALIDATION_FAILED',
      'metadata.plinto_product',
    );
    refused(await ask({ ...kit, country: 'XX' }), 422, 'VALIDATION_FAILED', 'country');
    const { id } = await mexico.subscription();
    refused(
      await mexico.call('POST', `/subscriptions/${id}/change`, { slug: 'business' }),
      409,
      'PROVIDER_UNSUPPORTED',
      'slug',
    );
    refused(
      await mexico.call('POST', `/subscriptions/${id}/change`, { seats: 3 }),
      409,
      'PROVIDER_UNSUPPORTED',
      'seats',
    );
    refused(await mexico.call('GET', `/subscriptions/${id}/preview?slug=business`), 409, 'PROVIDER_UNSUPPORTED');
    const [order] = await mexico.orders();
    refused(await mexico.call('GET', `/orders/${order.id}/invoice`), 409, 'PROVIDER_UNSUPPORTED');
    refused(await germany.call('POST', `/subscriptions/${id}/cancel`), 404, 'NOT_FOUND');
  });

  it('leads to the page of the subscription', async () => {
    const { portal_url: url } = await mexico.read('/customer/portal');
    assert.ok(url.startsWith(`${scene.stack.conekta.url}/subscription/management/`), url);
    assert.equal((await fetch(url)).status, 200);
    assert.ok((await germany.read('/customer/portal')).portal_url.startsWith(scene.stack.polar.url));
  });
});

describe('a renewal', () => {
  it('that is refused is past due with its grace, and recovers', async () => {
    const { id, current_period_end: end } = await mexico.subscription();
    await scene.stack.advance('1 month');
    await scene.stack.deliver();
    await until('the renewal', async () => (await mexico.subscription()).current_period_start === end);
    assert.deepEqual(
      (await mexico.orders()).map(({ billing_reason: reason }) => reason),
      ['subscription_cycle', 'subscription_create'],
    );

    const card = await cardOf(mexico);
    await scene.control(`conekta/cards/${card}`, { decline: 'insufficient_funds' });
    await scene.stack.advance('1 month');
    await scene.stack.deliver();

    await mexico.hears('subscription.changed', { status: 'past_due' });
    assert.equal((await mexico.subscription()).status, 'past_due');
    const grace = await mexico.access();
    assert.deepEqual([grace.allowed, grace.reason], [true, 'past_due_in_grace']);

    await scene.control(`conekta/cards/${card}`, { decline: null });
    await scene.stack.advance('3 days');
    await scene.stack.deliver();

    await mexico.hears('subscription.changed', { status: 'active' });
    assert.deepEqual([(await mexico.access()).allowed, (await mexico.access()).reason], [true, 'active']);
    assert.deepEqual([(await mexico.subscription()).id, (await mexico.subscription()).status], [id, 'active']);
  });
});

describe('a cancellation', () => {
  it('keeps access until the date, and is taken back', async () => {
    const { id, current_period_end: end } = await mexico.subscription();

    const { status, body } = await mexico.call('POST', `/subscriptions/${id}/cancel`, CANCEL);

    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual([body.status, body.cancel_at_period_end, body.ends_at], ['active', true, end]);
    assert.deepEqual(body.actions, ['resume']);
    const access = await mexico.access();
    assert.deepEqual([access.allowed, access.reason, access.until], [true, 'canceled_until_period_end', end]);
    await mexico.hears('subscription.changed', { cancel_at_period_end: true });
    const theirs = await germany.call('POST', `/subscriptions/${(await germany.subscription()).id}/cancel`, CANCEL);
    await germany.hears('subscription.changed', { cancel_at_period_end: true });
    assert.deepEqual({ ...shapeOf(body), product_name: 'string' }, shapeOf(theirs.body));
    const [mine, others] = await both(async ({ access, told }) => shapeOf([await access(), told().at(-1)]));
    assert.deepEqual(mine, others);
    assert.equal(await statusAtConekta(mexico), 'active');
    // Whatever Conekta tells meanwhile does not undo it.
    await scene.stack.advance('2 days');
    assert.equal((await mexico.subscription()).cancel_at_period_end, true);

    const resumed = await mexico.call('POST', `/subscriptions/${id}/resume`);

    assert.deepEqual([resumed.body.cancel_at_period_end, resumed.body.actions], [false, ['cancel']]);
    assert.deepEqual((await mexico.access()).reason, 'active');
    await mexico.hears('subscription.changed', { cancel_at_period_end: false });
  });

  it('is carried out a day before the date, once, and access ends with it', async () => {
    const { id, current_period_end: end } = await mexico.subscription();
    await mexico.call('POST', `/subscriptions/${id}/cancel`, CANCEL);
    const orders = (await mexico.orders()).length;

    await scene.stack.advanceTo(Date.parse(end) - 12 * 3_600_000);
    await untilAtConekta(mexico, 'canceled');

    const shown = await mexico.subscription();
    assert.deepEqual([shown.status, shown.cancel_at_period_end, shown.ends_at], ['active', true, end]);
    assert.deepEqual([(await mexico.access()).allowed, (await mexico.access()).until], [true, end]);
    assert.equal((await mexico.read('/customer/subscriptions?active=true')).items.length, 1);
    refused(await mexico.call('POST', `/subscriptions/${id}/resume`), 409, 'CONFLICT');

    await scene.stack.advanceTo(Date.parse(end) + 60_000);
    await mexico.hears('access.revoked');

    assert.equal((await mexico.access()).allowed, false);
    await until('the end', async () => (await mexico.subscription()).status === 'canceled');
    assert.equal((await mexico.access()).allowed, false);
    assert.equal((await mexico.orders()).length, orders);
    assert.equal((await mexico.call('GET', '/customer/portal')).body.error.code, 'PROVIDER_UNSUPPORTED');
  });
});

describe('cash', () => {
  it('gives access when the money comes, days later', async () => {
    const checkout = await mexico.buy({ slug: 'kit' });
    await scene.payAt(checkout, { method: 'cash' });

    assert.equal(await mexico.checkout(checkout), 'confirmed');
    assert.equal((await mexico.access()).allowed, false);
    await until('the order', async () => (await mexico.orders())[0].status === 'pending');

    await scene.stack.advance('2 days');
    const [{ id }] = await mexico.orders();
    await scene.control(`conekta/orders/${id}/receive`);
    await scene.stack.deliver();

    await mexico.hears('access.granted');
    assert.equal(await mexico.checkout(checkout), 'succeeded');
    const [order] = await mexico.orders();
    assert.deepEqual(
      [order.status, order.total_amount, order.currency, order.billing_reason],
      ['paid', 34_900, 'mxn', 'purchase'],
    );
    assert.equal((await mexico.state()).tier, 'kit');
  });

  it('that nobody brings expires and gives nothing', async () => {
    const checkout = await mexico.buy({ slug: 'kit' });
    await scene.payAt(checkout, { method: 'spei' });
    await scene.stack.advance('5 days');
    await scene.stack.deliver();

    await until('the end of it', async () => (await mexico.orders())[0].status === 'void');
    assert.equal(await mexico.checkout(checkout), 'expired');
    assert.equal((await mexico.state()).tier, 'kit');
  });
});

describe('an erasure', () => {
  it('ends what runs at Conekta, and removes the customer there and at Polar', async () => {
    const checkout = await mexico.buy({ slug: 'pro' });
    await scene.payByCard(checkout);
    assert.equal(await mexico.checkout(checkout), 'succeeded');
    assert.equal(await statusAtConekta(mexico), 'active');
    const [customer] = (await scene.atConekta('GET', '/customers')).data;

    const { status, body } = await mexico.call('DELETE', '/customer?polar=true');

    assert.equal(status, 200, JSON.stringify(body));
    assert.ok(body.subscriptions > 0 && body.orders > 0, JSON.stringify(body));
    await mexico.hears('access.revoked');
    assert.deepEqual((await scene.atConekta('GET', '/customers')).data, []);
    assert.ok(customer.id);
    assert.equal((await mexico.access()).allowed, false);
  });
});

/** Of the newest subscription of the organization's customer at Conekta. */
async function atConektaOf(organization) {
  const { id } = await organization.subscription();
  const { data: customers } = await scene.atConekta('GET', '/customers');
  for (const customer of customers) {
    const { data } = await scene.atConekta('GET', `/customers/${customer.id}/subscriptions`);
    const found = data.find((one) => one.id === id);
    if (found) return found;
  }
  return undefined;
}
const statusAtConekta = async (organization) => (await atConektaOf(organization)).status;
const cardOf = async (organization) => (await atConektaOf(organization)).card_id;

async function untilAtConekta(organization, status) {
  await until(`${status} at Conekta`, async () => (await statusAtConekta(organization)) === status);
}
