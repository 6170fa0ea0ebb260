// The calls that the browser's core does not know: they go out by the plain conversation.
import { createPolarClient, type PolarClient } from '@plinto/polar';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DATA, Gateway, ORGANIZATION, PRODUCT, refusal } from './support/gateway.ts';

let gateway: Gateway;
let polar: PolarClient;
const [SUBSCRIPTION] = DATA.body.subscriptions;
const ID = SUBSCRIPTION?.id ?? '';

beforeAll(async () => {
  gateway = await Gateway.start();
});
beforeEach(() => {
  gateway.forget();
  gateway.answer({ status: 200, body: { next_cursor: null, items: [{ meter_id: 'm', consumed_units: 3 }] } });
  polar = createPolarClient({ baseUrl: gateway.url, getAccessToken: () => 'token', organizationId: ORGANIZATION });
});
afterAll(() => gateway.stop());

describe('reads', () => {
  const organization = { organization_id: ORGANIZATION };
  const reads: [name: string, read: () => Promise<unknown>, path: string, query: object][] = [
    ['getCustomerState', () => polar.getCustomerState(), '/customer/state', organization],
    ['listOrders', () => polar.listOrders({ limit: 5 }), '/customer/orders', { ...organization, limit: '5' }],
    ['listBenefits', () => polar.listBenefits({ cursor: 'c' }), '/customer/benefits', { ...organization, cursor: 'c' }],
    ['listMeters', () => polar.listMeters(), '/customer/meters', organization],
    ['listProducts', () => polar.listProducts(), '/products', {}],
    [
      'getUsageSummary',
      () => polar.getUsageSummary({ eventName: 'api_call', by: 'month' }),
      '/usage/summary',
      { ...organization, event_name: 'api_call', by: 'month' },
    ],
  ];
  it.each(reads)('%s asks the server and answers in camelCase', async (_, read, path, query) => {
    expect(await read()).toEqual({ items: [{ meterId: 'm', consumedUnits: 3 }] });

    expect(gateway.asked).toMatchObject([{ method: 'GET', path: `/api/v1/polar${path}`, body: undefined }]);
    expect(gateway.asked[0]?.query).toEqual(query);
    expect(gateway.asked[0]?.headers.authorization).toBe('Bearer token');
  });

  it('take another organization than the settings name', async () => {
    await polar.getCustomerState(PRODUCT);

    expect(gateway.asked[0]?.query).toEqual({ organization_id: PRODUCT });
  });

  it('can be canceled', async () => {
    gateway.answer('hang');
    const stop = new AbortController();

    const asked = polar.listOrders({}, { signal: stop.signal });
    await gateway.arrived();
    stop.abort();

    await expect(asked).rejects.toMatchObject({ code: 'CANCELED' });
  });
});

describe('changes of a subscription', () => {
  const changes: [name: string, change: () => Promise<unknown>, verb: string, body: object][] = [
    [
      'cancelSubscription',
      () => polar.cancelSubscription(ID, { reason: 'unused', comment: 'no' }),
      'cancel',
      { reason: 'unused', comment: 'no' },
    ],
    ['resumeSubscription', () => polar.resumeSubscription(ID), 'resume', {}],
    [
      'changeSubscription',
      () => polar.changeSubscription(ID, { slug: 'team', prorationBehavior: 'prorate' }),
      'change',
      { slug: 'team', proration_behavior: 'prorate' },
    ],
  ];
  it.each(changes)('%s posts it, answers the subscription, and tells of it', async (_, change, verb, body) => {
    gateway.answer({ status: 200, body: SUBSCRIPTION });
    const told: string[] = [];
    const stop = polar.session.subscribe((event) => told.push(event));

    expect(await change()).toMatchObject({ id: ID, productName: 'Pro', currentPeriodEnd: '2026-12-22T06:00:00Z' });
    stop();

    expect(gateway.asked).toMatchObject([{ method: 'POST', path: `/api/v1/polar/subscriptions/${ID}/${verb}` }]);
    expect(gateway.asked[0]?.body).toEqual({ ...body, organization_id: ORGANIZATION });
    expect(told.at(-1)).toBe('changed');
  });

  it('throw what the server says, tell of nothing, and are not tried again', async () => {
    gateway.answer(refusal(409, 'CONFLICT'));
    const told: string[] = [];
    const stop = polar.session.subscribe((event) => told.push(event));

    await expect(polar.cancelSubscription(ID)).rejects.toMatchObject({
      code: 'CONFLICT',
      status: 409,
      requestId: 'req_1',
    });
    stop();

    expect(gateway.asked).toHaveLength(1);
    expect(told).not.toContain('changed');
  });

  it('put an id that is none into one segment of the path', async () => {
    gateway.answer(refusal(404, 'NOT_FOUND'));

    await expect(polar.cancelSubscription('../a b')).rejects.toMatchObject({ code: 'NOT_FOUND' });

    expect(gateway.asked[0]?.path).toBe('/api/v1/polar/subscriptions/..%2Fa%20b/cancel');
  });
});
