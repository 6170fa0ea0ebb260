// The client over the real core: what goes out, what comes back, what is refused before anything is sent.
import { createPolarClient, isPolarError, type PolarCheckoutOptions, type PolarClientOptions } from '@plinto/polar';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { worksEitherWay } from './support/either-way.ts';
import { CHECKOUT, CUSTOMER, DATA, Gateway, ORGANIZATION, PORTAL, PRODUCT, refusal, USAGE } from './support/gateway.ts';

let gateway: Gateway;
const client = (settings: Partial<PolarClientOptions> = {}) =>
  createPolarClient({ baseUrl: gateway.url, getAccessToken: () => 'token', ...settings });

beforeAll(async () => {
  gateway = await Gateway.start();
});
beforeEach(() => gateway.forget());
afterAll(() => gateway.stop());

describe('with the core', () => {
  worksEitherWay(() => gateway, client);
});

describe('outside of a page', () => {
  it.each([
    ['a server', undefined],
    ['a worker of a page', { href: 'https://app.example/worker.js' }],
  ])('a redirect says where it can be done, and opens nothing: %s', async (_, location) => {
    vi.stubGlobal('location', location);
    gateway.answer(CHECKOUT);

    const redirected = client().redirectToCheckout({ productId: PRODUCT });

    await expect(redirected).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: 'Only a browser can be redirected. Send on the URL of createCheckout or getCustomerPortalUrl.',
    });
    expect(gateway.asked).toEqual([]);
    await expect(client().createCheckout({ productId: PRODUCT })).resolves.toBeTruthy();
    vi.unstubAllGlobals();
  });
});

describe('createCheckout', () => {
  it('fills in the organization and the URLs of the configuration, where the call names none', async () => {
    gateway.answer(CHECKOUT);
    const polar = client({
      organizationId: ORGANIZATION,
      defaultSuccessUrl: 'https://app.example/thanks',
      defaultReturnUrl: 'https://app.example/pricing',
    });

    await polar.createCheckout({ productId: PRODUCT });
    const others = { successUrl: 'https://app.example/other', returnUrl: 'https://app.example/back' };
    await polar.createCheckout({ productId: PRODUCT, ...others });

    expect(gateway.asked.map(({ body }) => body)).toMatchObject([
      {
        organization_id: ORGANIZATION,
        success_url: 'https://app.example/thanks',
        return_url: 'https://app.example/pricing',
      },
      { organization_id: ORGANIZATION, success_url: others.successUrl, return_url: others.returnUrl },
    ]);
  });

  const refused: [what: string, options: object, field: string][] = [
    ['a product id that is no UUID', { productId: 'pro' }, 'productId'],
    ['an organization id that is no UUID', { productId: PRODUCT, organizationId: 'acme' }, 'organizationId'],
    ['metadata with null', { productId: PRODUCT, metadata: { plan: null } }, 'metadata.plan'],
    ['metadata with an object', { productId: PRODUCT, metadata: { plan: { a: 1 } } }, 'metadata.plan'],
    ['a metadata key of 41 characters', { productId: PRODUCT, metadata: { ['k'.repeat(41)]: 1 } }, 'metadata'],
    ['a metadata text of 501 characters', { productId: PRODUCT, metadata: { plan: 'x'.repeat(501) } }, 'metadata.plan'],
    [
      'metadata of 51 keys',
      { productId: PRODUCT, metadata: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, i])) },
      'metadata',
    ],
  ];
  it.each(refused)('refuses %s before anything is sent, naming the field', async (_, options, field) => {
    const error = await client()
      .createCheckout(options as PolarCheckoutOptions)
      .catch((caught: unknown) => caught);

    expect(error).toMatchObject({ name: 'PolarError', family: 'caller' });
    expect((error as { field?: string }).field).toMatch(new RegExp(`^${field}`));
    expect((error as Error).message).toContain(field);
    expect(gateway.asked).toHaveLength(0);
  });

  it('refuses a checkout of nothing', async () => {
    const nothing = {} as PolarCheckoutOptions;

    await expect(client().createCheckout(nothing)).rejects.toMatchObject({ family: 'caller' });
    expect(gateway.asked).toHaveLength(0);
  });

  it('refuses a misspelled option by its name', async () => {
    const misspelled = { productId: PRODUCT, succesUrl: 'https://app.example' } as PolarCheckoutOptions;

    const failed = client().createCheckout(misspelled);

    await expect(failed).rejects.toMatchObject({ code: 'UNKNOWN_FIELD', field: 'succesUrl' });
    expect(gateway.asked).toHaveLength(0);
  });

  it('refuses input that JSON cannot hold', async () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const options = { productId: PRODUCT, metadata: circular } as unknown as PolarCheckoutOptions;

    await expect(client().createCheckout(options)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('throws what the server says', async () => {
    gateway.answer(refusal(403, 'ORGANIZATION_ACCESS_DENIED'));

    const error = await client()
      .createCheckout({ productId: PRODUCT, organizationId: ORGANIZATION })
      .catch((caught: unknown) => caught);

    expect(isPolarError(error, 'ORGANIZATION_ACCESS_DENIED')).toBe(true);
    expect(error).toMatchObject({ status: 403, family: 'caller', requestId: 'req_1' });
    expect(gateway.asked).toHaveLength(1);
  });

  it('names the field that the server refuses', async () => {
    gateway.answer(refusal(422, 'URL_NOT_ALLOWED', { field: 'success_url' }));

    const failed = client().createCheckout({ productId: PRODUCT, successUrl: 'https://evil.example' });

    await expect(failed).rejects.toMatchObject({ code: 'URL_NOT_ALLOWED', status: 422, field: 'successUrl' });
  });
});

describe('the other operations', () => {
  it('getCustomerPortalUrl leads back to where the call says, or the configuration', async () => {
    gateway.answer(PORTAL);
    const polar = client({ defaultReturnUrl: 'https://app.example/billing' });

    await polar.getCustomerPortalUrl();
    await polar.getCustomerPortalUrl({ returnUrl: 'https://app.example/back' });

    expect(gateway.asked.map(({ query }) => query.return_url)).toEqual([
      'https://app.example/billing',
      'https://app.example/back',
    ]);
  });

  it('getCustomerPortalUrl answers the address', async () => {
    gateway.answer(PORTAL);

    expect(await client().getCustomerPortalUrl(ORGANIZATION)).toBe(PORTAL.body.portal_url);
    expect(gateway.asked).toMatchObject([
      { method: 'GET', path: '/api/v1/polar/customer/portal', query: { organization_id: ORGANIZATION } },
    ]);
  });

  it('getCustomerData answers everything in camelCase', async () => {
    gateway.answer(DATA);

    const data = await client().getCustomerData();

    expect(gateway.asked).toMatchObject([{ method: 'GET', path: '/api/v1/polar/customer/data', query: {} }]);
    expect(data.subscriptions).toEqual([
      {
        id: DATA.body.subscriptions[0]?.id,
        status: 'active',
        productId: PRODUCT,
        productName: 'Pro',
        amount: 2000,
        currency: 'usd',
        recurringInterval: 'month',
        recurringIntervalCount: 1,
        currentPeriodStart: '2026-11-22T06:00:00Z',
        currentPeriodEnd: '2026-12-22T06:00:00Z',
        cancelAtPeriodEnd: false,
        startedAt: '2026-11-22T06:00:00Z',
      },
    ]);
    expect(data.benefits).toMatchObject([{ benefitType: 'feature_flag' }]);
    expect(data.orders).toMatchObject([{ paid: true, totalAmount: 2000 }]);
  });

  it('getCheckout asks for one checkout by its id, and refuses what is no id', async () => {
    const { checkout_id: checkoutId, expires_at: expiresAt } = CHECKOUT.body;
    const body = { checkout_id: checkoutId, status: 'succeeded', product_id: PRODUCT, expires_at: expiresAt };
    gateway.answer({ status: 200, body: { ...body, updated_at: '2026-11-22T07:00:00Z' } });

    const checkout = await client().getCheckout(checkoutId, ORGANIZATION);

    const updatedAt = '2026-11-22T07:00:00Z';
    expect(checkout).toEqual({ checkoutId, status: 'succeeded', productId: PRODUCT, expiresAt, updatedAt });
    expect(gateway.asked).toMatchObject([
      { method: 'GET', path: `/api/v1/polar/checkout/${checkoutId}`, query: { organization_id: ORGANIZATION } },
    ]);
    await expect(client().getCheckout('../customer/data')).rejects.toMatchObject({ field: 'checkoutId' });
    expect(gateway.asked).toHaveLength(1);
  });

  it('listSubscriptions asks for a page and hands on the cursor of the next', async () => {
    gateway.answer({ status: 200, body: { items: DATA.body.subscriptions, next_cursor: 'MTIz' } });

    const page = await client({ organizationId: ORGANIZATION }).listSubscriptions({ limit: 1, active: true });

    expect(page.items).toMatchObject([{ status: 'active', productName: 'Pro' }]);
    expect(page.nextCursor).toBe('MTIz');
    expect(gateway.asked).toMatchObject([
      {
        path: '/api/v1/polar/customer/subscriptions',
        query: { organization_id: ORGANIZATION, limit: '1', active: 'true' },
      },
    ]);
  });

  it("what a benefit's seller has named keeps its name", async () => {
    const metadata = { plan_id: 7, 'two words': true };
    gateway.answer({ status: 200, body: { items: [{ id: 'g', benefit_id: 'b', benefit_type: 'custom', metadata }] } });

    expect((await client().listBenefits()).items).toEqual([
      { id: 'g', benefitId: 'b', benefitType: 'custom', metadata },
    ]);
  });

  it('an invoice, a preview and payment methods are asked for by their routes', async () => {
    const orderId = DATA.body.orders[0]?.id ?? '';
    const subscriptionId = DATA.body.subscriptions[0]?.id ?? '';
    gateway.answer(
      { status: 200, body: { url: 'https://polar.example/invoice.pdf' } },
      { status: 200, body: { currency: 'usd', lines: [], amount_now: -5, amount_next: 10, next_at: 't' } },
      { status: 200, body: { items: [{ id: 'm', type: 'card', is_default: true, last4: '4242' }] } },
    );

    expect(await client().getInvoice(orderId, ORGANIZATION)).toEqual({ url: 'https://polar.example/invoice.pdf' });
    expect(await client().previewSubscription(subscriptionId, { slug: 'team' })).toMatchObject({ amountNow: -5 });
    expect((await client().listPaymentMethods()).items).toMatchObject([{ isDefault: true, last4: '4242' }]);

    expect(gateway.asked).toMatchObject([
      { method: 'GET', path: `/api/v1/polar/orders/${orderId}/invoice`, query: { organization_id: ORGANIZATION } },
      { method: 'GET', path: `/api/v1/polar/subscriptions/${subscriptionId}/preview`, query: { slug: 'team' } },
      { method: 'GET', path: '/api/v1/polar/payment-methods', query: {} },
    ]);
  });

  it('hasAccess is the answer of getAccess in one word, and no guess where the server fails', async () => {
    gateway.answer({ status: 200, body: { allowed: false, reason: 'not_in_plan', tier: 'pro' } });
    expect(await client().getAccess({ feature: 'audit' })).toEqual({
      allowed: false,
      reason: 'not_in_plan',
      tier: 'pro',
    });
    expect(await client().hasAccess({ tier: 'max' })).toBe(false);
    gateway.answer({ status: 200, body: { allowed: true, reason: 'active', tier: 'pro' } });
    expect(await client().hasAccess()).toBe(true);
    expect(gateway.asked.map(({ path, query }) => [path, query])).toEqual([
      ['/api/v1/polar/access', { feature: 'audit' }],
      ['/api/v1/polar/access', { tier: 'max' }],
      ['/api/v1/polar/access', {}],
    ]);
    gateway.answer(refusal(403, 'ROLE_NOT_ALLOWED'));
    await expect(client().hasAccess()).rejects.toMatchObject({ code: 'ROLE_NOT_ALLOWED' });
  });

  it('getCustomerData answers empty lists for someone who has bought nothing', async () => {
    gateway.answer({ status: 200, body: { subscriptions: [], benefits: [], orders: [] } });

    expect(await client().getCustomerData(ORGANIZATION)).toEqual({ subscriptions: [], benefits: [], orders: [] });
  });

  it('ensureCustomer answers the customer', async () => {
    gateway.answer(CUSTOMER);

    expect(await client().ensureCustomer(ORGANIZATION)).toEqual({
      customerId: CUSTOMER.body.customer_id,
      externalId: ORGANIZATION,
      email: 'ada@example.com',
      name: 'Ada',
    });
    expect(gateway.asked).toMatchObject([{ method: 'POST', body: { organization_id: ORGANIZATION } }]);
  });

  it('ingestUsageEvent takes the organization first, or one object', async () => {
    gateway.answer(USAGE());
    const event = { eventName: 'api_call', properties: { regionName: 'eu' } };

    await client().ingestUsageEvent(ORGANIZATION, event);
    await client().ingestUsageEvent({ ...event, organizationId: ORGANIZATION });

    for (const { method, path, query, body } of gateway.asked) {
      expect({ method, path }).toEqual({ method: 'POST', path: '/api/v1/polar/usage' });
      expect({ ...query, ...(body as object) }).toMatchObject({
        event_name: 'api_call',
        organization_id: ORGANIZATION,
        properties: { regionName: 'eu' },
      });
    }
    expect(gateway.asked).toHaveLength(2);
  });

  it('ingestUsageEvent keeps a quantity of 0', async () => {
    gateway.answer(USAGE('evt_1', 0));

    const receipt = await client().ingestUsageEvent(ORGANIZATION, { eventName: 'api_call', quantity: 0 });

    expect(gateway.asked[0]?.body).toMatchObject({ quantity: 0 });
    expect(receipt).toEqual({ eventId: 'evt_1', eventName: 'api_call', quantity: 0, reported: true });
  });

  it('ingestUsageEvent tries again under the same id, so that it is billed once', async () => {
    gateway.answer(refusal(503, 'UPSTREAM_RATE_LIMITED', {}, { 'retry-after': '0' }), USAGE());

    await client().ingestUsageEvent(ORGANIZATION, { eventName: 'api_call' });

    const ids = gateway.asked.map(({ body }) => (body as { external_id?: string }).external_id);
    expect(ids).toHaveLength(2);
    expect(ids[0]).toBeTruthy();
    expect(ids[1]).toBe(ids[0]);
  });
});

describe('the way there', () => {
  it('keeps a path of baseUrl, and takes another basePath', async () => {
    gateway.answer(DATA);

    await client({ baseUrl: `${gateway.url}/gateway/` }).getCustomerData();
    await client({ basePath: 'billing/' }).getCustomerData();

    expect(gateway.asked.map(({ path }) => path)).toEqual([
      '/gateway/api/v1/polar/customer/data',
      '/billing/customer/data',
    ]);
  });

  it('needs an absolute baseUrl outside a browser', async () => {
    await expect(client({ baseUrl: '' }).getCustomerData()).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
  });

  it('goes by a transport of the caller, with the token in place', async () => {
    const seen: unknown[] = [];
    const polar = client({
      transport: async (request) => {
        seen.push(request);
        return { status: 200, headers: [], body: JSON.stringify(DATA.body) };
      },
    });

    await polar.getCustomerData();

    expect(seen).toMatchObject([{ method: 'GET', url: `${gateway.url}/api/v1/polar/customer/data` }]);
    expect(seen).toHaveProperty('0.headers', expect.arrayContaining([['authorization', 'Bearer token']]));
  });

  it('rejects with a PolarError even where a transport breaks its promise', async () => {
    const broken = async () => ({ status: 1n as unknown as number, headers: [], body: '' });

    await expect(client({ transport: broken }).getCustomerData()).rejects.toMatchObject({
      name: 'PolarError',
      code: 'INTERNAL',
      cause: expect.any(TypeError),
    });
  });

  it('stops when its signal aborts between two attempts', async () => {
    gateway.answer(refusal(503, 'UPSTREAM_RATE_LIMITED', {}, { 'retry-after': '5' }));
    const stop = new AbortController();

    const stopped = client().getCustomerData(undefined, { signal: stop.signal });
    await gateway.arrived();
    stop.abort();

    await expect(stopped).rejects.toMatchObject({ code: 'CANCELED' });
    expect(gateway.asked).toHaveLength(1);
  });

  it('sends nothing when its signal has aborted before', async () => {
    const stopped = client().getCustomerData(undefined, { signal: AbortSignal.abort() });

    await expect(stopped).rejects.toMatchObject({ code: 'CANCELED' });
    expect(gateway.asked).toHaveLength(0);
  });

  it('refuses to redirect outside a browser before a session is made', async () => {
    const stays = client().redirectToCheckout({ productId: PRODUCT });

    await expect(stays).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
    expect(gateway.asked).toHaveLength(0);
  });
});
