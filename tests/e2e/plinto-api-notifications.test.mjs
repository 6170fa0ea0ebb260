// What examples/plinto-api makes of notifications, whatever comes: forged, late, twice, of a plan that nobody named.
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { plintoApi } from '../../scripts/lib/plinto-api.mjs';
import { findPlace, newSecret, runPlintoApi } from './support/plinto-api.mjs';
import { assertRefused } from './support/world.mjs';

const ada = { name: 'Ada Lovelace', email: 'ada@engines.test', password: 'difference engine' };
const id = (number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const [secret, nextSecret] = [newSecret(), newSecret()];

describe('a notification', () => {
  let place;
  let api;
  let token;
  let organization;
  let sequence = 0;
  before(async () => {
    place = await findPlace();
    api = await runPlintoApi(place, {
      PLINTO_JWT_SECRET: 'a secret of the tests, 32 bytes long',
      PLINTO_WEBHOOK_SECRET: 'another secret of the tests',
      // Nobody listens there: the events wait.
      POLAR_SERVER_URL: 'http://127.0.0.1:9',
      POLAR_SERVICE_KEY: 'plinto_sk_of_the_tests',
      // As while it is rotated.
      APP_WEBHOOK_SECRET: `${nextSecret},${secret}`,
      BILLING_PLANS: '{"pro":"pro","business":"enterprise"}',
    });
    const plinto = plintoApi(place.url);
    ({ access_token: token } = await plinto.signUp({ ...ada, organization_name: 'Engines' }));
    [{ id: organization }] = await plinto.organizations(token);
  });
  after(async () => {
    await api?.stop();
    place?.remove();
  });

  async function call(method, path, { headers, raw } = {}) {
    const answer = await fetch(`${place.url}/api/v1${path}`, { method, headers, body: raw });
    return { status: answer.status, body: await answer.json() };
  }

  /** What the server tells of that organization, as the next one. */
  function snapshot(more = {}) {
    sequence += 1;
    const period = { current_period_start: '2026-01-15T12:00:00Z', current_period_end: '2026-02-15T12:00:00Z' };
    return {
      ...{ organization_id: organization, user_id: null, allowed: true, reason: 'active', until: null },
      ...{ plan: { tier: 'pro', slug: 'pro', product_id: id(1) }, status: 'active', polar_subscription_id: id(9) },
      ...{ interval: 'month', interval_count: 1, ...period, cancel_at_period_end: false, subscription_id: null },
      ...{ sequence, ...more },
    };
  }
  /** Posts it, signed. `change` is made after it was signed. */
  function tell(data, { id = randomUUID(), by = secret, at = new Date(), change = {}, type, space } = {}) {
    const document = { type: type ?? 'subscription.changed', timestamp: at.toISOString(), data };
    const body = JSON.stringify(document, null, space);
    const timestamp = String(Math.floor(at.getTime() / 1000));
    const key = Buffer.from(by.slice('whsec_'.length), 'base64');
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
    const headers = {
      ...{ 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` },
      ...change.headers,
    };
    return call('POST', '/billing/notifications', { raw: change.body?.(body) ?? body, headers });
  }
  const headers = () => ({ authorization: `Bearer ${token}` });
  const kept = async () =>
    (await call('GET', `/organizations/${organization}/subscription`, { headers: headers() })).body;

  it('is answered with the id of the row that it made', async () => {
    const { status, body } = await tell(snapshot());

    assert.equal(status, 200);
    const found = await kept();
    assert.deepEqual(body, { subscription_id: found.id });
    assert.deepEqual([found.plan, found.status, found.billing_interval], ['pro', 'active', 'monthly']);
  });

  it('that is forged, stale, changed or not signed is refused, and changes nothing', async () => {
    const data = snapshot({ allowed: false });
    const before = await kept();
    const isRefused = async (wrong, code, status = 403) => assertRefused(await tell(data, wrong), status, code);

    await isRefused({ by: newSecret() }, 'WEBHOOK_SIGNATURE_MISMATCH');
    const spaced = (body) => JSON.stringify(JSON.parse(body), null, 1);
    await isRefused({ change: { body: spaced } }, 'WEBHOOK_SIGNATURE_MISMATCH');
    await isRefused({ change: { headers: { 'webhook-id': randomUUID() } } }, 'WEBHOOK_SIGNATURE_MISMATCH');
    for (const signature of ['v1,', 'v1,***', 'v2,AAAA', ',', 'v1,\u00e9']) {
      await isRefused({ change: { headers: { 'webhook-signature': signature } } }, 'WEBHOOK_SIGNATURE_MISMATCH');
    }
    await isRefused({ change: { headers: { 'webhook-signature': '' } } }, 'WEBHOOK_HEADER_MISSING');
    for (const minutes of [-6, 6]) {
      const at = new Date(Date.now() + minutes * 60_000);
      await isRefused({ at }, 'WEBHOOK_TIMESTAMP_OUT_OF_TOLERANCE');
    }
    await isRefused({ change: { body: () => 'x'.repeat(65_537) } }, 'PAYLOAD_TOO_LARGE', 413);
    assert.deepEqual(await kept(), before);
  });

  it('is verified over its bytes, however they are written', async () => {
    assert.equal((await tell(snapshot({ interval: 'year' }), { space: '\t' })).status, 200);

    assert.equal((await kept()).billing_interval, 'yearly');
  });

  it('that is older than the row changes nothing, and is answered with its id', async () => {
    const late = snapshot({ allowed: false, reason: 'ended', status: 'canceled' });
    await tell(snapshot());
    const before = await kept();

    const { status, body } = await tell(late);

    assert.deepEqual([status, body], [200, { subscription_id: before.id }]);
    assert.deepEqual(await kept(), before);
  });

  it('that comes twice is taken once', async () => {
    const twice = { id: randomUUID() };
    const first = await tell(snapshot({ cancel_at_period_end: true }), twice);
    const again = await tell(snapshot({ cancel_at_period_end: false }), twice);

    assert.equal(first.status, 200);
    assert.deepEqual(again.body, first.body);
    assert.equal((await kept()).cancel_at_period_end, true);
  });

  it('by either secret is taken while the secret is rotated', async () => {
    const { status } = await tell(snapshot({ status: 'trialing' }), { by: nextSecret });

    assert.equal(status, 200);
    assert.equal((await kept()).status, 'trialing');
  });

  it('of a tier that no plan is named for is refused, and taken once it is told again', async () => {
    const before = await kept();
    const again = { id: randomUUID() };
    const plan = { tier: 'gold', slug: 'gold', product_id: id(8) };

    assertRefused(await tell(snapshot({ plan }), again), 503, 'PLAN_UNKNOWN');

    assert.deepEqual(await kept(), before);
    await tell(snapshot({ plan: { ...plan, tier: 'business' } }), again);
    assert.equal((await kept()).plan, 'enterprise');
  });

  it('without what decides names the field', async () => {
    assertRefused(await tell(snapshot({ allowed: undefined })), 422, 'VALIDATION_ERROR', 'data.allowed');
  });

  it('that ends access makes the plan free', async () => {
    await tell(snapshot({ allowed: false, reason: 'ended', status: 'canceled' }), { type: 'access.revoked' });

    const found = await kept();
    assert.deepEqual([found.plan, found.status, found.billing_interval], ['free', 'canceled', 'monthly']);
  });

  it('of which ids are all that is left, since the customer was deleted, leaves no more', async () => {
    const period = { current_period_start: null, current_period_end: null };
    const gone = { plan: null, status: null, interval: null, interval_count: null, ...period };
    await tell(snapshot({ allowed: false, reason: 'customer_deleted', ...gone }), { type: 'access.revoked' });

    const found = await kept();
    assert.deepEqual([found.plan, found.status, found.billing_interval], ['free', 'canceled', null]);
    assert.equal(found.current_period_end, null);
  });

  it('about somebody who is not known here, or of a new type, is taken and changes nothing', async () => {
    const before = await kept();
    const nobody = await tell(snapshot({ organization_id: randomUUID() }));
    const unknown = await tell(snapshot(), { type: 'invoice.written' });

    for (const { status, body } of [nobody, unknown])
      assert.deepEqual([status, body], [200, { subscription_id: null }]);
    assert.deepEqual(await kept(), before);
  });
});
