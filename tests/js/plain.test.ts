// The plain path: what still works where WebAssembly cannot load.
import { createPolarClient, isPolarError } from '@plinto/polar';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { worksEitherWay } from './support/either-way.ts';
import {
  brokenWasm,
  CHECKOUT,
  CUSTOMER,
  DATA,
  Gateway,
  ORGANIZATION,
  PORTAL,
  PRODUCT,
  refusal,
  USAGE,
} from './support/gateway.ts';

let gateway: Gateway;
const client = (settings = {}) =>
  createPolarClient({ baseUrl: gateway.url, getAccessToken: () => 'token', wasm: brokenWasm(), ...settings });

beforeAll(async () => {
  gateway = await Gateway.start();
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});
beforeEach(() => gateway.forget());
afterAll(() => gateway.stop());

describe('without WebAssembly', () => {
  worksEitherWay(() => gateway, client);

  it('asks for a checkout by its id in the path, for lists and access by the query', async () => {
    gateway.answer({ status: 200, body: { allowed: true, reason: 'active' } });

    expect(await client().hasAccess({ feature: 'a b' })).toBe(true);
    await client().getCheckout(CHECKOUT.body.checkout_id, ORGANIZATION);
    await client().listSubscriptions({ limit: 5, active: true });

    expect(gateway.asked).toMatchObject([
      { method: 'GET', path: '/api/v1/polar/access', query: { feature: 'a b' } },
      { path: `/api/v1/polar/checkout/${CHECKOUT.body.checkout_id}`, query: { organization_id: ORGANIZATION } },
      { path: '/api/v1/polar/customer/subscriptions', query: { limit: '5', active: 'true' } },
    ]);
  });

  it('sends the subscription that a checkout upgrades, and not the one that a route is about', async () => {
    const subscriptionId = DATA.body.subscriptions[0]?.id ?? '';
    gateway.answer(CHECKOUT, { status: 200, body: {} });

    await client().createCheckout({ slug: 'pro', subscriptionId });
    await client().cancelSubscription(subscriptionId, { reason: 'unused' });

    expect(gateway.asked).toMatchObject([
      { path: '/api/v1/polar/checkout', body: { slug: 'pro', subscription_id: subscriptionId } },
      { path: `/api/v1/polar/subscriptions/${subscriptionId}/cancel` },
    ]);
    expect(gateway.asked[1]?.body).toEqual({ reason: 'unused' });
  });

  it('asks for the portal with the organization encoded in the query', async () => {
    gateway.answer(PORTAL);

    const url = await client().getCustomerPortalUrl({ organizationId: 'a&b=c', returnUrl: 'https://app.example/?a=1' });

    expect(url).toBe(PORTAL.body.portal_url);
    expect(gateway.asked).toMatchObject([
      {
        method: 'GET',
        path: '/api/v1/polar/customer/portal',
        query: { organization_id: 'a&b=c', return_url: 'https://app.example/?a=1' },
      },
    ]);
  });

  it('reads customer data into camelCase', async () => {
    gateway.answer(DATA);

    const data = await client({ organizationId: ORGANIZATION }).getCustomerData();

    expect(gateway.asked[0]?.query).toEqual({ organization_id: ORGANIZATION });
    expect(data.subscriptions[0]).toMatchObject({ status: 'active', productName: 'Pro', cancelAtPeriodEnd: false });
    expect(data.benefits[0]).toMatchObject({ benefitType: 'feature_flag', grantedAt: '2026-11-22T06:00:01Z' });
    expect(data.orders[0]).toMatchObject({ paid: true, totalAmount: 2000 });
    expect(data.orders[0]).not.toHaveProperty('invoiceNumber');
  });

  it('makes sure of a customer', async () => {
    gateway.answer(CUSTOMER);

    expect(await client().ensureCustomer()).toMatchObject({ externalId: ORGANIZATION, email: 'ada@example.com' });
    expect(gateway.asked).toMatchObject([{ method: 'POST', path: '/api/v1/polar/customer', body: {} }]);
  });

  it('records usage once, with quantity 0 kept and the keys of properties as they are', async () => {
    gateway.answer(USAGE('evt_1', 0));

    const receipt = await client().ingestUsageEvent(ORGANIZATION, {
      eventName: 'api_call',
      quantity: 0,
      properties: { regionName: 'eu' },
    });

    expect(receipt).toEqual({ eventId: 'evt_1', eventName: 'api_call', quantity: 0, reported: true });
    expect(gateway.asked).toHaveLength(1);
    expect(gateway.asked[0]?.body).toMatchObject({
      event_name: 'api_call',
      quantity: 0,
      properties: { regionName: 'eu' },
      organization_id: ORGANIZATION,
    });
  });

  it('throws what the server says, with field, status, request id and time to wait', async () => {
    gateway.answer(refusal(429, 'RATE_LIMITED', { field: 'custom_field_data.vat_id' }, { 'retry-after': '3' }));

    const error = await client()
      .createCheckout({ productId: PRODUCT })
      .catch((caught: unknown) => caught);

    expect(isPolarError(error, 'RATE_LIMITED')).toBe(true);
    expect(error).toMatchObject({
      family: 'caller',
      status: 429,
      field: 'customFieldData.vat_id',
      details: { field: 'custom_field_data.vat_id' },
      requestId: 'req_1',
      retryAfterMs: 3000,
    });
    expect(gateway.asked).toHaveLength(1);
  });

  it('says so when something other than the server answers', async () => {
    gateway.answer({ status: 502, body: '<html>Bad Gateway</html>' });

    await expect(client().getCustomerData()).rejects.toMatchObject({
      code: 'UPSTREAM_ANSWER_INVALID',
      family: 'remote',
      status: 502,
    });
  });

  it('refuses a success that is not JSON', async () => {
    gateway.answer({ status: 200, body: '<html>Welcome</html>' });

    await expect(client().getCustomerData()).rejects.toMatchObject({ code: 'UPSTREAM_ANSWER_INVALID', status: 200 });
  });

  it('warns once that requests go unchecked', () => {
    expect(console.warn).toHaveBeenCalledTimes(1);
    expect(console.warn).toHaveBeenCalledWith(expect.stringContaining('could not be started'));
  });
});
