// The back end's client against a gateway that remembers what it was asked. Against the real server it is
// tests/e2e/server.test.mjs.
import { createServerClient, type ServerClientOptions } from '@plinto/polar/server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Gateway, ORGANIZATION, refusal } from './support/gateway.ts';

const KEY = `plinto_sk_${'0'.repeat(64)}`;
const USER = '7b1f2c1a-0000-4000-8000-000000000001';
const LEASE = '1ea5e000-0000-4000-8000-000000000001';
const SUBSCRIPTION = '50000000-0000-4000-8000-000000000001';

let gateway: Gateway;
const client = (settings: Partial<ServerClientOptions> = {}) =>
  createServerClient({ baseUrl: gateway.url, serviceKey: KEY, ...settings });

beforeAll(async () => {
  gateway = await Gateway.start();
});
beforeEach(() => gateway.forget());
afterEach(() => vi.unstubAllGlobals());
afterAll(() => gateway.stop());

describe('createServerClient', () => {
  it('names the user in the query and sends the key, whatever the method', async () => {
    gateway.answer({ status: 200, body: { allowed: true, reason: 'active', external_id: USER } });
    const polar = client();

    expect(await polar.hasAccess({ userId: USER, feature: 'a b' })).toBe(true);
    expect(await polar.getCustomer({ userId: USER })).toMatchObject({ externalId: USER });
    await polar.cancelSubscription(SUBSCRIPTION, { userId: USER, reason: 'unused' });
    await polar.eraseCustomer({ userId: USER, polar: true });
    await polar.getAccess({ organizationId: ORGANIZATION, tier: 'pro', explain: true });

    const query = { user_id: USER };
    expect(gateway.asked).toMatchObject([
      { method: 'GET', path: '/api/v1/polar/access', query: { ...query, feature: 'a b' } },
      { method: 'POST', path: '/api/v1/polar/customer', query, body: {} },
      { method: 'POST', path: `/api/v1/polar/subscriptions/${SUBSCRIPTION}/cancel`, query, body: { reason: 'unused' } },
      { method: 'DELETE', path: '/api/v1/polar/customer', query: { ...query, polar: 'true' } },
      { method: 'GET', query: { organization_id: ORGANIZATION, tier: 'pro', explain: 'true' } },
    ]);
    for (const { headers } of gateway.asked) expect(headers.authorization).toBe(`Bearer ${KEY}`);
  });

  it('gives each usage event an id, so that a second try is no second event', async () => {
    gateway.answer('cut', {
      status: 202,
      body: { event_id: 'e', event_name: 'api_call', quantity: 1, reported: false },
    });

    await client().ingestUsageEvent({ userId: USER, eventName: 'api_call', properties: { a_b: 1, cD: 2 } });

    const [first, second] = gateway.asked;
    expect(first?.body).toMatchObject({ external_id: expect.any(String), properties: { a_b: 1, cD: 2 } });
    expect(second).toEqual({ ...first, headers: expect.anything() });
  });

  it('sends a batch as the server spells it, and returns what became of each event', async () => {
    const error = { code: 'VALIDATION_FAILED', message: 'No.', details: { field: 'quantity' } };
    gateway.answer({
      status: 202,
      body: {
        results: [
          { status: 'accepted', event_id: 'e1' },
          { status: 'refused', error },
        ],
      },
    });

    const { results } = await client().ingestUsageEvents(
      [
        { eventName: 'api_call', externalId: 'e1', userId: USER, properties: { itsOwn: 'key' } },
        { eventName: 'api_call', quantity: -1 },
      ],
      { organizationId: ORGANIZATION },
    );

    expect(results).toEqual([
      { status: 'accepted', eventId: 'e1' },
      { status: 'refused', error },
    ]);
    expect(gateway.asked[0]?.body).toEqual({
      organization_id: ORGANIZATION,
      events: [
        { event_name: 'api_call', external_id: 'e1', user_id: USER, properties: { itsOwn: 'key' } },
        { event_name: 'api_call', quantity: -1, external_id: expect.any(String) },
      ],
    });
  });

  it('reserves under an id of its own, so that a reservation that is sent again is one, and ends the lease by its id', async () => {
    const lease = { lease_id: LEASE, event_name: 'ai_tokens', meter_id: LEASE, quantity: 10, balance: 90 };
    gateway.answer(refusal(503, 'UPSTREAM_RATE_LIMITED'), {
      status: 201,
      body: { ...lease, expires_at: '2026-11-30T12:00:00Z' },
    });
    const { leaseId } = await client().reserveUsage({ userId: USER, eventName: 'ai_tokens', quantity: 10 });
    expect(leaseId).toBe(LEASE);
    expect(gateway.asked).toHaveLength(2);
    expect(gateway.asked[0]).toMatchObject({
      method: 'POST',
      path: '/api/v1/polar/usage/reserve',
      query: { user_id: USER },
    });
    expect(gateway.asked[0]?.body).toEqual({
      event_name: 'ai_tokens',
      quantity: 10,
      external_id: expect.any(String),
    });
    expect(gateway.asked[1]?.body).toEqual(gateway.asked[0]?.body);

    gateway.answer({ status: 202, body: { lease_id: LEASE, event_id: `lease-${LEASE}`, quantity: 7, balance: 93 } });
    const committed = await client().commitUsage(LEASE, { userId: USER, quantity: 7, properties: { itsOwn: 'key' } });
    expect(committed.eventId).toBe(`lease-${LEASE}`);
    expect(gateway.asked[2]).toMatchObject({
      method: 'POST',
      path: `/api/v1/polar/usage/leases/${LEASE}/commit`,
      query: { user_id: USER },
      body: { quantity: 7, properties: { itsOwn: 'key' } },
    });

    gateway.answer({ status: 200, body: { lease_id: LEASE, balance: 100 } });
    await client().releaseUsage(LEASE, { organizationId: ORGANIZATION });
    expect(gateway.asked[3]).toMatchObject({
      path: `/api/v1/polar/usage/leases/${LEASE}/release`,
      body: { organization_id: ORGANIZATION },
    });
  });

  it('gives, lists and takes back grants, under an id of its own, so that one that is sent again is one', async () => {
    const grant = { id: LEASE, user_id: USER, tier: 'pro', features: [], source: 'support', reason: 'A delay.' };
    gateway.answer(
      refusal(503, 'UPSTREAM_RATE_LIMITED'),
      { status: 201, body: grant },
      { status: 200, body: { items: [grant] } },
      { status: 200, body: { ...grant, removed_by: 'key:1' } },
    );
    const why = { source: 'support', reason: 'A delay.' };

    const given = await client().addGrant({ userId: USER, tier: 'pro', endsAt: '2027-03-01T00:00:00Z', ...why });
    expect(given.tier).toBe('pro');
    expect((await client().listGrants({ userId: USER, removed: true })).items[0]?.id).toBe(LEASE);
    expect((await client().removeGrant(LEASE, { organizationId: ORGANIZATION })).removedBy).toBe('key:1');

    const asked = { tier: 'pro', ends_at: '2027-03-01T00:00:00Z', ...why, external_id: expect.any(String) };
    expect(gateway.asked[1]?.body).toEqual(gateway.asked[0]?.body);
    expect(gateway.asked.slice(1)).toMatchObject([
      { method: 'POST', path: '/api/v1/polar/grants', query: { user_id: USER }, body: asked },
      { method: 'GET', path: '/api/v1/polar/grants', query: { user_id: USER, removed: 'true' } },
      { method: 'DELETE', path: `/api/v1/polar/grants/${LEASE}`, query: { organization_id: ORGANIZATION } },
    ]);
  });

  it('sets, lists and removes limits', async () => {
    const limit = { event_name: 'ai_tokens', period: 'month', maximum: 50, used: 1, reserved: 2, remaining: 47 };
    gateway.answer(
      { status: 200, body: limit },
      { status: 200, body: { items: [limit] } },
      { status: 200, body: { removed: true } },
    );
    const which = { organizationId: ORGANIZATION, eventName: 'ai_tokens', period: 'month' } as const;

    expect((await client().setUsageLimit({ ...which, maximum: 50 })).remaining).toBe(47);
    expect((await client().listUsageLimits({ userId: USER })).items[0]?.reserved).toBe(2);
    expect(await client().removeUsageLimit(which)).toEqual({ removed: true });

    const named = { organization_id: ORGANIZATION, event_name: 'ai_tokens', period: 'month' };
    const path = '/api/v1/polar/usage/limits';
    expect(gateway.asked).toMatchObject([
      { method: 'PUT', path, body: { ...named, maximum: 50 } },
      { method: 'GET', path, query: { user_id: USER } },
      { method: 'DELETE', path, query: named },
    ]);
  });

  it('rejects with the typed error of the server, and tries again where that is safe', async () => {
    gateway.answer(refusal(503, 'UPSTREAM_RATE_LIMITED'), { status: 200, body: { items: [] } });
    expect(await client().listSubscriptions({ userId: USER, limit: 5 })).toEqual({ items: [] });

    gateway.answer(refusal(403, 'ROLE_NOT_ALLOWED'));
    const refused = client().listOrders({ organizationId: ORGANIZATION });
    await expect(refused).rejects.toMatchObject({ name: 'PolarError', code: 'ROLE_NOT_ALLOWED', status: 403 });
  });

  it('gives up when it is told to', async () => {
    gateway.answer('hang');
    const stop = new AbortController();
    const call = client().getCustomerState({ userId: USER }, { signal: stop.signal });
    await gateway.arrived();
    stop.abort();

    await expect(call).rejects.toMatchObject({ code: 'CANCELED' });
  });

  it('is not made without a key and an address, nor with a key that is none', () => {
    const bad: [Partial<ServerClientOptions>, field: string][] = [
      [{ serviceKey: undefined }, 'serviceKey'],
      [{ serviceKey: '' }, 'serviceKey'],
      [{ serviceKey: 'polar_oat_of_polar_itself' }, 'serviceKey'],
      [{ baseUrl: '' }, 'baseUrl'],
      [{ baseUrl: 'billing.example.com' }, 'baseUrl'],
    ];
    for (const [settings, field] of bad) {
      expect(() => client(settings)).toThrow(expect.objectContaining({ code: 'CONFIGURATION_INVALID', field }));
    }
  });

  it('is not made in a browser, by name', () => {
    vi.stubGlobal('window', {});
    vi.stubGlobal('document', {});

    expect(() => client()).toThrow(/createServerClient is for back ends.*createPolarPlugin/);
  });
});
