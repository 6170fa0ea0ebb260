// `@plinto/polar/server` against the running server: the tokens that it signs, and the routes that it opens to a service key.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createServerClient, hasFeature, verifyEntitlements } from '@plinto/polar/server';
import { payCheckout } from '../../scripts/lib/emulator.mjs';
import { binary } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/run.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { startWorld } from './support/world.mjs';

const scopes =
  'access:read,customer:read,customer:write,customer:erase,portal:write,subscription:write,usage:read,usage:write';
const nobody = '0a1b2c3d-0000-4000-8000-000000000001';

let world;
let polar;
let organization;
let subscription;
before(async () => {
  world = await startWorld();
  organization = { organizationId: world.organizationId };
  const made = await run(binary, ['key', 'add', '--scope', scopes, '--name', 'tests'], {
    env: world.settings,
    quiet: true,
  });
  const [serviceKey] = made.match(/plinto_sk_\w+/);
  polar = createServerClient({ baseUrl: world.urls.server, serviceKey });

  const body = { product_id: world.product.id, organization_id: world.organizationId };
  const checkout = await world.call('POST', '/checkout', { token: world.tokens.owner, body });
  await payCheckout(world.urls.emulator, checkout.body.client_secret);
  await waitFor('the access', () => polar.hasAccess(organization));
});
after(() => world?.stop());

const hasCode = (code) => (error) => error.name === 'PolarError' && error.code === code;

describe('the client of a back end', () => {
  it('finds customers, and says whom it does not know', async () => {
    const customer = await polar.getCustomer(organization);
    assert.equal(customer.externalId, world.organizationId);
    const data = await polar.getCustomerData(organization);
    assert.equal(data.subscriptions.length, 1);
    assert.equal((await polar.listOrders({ ...organization, limit: 1 })).items.length, 1);
    const portal = { ...organization, userId: world.ownerId, returnUrl: `${world.urls.page}/` };
    assert.match(await polar.getCustomerPortalUrl(portal), /^http/);
    await assert.rejects(polar.getCustomerPortalUrl(organization), (error) => error.field === 'userId');

    await assert.rejects(polar.getCustomer({ userId: nobody }), hasCode('CUSTOMER_NOT_FOUND'));
    assert.deepEqual((await polar.getCustomerData({ userId: nobody })).subscriptions, []);
  });

  it('says who has access, and why', async () => {
    const answer = await polar.getAccess({ ...organization, explain: true });
    assert.equal(answer.allowed, true);
    assert.ok(answer.explanation.facts.some(({ decides }) => decides));
    assert.equal(await polar.hasAccess({ userId: nobody }), false);
    assert.equal((await polar.getCustomerState(organization)).status, 'active');
  });

  it('records usage for users and organizations, one by one and in batches, each event once', async () => {
    const event = { ...organization, eventName: 'api_call', quantity: 2, externalId: 'one', properties: { itsOwn: 1 } };
    for (let i = 0; i < 2; i++) assert.equal((await polar.ingestUsageEvent(event)).eventId, 'one');
    const { results } = await polar.ingestUsageEvents(
      [
        { eventName: 'api_call', externalId: 'two' },
        { eventName: 'api_call', externalId: 'one' },
        { eventName: 'of any name', externalId: 'three', userId: world.ownerId },
        { eventName: '', externalId: 'four' },
      ],
      organization,
    );

    assert.deepEqual(
      results.map(({ status }) => status),
      ['accepted', 'duplicate', 'accepted', 'refused'],
    );
    assert.equal(results[3].error.details.field, 'event_name');
    const { items } = await polar.getUsageSummary({ ...organization, eventName: 'api_call' });
    assert.equal(
      items.reduce((sum, { quantity }) => sum + quantity, 0),
      3,
    );
  });

  it('previews, changes, cancels and resumes a subscription of whom it names, and of nobody else', async () => {
    const { items } = await polar.listSubscriptions({ ...organization, active: true });
    [subscription] = items;
    const yearly = (await polar.listProducts()).items.find(({ recurringInterval }) => recurringInterval === 'year');
    const change = { ...organization, productId: yearly.productId, prorationBehavior: 'prorate' };

    assert.equal((await polar.previewSubscription(subscription.id, change)).currency, 'usd');
    assert.equal((await polar.changeSubscription(subscription.id, change)).productId, yearly.productId);
    const canceled = await polar.cancelSubscription(subscription.id, { ...organization, reason: 'unused' });
    assert.equal(canceled.cancelAtPeriodEnd, true);
    assert.equal((await polar.resumeSubscription(subscription.id, organization)).cancelAtPeriodEnd, false);
    await assert.rejects(polar.cancelSubscription(subscription.id, { userId: world.ownerId }), hasCode('NOT_FOUND'));
  });

  it('is told by name what is wrong with a call', async () => {
    await assert.rejects(polar.getAccess({}), hasCode('VALIDATION_FAILED'));
    await assert.rejects(polar.getAccess({ userId: 'somebody' }), (error) => error.field === 'userId');
    const stranger = createServerClient({ baseUrl: world.urls.server, serviceKey: `plinto_sk_${'0'.repeat(64)}` });
    await assert.rejects(stranger.getAccess(organization), hasCode('TOKEN_INVALID'));
  });
});

describe('entitlement tokens of the server', () => {
  it('are verified by its published keys, given or fetched, and say what GET /access says', async () => {
    const { token, expiresAt } = await polar.getEntitlementToken(organization);
    const url = new URL('/.well-known/jwks.json', world.urls.server);
    const jwks = await (await fetch(url)).json();

    for (const keys of [jwks, url]) {
      const entitlements = await verifyEntitlements(token, { jwks: keys });
      const { access, features } = await polar.getCustomerState(organization);
      assert.equal(entitlements.organizationId, world.organizationId);
      assert.equal(entitlements.expiresAt, new Date(expiresAt).toISOString());
      assert.deepEqual(entitlements.access, access);
      assert.deepEqual(entitlements.features, features);
      assert.equal(hasFeature(entitlements, 'of another plan'), false);
    }
  });

  it('are refused once they have expired, for another audience, and by the keys of another server', async () => {
    const { token } = await polar.getEntitlementToken(organization);
    const url = new URL('/.well-known/jwks.json', world.urls.server);
    const other = { keys: [] };

    const late = verifyEntitlements(token, { jwks: url, now: Date.now() + 301_000 });
    await assert.rejects(late, hasCode('TOKEN_EXPIRED'));
    await assert.rejects(verifyEntitlements(token, { jwks: url, audience: 'other' }), hasCode('TOKEN_INVALID'));
    await assert.rejects(verifyEntitlements(token, { jwks: other }), hasCode('TOKEN_INVALID'));
    await assert.rejects(verifyEntitlements(`${token}x`, { jwks: url }), hasCode('TOKEN_INVALID'));
  });
});

describe('forgetting', () => {
  it('erases whom it names', async () => {
    assert.equal((await polar.eraseCustomer({ userId: world.ownerId })).customers, 1);
    const receipt = await polar.eraseCustomer(organization);
    assert.equal(receipt.customers, 1);
    assert.equal(receipt.subscriptions, 1);
  });
});
