// The emulator in process: what a test of an application does with it.
import {
  catalogs,
  createPolarEmulator,
  type EmulatedDelivery,
  type EmulatorCatalog,
  type PolarEmulator,
  type PolarEmulatorOptions,
} from '@plinto/polar/testing';
import { createWebhookHandler, verifyWebhook } from '@plinto/polar/webhooks';
import { webhooks } from '@polar-sh/sdk/2026-04';
import { describe, expect, it, vi } from 'vitest';
import { transcribe } from './support/transcript.ts';

interface Checkout {
  id: string;
  client_secret: string;
  url: string;
  status: string;
}

const START = '2026-11-22T06:00:00.000Z';

const start = (options: PolarEmulatorOptions = {}) =>
  createPolarEmulator({ now: START, onExchange: transcribe, ...options });

async function checkoutOf(polar: PolarEmulator, product = 'Pro', fields: object = {}): Promise<Checkout> {
  const id = polar.products.find(({ name }) => name === product)?.id;
  return polar.api<Checkout>('POST', '/v1/checkouts/', { products: [id], external_customer_id: 'user-1', ...fields });
}

const typesOf = (deliveries: readonly EmulatedDelivery[]) => deliveries.map(({ type }) => type);

describe('createPolarEmulator', () => {
  it('has a clock that is moved and never runs, and says so when a rate is asked for', async () => {
    const polar = await start();

    await expect(polar.api('POST', '/_emulator/clock', { rate: 60 })).rejects.toThrow(/ClockHasNoRate/);
    await expect(polar.api('POST', '/_emulator/clock', { mode: 'frozen' })).rejects.toThrow(/advance\(\)/);
    await polar.advance('1 day');
    expect(polar.now().toISOString()).toBe('2026-11-23T06:00:00.000Z');
  });

  it("keeps to Polar's limits when told so", async () => {
    const polar = await start({ rateLimit: 'sandbox' });
    const headers = { authorization: `Bearer ${polar.accessToken}` };
    const statuses = await Promise.all(
      Array.from({ length: 101 }, async () => (await polar.fetch('/v1/products/', { headers })).status),
    );

    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
    await expect(start({ rateLimit: 'none' as 'off' })).rejects.toMatchObject({ field: 'rateLimit' });
  });

  it('cuts a connection and answers late when a fault says so, as a network would', async () => {
    const polar = await start();
    await polar.api('POST', '/_emulator/faults', { kind: 'cut', match: 'GET /v1/products/', count: 1 });
    await expect(polar.api('GET', '/v1/products/')).rejects.toThrow('fetch failed');

    await polar.api('POST', '/_emulator/faults', { kind: 'slow', match: 'GET /v1/products/', delay_ms: 60_000 });
    const headers = { authorization: `Bearer ${polar.accessToken}` };
    const hurried = polar.fetch('/v1/products/', { headers, signal: AbortSignal.timeout(20) });
    await expect(hurried).rejects.toMatchObject({ name: 'TimeoutError' });
    vi.useFakeTimers();
    try {
      const patient = polar.fetch('/v1/products/', { headers });
      await vi.advanceTimersByTimeAsync(60_000);
      const answer = await patient;
      expect([answer.status, answer.headers.get('x-emulator-delay-ms')]).toEqual([200, null]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('sells products, and answers any client that takes a fetch', async () => {
    const polar = await start();
    const headers = { authorization: `Bearer ${polar.accessToken}` };

    const answer = await polar.fetch('https://api.polar.sh/v1/products/', { headers });
    const redirected = await polar.fetch(new URL('/v1/products', polar.url), { headers });

    expect(answer.headers.get('polar-version')).toBe('2026-04');
    expect(await answer.json()).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ name: 'Pro' })]),
    });
    expect(redirected).toMatchObject({ status: 200, redirected: true, url: `${polar.url}/v1/products/` });
    expect((await polar.fetch('https://api.polar.sh/v1/products/')).status).toBe(401);
    expect(polar.products).toContainEqual(
      expect.objectContaining({ name: 'Pro', amount: 2000, currency: 'usd', interval: 'month' }),
    );
  });

  it('lets nothing pass but what is asked for', async () => {
    const polar = await start();

    await polar.fetch(`${polar.url}/v1/products/`);
    expect(polar.now().toISOString()).toBe(START);
    await polar.advance('1 month');
    expect(polar.now().toISOString()).toBe('2026-12-22T06:00:00.000Z');
    await polar.advance({ days: 9, hours: 1 });
    await polar.advance('2 months');
    expect(polar.now().toISOString()).toBe('2027-02-28T07:00:00.000Z');
    await polar.advance('2 hours 30 minutes');
    expect(polar.now().toISOString()).toBe('2027-02-28T09:30:00.000Z');
    await polar.advanceTo('2027-03-01T00:00:00Z');
    expect(polar.now().toISOString()).toBe('2027-03-01T00:00:00.000Z');
  });

  it('takes a payment, and delivers what follows from it', async () => {
    const polar = await start();
    const checkout = await checkoutOf(polar);

    const payment = await polar.pay(checkout);

    expect(payment).toMatchObject({ paid: true, refusal: null, checkout: { id: checkout.id } });
    expect(typesOf(polar.deliveries())).toEqual(
      expect.arrayContaining(['checkout.created', 'subscription.active', 'order.paid', 'customer.state_changed']),
    );
    expect(await polar.api('GET', `/v1/checkouts/${checkout.id}`)).toMatchObject({ status: 'succeeded' });
  });

  it("refuses a declined card in Polar's words", async () => {
    const polar = await start();
    const checkout = await checkoutOf(polar);

    const payment = await polar.pay(checkout.url, { card: 'declined' });

    expect(payment).toMatchObject({
      paid: false,
      checkout: null,
      refusal: { status: 400, error: 'PaymentError', detail: expect.stringContaining('Your card was declined.') },
    });
    expect(await polar.api('GET', `/v1/checkouts/${checkout.id}`)).toMatchObject({ status: 'open' });
    expect((await polar.pay(checkout.client_secret)).paid).toBe(true);
  });

  it('renews a subscription by the passing of a month', async () => {
    const polar = await start();
    await polar.pay(await checkoutOf(polar));

    const made = await polar.advance('1 month');

    expect(typesOf(made)).toEqual(expect.arrayContaining(['subscription.cycled', 'order.created', 'order.paid']));
    expect(polar.deliveries('subscription.cycled')[0]?.at.toISOString()).toBe('2026-12-22T06:00:00.000Z');
  });

  it("signs deliveries that verify with this package and with Polar's own, whatever the emulated time", async () => {
    const polar = await start({ now: '2031-01-01T00:00:00Z' });
    await polar.pay(await checkoutOf(polar));
    await polar.advance('1 year');
    expect(polar.deliveries().length).toBeGreaterThan(100);

    for (const { id, body, headers, type } of polar.deliveries()) {
      const ours = await verifyWebhook({ body, headers, secret: polar.webhookSecret });
      const theirs = await webhooks.validateEvent(body, { ...headers }, polar.webhookSecret);
      expect(ours).toMatchObject({ id, type });
      expect(theirs.type).toBe(type);
    }
  });

  it('sends webhooks to the receiver, and again when it fails', async () => {
    const polar = await start();
    const seen: string[] = [];
    let failures = 1;
    polar.onWebhook(
      createWebhookHandler({
        secret: polar.webhookSecret,
        onError: () => {},
        onPayload: ({ type }) => {
          if (type === 'checkout.created' && failures-- > 0) throw new Error('the database is away');
          seen.push(type);
        },
      }),
    );

    const checkout = await checkoutOf(polar);
    await polar.deliver();

    expect(polar.deliveries().map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, 500],
      [2, 202],
    ]);
    expect(seen).toEqual(['checkout.created']);
    await polar.pay(checkout);
    expect(seen).toContain('order.paid');
  });

  it.each([
    ['nothing', undefined],
    ['a number', 200],
    ['an error of the network', Response.error()],
  ])('takes a delivery whose receiver returns %s for failed, and says what to return', async (_, answer) => {
    const polar = await start();
    polar.onWebhook(() => answer as Response);

    await checkoutOf(polar);
    const [first] = await polar.deliver();

    expect(first).toMatchObject({ attempt: 1, status: null });
    expect(String(first?.error)).toContain('new Response(null, { status: 202 })');
    expect((await polar.advance('1 hour')).length).toBeGreaterThan(1);
  });

  it('takes nothing but a function for a receiver', async () => {
    const polar = await start();

    expect(() => polar.onWebhook('x' as never)).toThrow('onWebhook takes a function');
    expect(() => polar.onWebhook(undefined as never)).toThrow('got undefined');
  });

  it('gives a receiver up that does not answer in ten seconds, as Polar does', async () => {
    const polar = await start();
    let asked = 0;
    polar.onWebhook(() => (++asked === 1 ? new Promise<never>(() => {}) : new Response(null, { status: 202 })));
    await checkoutOf(polar);

    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const delivered = polar.deliver();
      await vi.advanceTimersByTimeAsync(10_000);
      const attempts = await delivered;
      expect(attempts.map(({ status }) => status)).toEqual([null, 202]);
      expect(attempts[0]?.error).toMatchObject({ code: 'TIMEOUT' });
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
    expect((await polar.log()).deliveries[0]).toMatchObject({ fault: 'timeout' });
  });

  it('takes what a receiver throws for a broken connection', async () => {
    const polar = await start();
    const error = new Error('nobody is at home');
    polar.onWebhook(() => {
      throw error;
    });

    await checkoutOf(polar);
    const [first] = await polar.deliver();

    expect(first).toMatchObject({ type: 'checkout.created', attempt: 1, status: null, error });
    expect((await polar.log()).deliveries[0]).toMatchObject({ type: 'checkout.created', fault: 'network' });
  });

  it('gives one history for one seed', async () => {
    const history = async (seed: number) => {
      const polar = await start({ seed, clock: () => 0 });
      await polar.pay(await checkoutOf(polar));
      await polar.advance('2 months');
      return polar.deliveries().map(({ body, headers }) => ({ body, headers }));
    };

    const once = await history(7);

    expect(await history(7)).toEqual(once);
    expect(await history(8)).not.toEqual(once);
  });

  it('follows fake timers where the receiver does', async () => {
    vi.useFakeTimers({ now: new Date('2040-01-01T00:00:00Z'), toFake: ['Date'] });
    try {
      const polar = await start();
      await checkoutOf(polar);
      const [delivery] = await polar.deliver();
      expect(delivery?.headers['webhook-timestamp']).toBe(String(Date.now() / 1000));
    } finally {
      vi.useRealTimers();
    }
  });

  it('shows every API exchange to who asks for it', async () => {
    const seen: unknown[] = [];
    const polar = await start({ onExchange: (exchange) => seen.push(exchange) });
    const { id } = await checkoutOf(polar);
    await polar.api('GET', `/v1/checkouts/${id}`);
    await polar.log();

    expect(seen).toEqual([
      expect.objectContaining({ method: 'POST', route: '/v1/checkouts/', status: 201 }),
      expect.objectContaining({ route: '/v1/checkouts/{id}', path: `/v1/checkouts/${id}`, status: 200 }),
    ]);
  });

  it.each(Object.entries(catalogs))('sells the catalog %s', async (_, catalog: EmulatorCatalog) => {
    const polar = await start({ catalog });

    expect(polar.products.map(({ name }) => name)).toEqual(catalog.products?.map(({ name }) => name));
    const [first] = polar.products;
    const checkout = await polar.api<Checkout>('POST', '/v1/checkouts/', { products: [first?.id] });
    expect(await polar.pay(checkout, { email: 'ada@example.com' })).toMatchObject({ paid: true, refusal: null });
  });

  it('refuses a catalog at the place of its mistake', async () => {
    const products = [
      { name: 'Plus', recurring_interval: 'month', prices: [{ amount_type: 'fixed', price_amount: 3 }] },
    ];

    await expect(start({ catalog: { products } as EmulatorCatalog })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      message: expect.stringContaining('products[0].prices[0].price_amount'),
    });
  });

  it('finds products by name, and lists the names when there is none', async () => {
    const polar = await start({ catalog: catalogs.shop });

    expect(polar.product('Book')).toMatchObject({ amount: 2_500, interval: null });
    expect(() => polar.product('Boot')).toThrow('There is: Book, Donation.');
  });

  it('makes a renewal fail, and mends it', async () => {
    const polar = await start();
    await polar.pay(await checkoutOf(polar));

    await polar.setCard('user-1', 'declined');
    await polar.advance('1 month');
    expect(typesOf(polar.deliveries())).toContain('subscription.past_due');
    await polar.setCard('user-1', 'visa');
    await polar.advance('3 days');
    const { items } = await polar.api<{ items: unknown[] }>('GET', '/v1/subscriptions/?active=true');
    expect(items).toMatchObject([{ status: 'active', past_due_at: null }]);
  });

  it('keeps emulators apart', async () => {
    const [one, other] = await Promise.all([start(), start({ accessToken: 'polar_oat_other' })]);
    await checkoutOf(one);
    await other.deliver();

    expect(other.accessToken).toBe('polar_oat_other');
    expect(other.deliveries()).toEqual([]);
    one.close();
    await expect(checkoutOf(one)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await checkoutOf(other)).toMatchObject({ status: 'open' });
  });

  it.each([
    [{ seed: -1 }, 'seed'],
    [{ seed: 1.5 }, 'seed'],
    [{ url: 'polar' }, 'url'],
    [{ webhookUrl: 'nowhere' }, 'webhookUrl'],
    [{ now: 'yesterday' }, 'now'],
    [{ now: 8.64e15 }, 'now'],
    [{ now: '1969-12-31T23:59:59Z' }, 'now'],
  ] satisfies [PolarEmulatorOptions, string][])('refuses %j, naming what is wrong', async (options, field) => {
    await expect(start(options)).rejects.toMatchObject({ name: 'PolarError', code: 'VALIDATION_FAILED', field });
  });

  it.each([
    '300000 years',
    '9999999999 days',
    '6 years',
    { days: 9_999_999_999 },
    { days: Number.NaN },
    'a while',
    5,
    {},
    null,
    undefined,
  ])('refuses to advance by %j, and lets no time pass', async (span) => {
    const polar = await start();

    const refusal = {
      code: 'VALIDATION_FAILED',
      field: 'duration',
      message: expect.stringContaining('2 weeks 3 days'),
    };
    await expect(polar.advance(span as never)).rejects.toMatchObject(refusal);
    expect(polar.now().toISOString()).toBe(START);
  });

  it.each([new Date(8.64e15), '2099-01-01T00:00:00Z'])('refuses to advance to %s, decades ahead', async (time) => {
    const polar = await start();

    await expect(polar.advanceTo(time)).rejects.toMatchObject({ field: 'time' });
    await expect(polar.advanceTo(Number.POSITIVE_INFINITY)).rejects.toMatchObject({ field: 'time' });
    expect(polar.now().toISOString()).toBe(START);
  });

  it('refuses a misspelled option, and what are no options', async () => {
    await expect(start({ sed: 1 } as object)).rejects.toMatchObject({
      code: 'UNKNOWN_FIELD',
      field: 'sed',
      message: expect.stringContaining('seed'),
    });
    await expect(createPolarEmulator(null as never)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    await expect(createPolarEmulator('seed' as never)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it.each(['https://x.example/', 'https://x.example', 'https://x.example/polar/'])('lives at %s', async (url) => {
    const polar = await start({ url });
    const checkout = await checkoutOf(polar);

    expect(polar.url).toBe(url.replace(/\/$/, ''));
    expect(checkout.url).toBe(`${polar.url}/checkout/${checkout.client_secret}`);
    expect(await polar.pay(checkout)).toMatchObject({ paid: true });
  });

  it('refuses a type of event that there is not', async () => {
    const polar = await start();

    expect(polar.deliveries('order.paid')).toEqual([]);
    // @ts-expect-error
    expect(() => polar.deliveries('order.payed')).toThrow('order.paid');
  });

  it('says which customer or checkout it does not know', async () => {
    const polar = await start();

    await expect(polar.setCard('user-9', 'visa')).rejects.toThrow(
      "no customer with the id or the external id 'user-9'",
    );
    for (const nothing of [undefined, null, {}, 5]) {
      await expect(polar.pay(nothing as never)).rejects.toMatchObject({ field: 'checkout' });
    }
  });

  it('refuses what is no span of time, no future, and time that passes twice at once', async () => {
    const polar = await start();

    await expect(polar.advance('-1 days')).rejects.toMatchObject({ code: 'VALIDATION_FAILED', field: 'duration' });
    await expect(polar.advance({ hours: 1.5 })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    await expect(polar.advanceTo('2026-11-21T00:00:00Z')).rejects.toMatchObject({ field: 'time' });
    await expect(polar.pay('https://example.com')).rejects.toMatchObject({ field: 'checkout' });
    await checkoutOf(polar);
    const first = polar.deliver();
    await expect(polar.advance('1 day')).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await first).toHaveLength(1);
  });

  it("answers a refusal of Polar's API with its words", async () => {
    const polar = await start();

    await expect(polar.api('POST', '/v1/checkouts/', {})).rejects.toMatchObject({
      code: 'UPSTREAM_FAILED',
      status: 422,
      message: expect.stringContaining('products'),
    });
    expect(await polar.api('GET', '/v1/customers/')).toMatchObject({ items: [], pagination: { total_count: 0 } });
  });
});
