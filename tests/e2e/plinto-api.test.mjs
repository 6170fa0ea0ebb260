// examples/plinto-api in Plinto's place: an organization's whole life in billing, by way of the API alone.
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { createPeople, member, organizationName, owner } from '../../scripts/lib/demo-people.mjs';
import { EmulatorClient, payCheckout } from '../../scripts/lib/emulator.mjs';
import { binary } from '../../scripts/lib/paths.mjs';
import { plintoApi } from '../../scripts/lib/plinto-api.mjs';
import { run } from '../../scripts/lib/run.mjs';
import { usageEvent } from '../../scripts/lib/stack.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { readRows } from './support/database.mjs';
import { startPlintoApi } from './support/plinto-api.mjs';
import { assertRefused } from './support/world.mjs';

const DAY_MS = 86_400_000;
const id = (number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const monthly = (cents) => ({ recurring_interval: 'month', prices: [{ amount_type: 'fixed', price_amount: cents }] });
const catalog = {
  products: [
    { id: id(1), name: 'Pro', ...monthly(2_000) },
    { id: id(2), name: 'Business', ...monthly(4_900), recurring_interval: 'year' },
  ],
};
const products = {
  pro: { product_id: id(1), tier: 'pro' },
  business: { product_id: id(2), tier: 'business', features: ['export'] },
};
const plans = { pro: 'pro', business: 'enterprise' };
const sam = { name: 'Sam Stranger', email: 'sam@else.test', password: 'nobody knows me' };

describe("the seed's checklist, through the API", () => {
  let world;
  let plinto;
  let people;
  let polar;
  const tokens = {};
  before(async () => {
    // More than a year ago: whatever is signed by the machine's own time is not from the future.
    const now = new Date(Math.floor((Date.now() - 400 * DAY_MS) / 60_000) * 60_000);
    world = await startPlintoApi({ now, catalog, products, plans });
    plinto = plintoApi(world.url);
    polar = new EmulatorClient(world.stack.polar.url, world.stack.polar.accessToken);
    people = await createPeople(world.url);
    await plinto.signUp(sam);
    await signIn();
  });
  after(() => world?.stop());

  /** Tokens last for a quarter of an hour. */
  async function signIn() {
    for (const [who, account] of Object.entries({ owner, member, stranger: sam })) {
      tokens[who] = (await plinto.signIn(account)).access_token;
    }
  }
  async function advance(by) {
    await world.stack.advance(by);
    await signIn();
  }
  async function call(method, path, { as, body, headers = {}, raw } = {}) {
    const answer = await fetch(`${world.url}/api/v1${path}`, {
      method,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(as && { authorization: `Bearer ${tokens[as]}` }),
        ...headers,
      },
      body: raw ?? (body && JSON.stringify(body)),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
  }
  const ours = () => `organization_id=${people.organizationId}`;
  const row = async (as = 'owner') =>
    (await call('GET', `/organizations/${people.organizationId}/subscription`, { as })).body;
  const rowWhere = (what, fits) =>
    waitFor(`a row that is ${what}`, async () => {
      const found = await row();
      return fits(found) && found;
    });
  const auditLogs = (as) => call('GET', `/organizations/${people.organizationId}/audit-logs`, { as });
  const subscription = async () => (await polar.of('subscriptions', people.organizationId))[0];
  const sameTime = (one, other) => assert.equal(Date.parse(one), Date.parse(other), `${one} is not ${other}`);

  it('a sign-up creates the customer at Polar, and a new organization a team', async () => {
    const customer = await waitFor('the customer', () => polar.customer(people.ownerId));
    assert.equal(customer.email, owner.email);

    const team = await waitFor('the team', () => polar.customer(people.organizationId));
    assert.equal(team.type, 'team');
    assert.equal(team.name, organizationName);
    assert.equal(world.stack.plinto.webhookLog().length, 0, 'the stand-in had a part in it');
  });

  it('a renamed organization is renamed at Polar', async () => {
    const body = { name: 'Acme, Inc.' };
    const renamed = await call('PATCH', `/organizations/${people.organizationId}`, { as: 'owner', body });
    assert.equal(renamed.body.name, body.name);

    await waitFor('the name', async () => (await polar.customer(people.organizationId)).name === body.name);
    const path = `/organizations/${people.organizationId}`;
    assertRefused(await call('PATCH', path, { as: 'member', body }), 403, 'FORBIDDEN');
  });

  it('the provider is chosen by the country', async () => {
    const provider = (country) => call('GET', `/billing/provider?country=${country}`, { as: 'owner' });

    assert.deepEqual((await provider('MX')).body, { provider: 'conekta' });
    assert.deepEqual((await provider('de')).body, { provider: 'polar' });
    assertRefused(await provider('XX'), 422, 'VALIDATION_FAILED', 'country');
    assertRefused(await call('GET', '/billing/provider?country=MX'), 401, 'TOKEN_MISSING');
  });

  it('nothing is open before it is paid for', async () => {
    assertRefused(await auditLogs('owner'), 402, 'PLAN_REQUIRED');
    assertRefused(
      await call('GET', `/organizations/${people.organizationId}/subscription`, { as: 'owner' }),
      404,
      'NOT_FOUND',
    );
  });

  it('a checkout is created, once under one key, by those who may buy for the organization', async () => {
    const body = { slug: 'pro', organization_id: people.organizationId };
    const headers = { 'idempotency-key': randomUUID() };
    const first = await call('POST', '/polar/checkout', { as: 'owner', body, headers });
    const again = await call('POST', '/polar/checkout', { as: 'owner', body, headers });

    assert.equal(first.status, 201, JSON.stringify(first.body));
    assert.equal(again.body.checkout_id, first.body.checkout_id);
    assert.ok(first.headers.get('x-request-id'), "plinto-polar's own headers do not come through");
    assertRefused(await call('POST', '/polar/checkout', { as: 'member', body }), 403, 'ROLE_NOT_ALLOWED');
    assertRefused(await call('POST', '/polar/checkout', { as: 'stranger', body }), 403, 'ORGANIZATION_ACCESS_DENIED');
    assertRefused(await call('POST', '/polar/checkout', { body }), 401, 'TOKEN_MISSING');
    await payCheckout(world.stack.polar.url, first.body.client_secret);
    await world.stack.deliver();
  });

  it('the subscription has a row with plan, status and period, whose id plinto-polar keeps', async () => {
    const found = await rowWhere('there', ({ plan }) => plan === 'pro');

    const atPolar = await subscription();
    assert.equal(found.status, 'active');
    assert.equal(found.billing_interval, 'monthly');
    assert.equal(found.cancel_at_period_end, false);
    sameTime(found.current_period_start, atPolar.current_period_start);
    sameTime(found.current_period_end, atPolar.current_period_end);
    assert.deepEqual(await row('member'), found);
    assert.equal(
      (await call('GET', `/organizations/${people.organizationId}`, { as: 'owner' })).body.billing_plan,
      'pro',
    );
    await waitFor("the row's id at plinto-polar", async () => {
      const { polar_subscriptions: rows } = await readRows(world.database);
      return rows.some((one) => one.includes(found.id) && one.includes(atPolar.id));
    });
  });

  it('what was paid for is open to members, and to nobody else', async () => {
    for (const who of ['owner', 'member']) assert.equal((await auditLogs(who)).status, 200);
    assert.deepEqual(
      (await auditLogs('owner')).body.map(({ type }) => type),
      ['organization.created', 'organization.member.added', 'organization.updated'],
    );
    assertRefused(await auditLogs('stranger'), 403, 'FORBIDDEN');
    const exported = await call('GET', `/organizations/${people.organizationId}/audit-logs/export`, { as: 'owner' });
    assertRefused(exported, 402, 'PLAN_REQUIRED');
    assert.equal(exported.body.error.details.reason, 'not_in_plan');
    assertRefused(
      await call('GET', `/organizations/${people.organizationId}/subscription`, { as: 'stranger' }),
      403,
      'FORBIDDEN',
    );
    assertRefused(
      await call('GET', `/polar/customer/data?${ours()}`, { as: 'stranger' }),
      403,
      'ORGANIZATION_ACCESS_DENIED',
    );
  });

  it('the portal opens for those who manage billing', async () => {
    const portal = await call('GET', `/polar/customer/portal?${ours()}`, { as: 'owner' });

    assert.equal(portal.status, 200, JSON.stringify(portal.body));
    assert.equal((await fetch(portal.body.portal_url)).status, 200);
    assertRefused(await call('GET', `/polar/customer/portal?${ours()}`, { as: 'member' }), 403, 'ROLE_NOT_ALLOWED');
    const data = await call('GET', `/polar/customer/data?${ours()}`, { as: 'member' });
    assert.equal(data.body.subscriptions.length, 1);
  });

  it('usage reaches Polar once, though it is sent twice', async () => {
    const body = { event_name: usageEvent, quantity: 3, external_id: randomUUID() };
    const first = await call('POST', `/polar/usage?${ours()}`, { as: 'member', body });
    const again = await call('POST', `/polar/usage?${ours()}`, { as: 'member', body });

    assert.equal(first.status, 202, JSON.stringify(first.body));
    assert.equal(again.body.event_id, first.body.event_id);
    const last = { ...body, external_id: randomUUID() };
    assert.equal((await call('POST', `/polar/usage?${ours()}`, { as: 'member', body: last })).status, 202);
    // They are reported in order: once the last is there, so is whatever was sent of the first.
    const events = await waitFor('both events', async () => {
      const found = await polar.events(people.organizationId);
      return found.length >= 2 && found;
    });
    assert.deepEqual(
      events.map(({ metadata }) => metadata.quantity),
      [3, 3],
    );
    assertRefused(
      await call('POST', `/polar/usage?${ours()}`, { as: 'stranger', body }),
      403,
      'ORGANIZATION_ACCESS_DENIED',
    );
  });

  it('a renewal moves the period of the row', async () => {
    const before = await row();
    const { owner: old } = tokens;
    await advance('1 month');

    const renewed = await rowWhere('renewed', (found) => found.current_period_start === before.current_period_end);
    assert.equal(renewed.id, before.id);
    sameTime(renewed.current_period_end, (await subscription()).current_period_end);
    assert.equal((await auditLogs('member')).status, 200);
    const headers = { authorization: `Bearer ${old}` };
    assertRefused(await call('GET', '/users/me', { headers }), 401, 'TOKEN_INVALID');
  });

  it('a failed payment is told, and so is its recovery', async () => {
    await world.stack.polar.setCard(people.organizationId, 'declined');
    await world.stack.advanceTo(new Date(Date.parse((await subscription()).current_period_end) + DAY_MS / 24));
    await signIn();
    await rowWhere('past due', ({ status }) => status === 'past_due');

    await world.stack.polar.setCard(people.organizationId, 'visa');
    await advance('4 days');
    await rowWhere('active again', ({ status, plan }) => status === 'active' && plan === 'pro');
  });

  it('another plan is another plan in the row', async () => {
    const { id: subscriptionId } = await subscription();
    const body = { slug: 'business', organization_id: people.organizationId };
    const changed = await call('POST', `/polar/subscriptions/${subscriptionId}/change`, { as: 'owner', body });
    assert.equal(changed.status, 200, JSON.stringify(changed.body));

    const found = await rowWhere('of the other plan', ({ plan }) => plan === 'enterprise');
    assert.equal(found.billing_interval, 'yearly');
    await call('POST', `/polar/subscriptions/${subscriptionId}/change`, {
      as: 'owner',
      body: { ...body, slug: 'pro' },
    });
    await rowWhere(
      'of the first plan again',
      ({ plan, billing_interval }) => plan === 'pro' && billing_interval === 'monthly',
    );
  });

  it("Polar's own webhooks pass byte by byte, and a forged one is refused", async () => {
    const { items } = await polar.get('/v1/webhooks/endpoints?limit=100');
    const { secret } = items.find(({ url }) => url.endsWith('/api/v1/polar/webhooks'));
    const body =
      '{ "type":"a.type.of.tomorrow",\n "timestamp":"2025-01-01T00:00:00.10Z", "data":{"is":"\\u00e9","n":10.0} }';
    const post = (key, text = body) => {
      const id = `msg_${randomUUID()}`;
      const timestamp = String(Math.floor(world.stack.now().getTime() / 1000));
      const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
      const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
      return call('POST', '/polar/webhooks', { raw: text, headers });
    };

    assert.equal((await post(secret)).status, 202);
    assertRefused(await post('whsec_of_somebody_else'), 403, 'WEBHOOK_SIGNATURE_MISMATCH');
    assertRefused(await post(secret, body.replace('10.0', '10')), 403, 'WEBHOOK_SIGNATURE_MISMATCH');
  });

  it('what happens while the API is away is told when it is back', async () => {
    await world.halt();
    const { id: subscriptionId } = await subscription();
    await world.stack.polar.api('PATCH', `/v1/subscriptions/${subscriptionId}`, { cancel_at_period_end: true });
    await world.stack.deliver();
    await world.start();
    await world.stack.advance('20 minutes');
    await signIn();

    const found = await rowWhere('canceled', ({ cancel_at_period_end: ends }) => ends);
    assert.deepEqual([found.plan, found.status], ['pro', 'active']);
    sameTime(found.access_until, found.current_period_end);
    const body = { organization_id: people.organizationId };
    const resumed = await call('POST', `/polar/subscriptions/${subscriptionId}/resume`, { as: 'owner', body });
    assert.equal(resumed.status, 200, JSON.stringify(resumed.body));
    await rowWhere('kept after all', ({ cancel_at_period_end: ends }) => !ends);
  });

  it('a canceled subscription is open until its period ends, and closed then', async () => {
    const { id: subscriptionId } = await subscription();
    const body = { organization_id: people.organizationId, reason: 'unused' };
    assertRefused(
      await call('POST', `/polar/subscriptions/${subscriptionId}/cancel`, { as: 'member', body }),
      403,
      'ROLE_NOT_ALLOWED',
    );
    const canceled = await call('POST', `/polar/subscriptions/${subscriptionId}/cancel`, { as: 'owner', body });
    assert.equal(canceled.status, 200, JSON.stringify(canceled.body));

    const ending = await rowWhere('canceled', ({ cancel_at_period_end: ends }) => ends);
    assert.equal((await auditLogs('member')).status, 200);
    await world.stack.advanceTo(new Date(Date.parse(ending.current_period_end) + DAY_MS / 24));
    await signIn();

    const ended = await rowWhere('ended', ({ plan }) => plan === 'free');
    assert.deepEqual([ended.id, ended.status], [ending.id, 'canceled']);
    assertRefused(await auditLogs('owner'), 402, 'PLAN_REQUIRED');
    assert.equal(
      (await call('GET', `/organizations/${people.organizationId}`, { as: 'owner' })).body.billing_plan,
      'free',
    );
  });

  it('an organization that buys again keeps its row', async () => {
    const before = await row();
    const body = { slug: 'business', organization_id: people.organizationId };
    const { body: checkout } = await call('POST', '/polar/checkout', { as: 'owner', body });
    await payCheckout(world.stack.polar.url, checkout.client_secret);
    await world.stack.deliver();

    const found = await rowWhere('of the new plan', ({ plan }) => plan === 'enterprise');
    assert.deepEqual([found.id, found.status], [before.id, 'active']);
  });

  it('a feature is open to those whose plan has it', async () => {
    const path = `/organizations/${people.organizationId}/audit-logs/export`;
    const look = (who) => fetch(`${world.url}/api/v1${path}`, { headers: { authorization: `Bearer ${tokens[who]}` } });

    const exported = await look('member');
    assert.equal(exported.status, 200);
    assert.match(await exported.text(), /^id,type,created_at\n.*,organization\.created,/);
    assertRefused(await call('GET', path, { as: 'stranger' }), 403, 'FORBIDDEN');
  });

  it('a deleted organization ends at Polar, and the last word about it is taken', async () => {
    const env = { DATABASE_URL: `sqlite:${world.database}` };
    const tries = async () => (await run(binary, ['notifications', 'log'], { env, quiet: true })).trim().split('\n');
    const path = `/organizations/${people.organizationId}`;
    const { length: before } = await tries();
    assertRefused(await call('DELETE', path, { as: 'member' }), 403, 'FORBIDDEN');
    assert.equal((await call('DELETE', path, { as: 'owner' })).status, 204);

    await waitFor('nobody at Polar', async () => (await polar.customer(people.organizationId)) === undefined);
    const [last] = await waitFor('the last word', async () => {
      const all = await tries();
      return all.length === before + 1 && all;
    });
    assert.match(last, /\tdelivered\t200\t/);
    assertRefused(await call('GET', path, { as: 'owner' }), 404, 'NOT_FOUND');
  });

  it('a user who buys for themselves has a row of their own', async () => {
    assertRefused(await call('GET', '/billing/subscription', { as: 'stranger' }), 404, 'NOT_FOUND');
    const checkout = await call('POST', '/polar/checkout', { as: 'stranger', body: { slug: 'business' } });
    assert.equal(checkout.status, 201, JSON.stringify(checkout.body));
    await payCheckout(world.stack.polar.url, checkout.body.client_secret);
    await world.stack.deliver();

    const found = await waitFor('the row', async () => {
      const { status, body } = await call('GET', '/billing/subscription', { as: 'stranger' });
      return status === 200 && body;
    });
    assert.deepEqual([found.plan, found.status, found.billing_interval], ['enterprise', 'active', 'yearly']);
    assertRefused(await call('GET', '/billing/subscription', { as: 'owner' }), 404, 'NOT_FOUND');
  });
});
