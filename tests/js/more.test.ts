// The calls that the browser's core does not know: they begin without it, and ask it what to do when something goes wrong.
import { createPolarClient, type PolarClient } from '@plinto/polar';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { brokenWasm, DATA, Gateway, ORGANIZATION, PRODUCT, refusal } from './support/gateway.ts';

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

  it('throw what the server refuses, and tell of nothing', async () => {
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

describe('when something goes wrong', () => {
  const passing = refusal(503, 'UPSTREAM_RATE_LIMITED', {}, { 'retry-after': '0' });
  const ok = { status: 200, body: { items: [] } };
  /** A client whose core would be fetched from the gateway. */
  const withCoreAt = (path: string) =>
    createPolarClient({
      baseUrl: gateway.url,
      getAccessToken: () => 'token',
      wasm: new URL(`${gateway.url}${path}`),
    });

  it.each([
    ['the server is short for a moment', passing],
    ['the connection is cut', 'cut'],
  ] as const)('a read is repeated where %s', async (_, answer) => {
    gateway.answer(answer, answer, ok);

    expect(await polar.listOrders()).toEqual({ items: [] });

    expect(gateway.asked.map(({ path }) => path)).toEqual(Array(3).fill('/api/v1/polar/customer/orders'));
  });

  it('a change is repeated as it was', async () => {
    gateway.answer('cut', { status: 200, body: SUBSCRIPTION });

    await polar.changeSubscription(ID, { seats: 3 });

    expect(gateway.asked).toHaveLength(2);
    expect(gateway.asked[1]?.body).toEqual(gateway.asked[0]?.body);
    expect(gateway.asked[1]?.headers['content-type']).toBe('application/json');
  });

  it('says after four attempts what the server said', async () => {
    gateway.answer(passing);

    await expect(polar.getCustomerState()).rejects.toMatchObject({
      code: 'UPSTREAM_RATE_LIMITED',
      status: 503,
      family: 'remote',
      requestId: 'req_1',
    });

    expect(gateway.asked).toHaveLength(4);
  });

  it('names the field that is refused, as TypeScript spells it', async () => {
    gateway.answer(refusal(422, 'VALIDATION_FAILED', { field: 'event_name' }));

    await expect(polar.getUsageSummary({ eventName: '' })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      field: 'eventName',
    });
    expect(gateway.asked).toHaveLength(1);
  });

  it('and not before, is the core fetched', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    gateway.answer(ok, refusal(403, 'ROLE_NOT_ALLOWED'), { status: 404, body: {} });
    const client = withCoreAt('/late.wasm');

    await client.listOrders();
    expect(gateway.asked).toHaveLength(1);
    await expect(client.listOrders()).rejects.toMatchObject({ code: 'ROLE_NOT_ALLOWED', status: 403 });

    expect(gateway.asked.map(({ path }) => path).filter((path) => path === '/late.wasm')).toHaveLength(1);
  });

  it('fetches no core for a call that is canceled', async () => {
    gateway.answer('hang');
    const stop = new AbortController();

    const asked = withCoreAt('/never.wasm').listOrders({}, { signal: stop.signal });
    await gateway.arrived();
    stop.abort();
    await expect(asked).rejects.toMatchObject({ code: 'CANCELED', family: 'caller' });

    expect(gateway.asked).toHaveLength(1);
  });

  it('one attempt is all where the core cannot start', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    gateway.answer(passing);
    const client = createPolarClient({ baseUrl: gateway.url, getAccessToken: () => 'token', wasm: brokenWasm() });

    await expect(client.listOrders()).rejects.toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', status: 503 });

    expect(gateway.asked).toHaveLength(1);
  });

  it('says so where an answer is none of ours', async () => {
    gateway.answer({ status: 200, body: '<html>' });

    await expect(polar.listOrders()).rejects.toMatchObject({ code: 'UPSTREAM_ANSWER_INVALID', status: 200 });
    expect(gateway.asked).toHaveLength(1);
  });
});
