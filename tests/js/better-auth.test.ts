// The calls of Polar's plugin for Better Auth, as its README makes them, on a client of ours.
import { type BetterAuthClient, betterAuthClient, createPolarClient } from '@plinto/polar';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Account, ORGANIZATION, STATE, SUBSCRIPTION } from './support/account.ts';
import { CHECKOUT, DATA, Gateway, PORTAL, PRODUCT, refusal, USAGE } from './support/gateway.ts';
import { ADA, tokenOf } from './support/people.ts';

let gateway: Gateway;
let account: Account;
let authClient: BetterAuthClient;
const assign = vi.fn<(url: string) => void>();

beforeAll(async () => {
  gateway = await Gateway.start();
});
beforeEach(() => {
  gateway.forget();
  account = new Account(gateway);
  account.bodies['/customer/benefits'] = { items: DATA.body.benefits };
  account.bodies['/customer/meters'] = { items: [METER] };
  assign.mockReset();
  vi.stubGlobal('location', { href: 'https://app.example/', origin: 'https://app.example', assign });
  authClient = betterAuthClient(createPolarClient({ baseUrl: gateway.url, getAccessToken: () => tokenOf(ADA) }));
});
afterEach(() => vi.unstubAllGlobals());
afterAll(() => gateway.stop());

const METER = {
  meter_id: '8f4e2d1c-0b9a-4f8e-9d7c-6b5a4f3e2d1c',
  consumed_units: 3,
  credited_units: 10,
  balance: 7,
};
const last = () => gateway.asked.at(-1);
/** Numbered subscriptions, in pages that follow one another. */
const pages = (count: number) =>
  gateway.answer(({ query: { cursor = '0' } }) => {
    const at = Number(cursor);
    const items = [{ ...SUBSCRIPTION, product_name: `Page ${at + 1}` }];
    return { status: 200, body: { items, ...(at + 1 < count && { next_cursor: String(at + 1) }) } };
  });

describe('checkoutEmbed', () => {
  it('goes to a page that can be in no other, as it is paid there too', async () => {
    gateway.answer(({ body }) =>
      (body as { embed_origin?: string }).embed_origin
        ? refusal(409, 'PROVIDER_UNSUPPORTED', { field: 'embed_origin' })
        : CHECKOUT,
    );
    // The page is left: nothing is answered.
    void authClient.checkoutEmbed({ slug: 'kit' });

    await vi.waitFor(() => expect(assign.mock.calls).toEqual([[CHECKOUT.body.checkout_url]]));
    expect(gateway.asked.map(({ body }) => body)).toEqual([
      { slug: 'kit', embed_origin: 'https://app.example' },
      { slug: 'kit' },
    ]);
  });

  it('rejects what is refused otherwise', async () => {
    gateway.answer(refusal(409, 'PROVIDER_UNSUPPORTED', { field: 'seats' }));

    await expect(authClient.checkoutEmbed({ slug: 'kit' })).rejects.toMatchObject({ field: 'seats' });
    expect(assign).not.toHaveBeenCalled();
  });
});

describe('checkout', () => {
  it('goes there', async () => {
    const answer = await authClient.checkout({
      products: [PRODUCT],
      referenceId: ORGANIZATION,
      metadata: { campaign: 'autumn' },
      successUrl: 'https://app.example/done',
    });

    expect(answer).toEqual({ data: { url: CHECKOUT.body.checkout_url, redirect: true }, error: null });
    expect(assign.mock.calls).toEqual([[CHECKOUT.body.checkout_url]]);
    expect(last()?.body).toEqual({
      products: [PRODUCT],
      organization_id: ORGANIZATION,
      metadata: { campaign: 'autumn' },
      success_url: 'https://app.example/done',
    });
  });

  it('stays where it is told to, and takes one product as text', async () => {
    const { data } = await authClient.checkout({ products: PRODUCT, redirect: false });

    expect(data).toEqual({ url: CHECKOUT.body.checkout_url, redirect: false });
    expect(assign).not.toHaveBeenCalled();
    expect(last()?.body).toEqual({ products: [PRODUCT] });
  });

  it('takes a slug', async () => {
    await authClient.checkout({ slug: 'pro', redirect: false });

    expect(last()?.body).toEqual({ slug: 'pro' });
  });

  it('answers what was refused, by the server or before, and throws nothing', async () => {
    const unknown = await authClient.checkout({ slug: 'pro', fetchOptions: {} } as never);
    expect(unknown).toMatchObject({ data: null, error: { code: 'UNKNOWN_FIELD', field: 'fetchOptions' } });
    gateway.answer(refusal(403, 'ROLE_NOT_ALLOWED'));

    const { data, error } = await authClient.checkout({ slug: 'pro' });

    expect(data).toBeNull();
    expect(error).toMatchObject({ code: 'ROLE_NOT_ALLOWED', status: 403 });
    expect(assign).not.toHaveBeenCalled();
  });
});

describe('customer', () => {
  it('portal goes there, or answers the address', async () => {
    const { portal_url: url } = PORTAL.body;

    expect(await authClient.customer.portal()).toEqual({ data: { url, redirect: true }, error: null });
    expect(assign.mock.calls).toEqual([[url]]);
    expect(account.asked('/customer/portal')).toBe(1);

    const returnUrl = 'https://app.example/billing';
    const { data } = await authClient.customer.portal({ redirect: false, referenceId: ORGANIZATION, returnUrl });
    expect(data).toEqual({ url, redirect: false });
    expect(last()?.query).toEqual({ organization_id: ORGANIZATION, return_url: returnUrl });
    expect(assign).toHaveBeenCalledTimes(1);
  });

  it('state has what Polar calls so, and what may be used', async () => {
    const { data } = await authClient.customer.state();

    expect(data).toMatchObject({
      access: STATE.access,
      tier: 'pro',
      activeSubscriptions: [{ id: SUBSCRIPTION.id, productId: PRODUCT }],
      grantedBenefits: [{ benefitType: 'feature_flag' }],
      activeMeters: [{ meterId: METER.meter_id, balance: 7 }],
    });
    const asked = gateway.asked.find(({ path }) => path.endsWith('/customer/subscriptions'));
    expect(asked?.query).toEqual({ active: 'true', limit: '100' });
  });

  it('state has all of them, however many pages they are', async () => {
    pages(3);

    const { data } = await authClient.customer.state({ query: { referenceId: ORGANIZATION } });

    expect(data?.activeSubscriptions.map(({ productName }) => productName)).toEqual(['Page 1', 'Page 2', 'Page 3']);
    expect(new Set(gateway.asked.map(({ query }) => query.organization_id))).toEqual(new Set([ORGANIZATION]));
  });

  it('lists a page, for whom it is told to', async () => {
    pages(3);
    const list = (page: number) =>
      authClient.customer.subscriptions.list({ query: { page, limit: 1, active: true, referenceId: ORGANIZATION } });

    const second = await list(2);
    expect(second.data?.result.items.map(({ productName }) => productName)).toEqual(['Page 2']);
    expect(second.data?.result.pagination).toEqual({ hasNextPage: true });
    expect(last()?.query).toEqual({ active: 'true', limit: '1', cursor: '1', organization_id: ORGANIZATION });

    expect((await list(3)).data?.result.pagination).toEqual({ hasNextPage: false });
    expect((await list(4)).data?.result).toEqual({ items: [], pagination: { hasNextPage: false } });
  });

  it('lists benefits, orders and meters as subscriptions, ten at once', async () => {
    const { customer, usage } = authClient;
    expect((await customer.benefits.list()).data?.result.items).toHaveLength(1);
    expect((await customer.orders.list({})).data?.result.items).toMatchObject([{ totalAmount: 2000 }]);
    expect((await usage.meters.list({ query: {} })).data?.result.items).toMatchObject([{ consumedUnits: 3 }]);
    expect((await customer.subscriptions.list()).data?.result.items).toMatchObject([{ id: SUBSCRIPTION.id }]);

    const asked = gateway.asked.map(({ path, query }) => [path.replace(/.*\//, ''), query]);
    expect(asked).toEqual(['benefits', 'orders', 'meters', 'subscriptions'].map((name) => [name, { limit: '10' }]));
  });

  it('refuses by name what it does not understand', async () => {
    const { orders } = authClient.customer;
    const fieldOf = async (options: object) => (await orders.list(options as never)).error?.field;

    expect(await fieldOf({ query: { productBillingType: 'one_time' } })).toBe('query.productBillingType');
    expect(await fieldOf({ query: { active: true } })).toBe('query.active');
    expect(await fieldOf({ query: { page: 0 } })).toBe('query.page');
    expect(await fieldOf({ query: { page: 1.5 } })).toBe('query.page');
    expect(await fieldOf({ page: 2 })).toBe('page');
    expect((await authClient.customer.state({ query: { page: 2 } } as never)).error?.field).toBe('query.page');
    expect((await authClient.customer.portal({ theme: 'dark' } as never)).error?.code).toBe('UNKNOWN_FIELD');
    expect(gateway.asked).toEqual([]);
  });
});

describe('usage.ingest', () => {
  it('records what was used, durably', async () => {
    gateway.answer(USAGE('evt_7'));

    const { data } = await authClient.usage.ingest({ event: 'file-uploads', metadata: { uploadedFiles: 12 } });

    expect(data).toMatchObject({ eventId: 'evt_7' });
    expect(last()).toMatchObject({
      path: '/api/v1/polar/usage',
      body: { event_name: 'file-uploads', properties: { uploadedFiles: 12 } },
    });
  });

  it('counts the quantity of the metadata', async () => {
    gateway.answer(USAGE());

    await authClient.usage.ingest({
      event: 'api_call',
      metadata: { quantity: 3, route: '/v1' },
      referenceId: ORGANIZATION,
    });

    expect(last()?.body).toMatchObject({
      event_name: 'api_call',
      quantity: 3,
      properties: { route: '/v1' },
      organization_id: ORGANIZATION,
    });
    const { error } = await authClient.usage.ingest({ event: 'api_call', externalId: 'x' } as never);
    expect(error?.field).toBe('externalId');
  });
});
