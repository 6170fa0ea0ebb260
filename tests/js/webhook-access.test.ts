// What webhooks say of access, through the emulator's own events, and how each event is handled once.
import { createPolarEmulator, type PolarEmulator } from '@plinto/polar/testing';
import {
  type AccessChange,
  createWebhookHandler,
  signWebhook,
  verifyWebhook,
  type WebhookHandlerOptions,
} from '@plinto/polar/webhooks';
import { describe, expect, it, vi } from 'vitest';

const SECRET = 'whsec_C2FVsBQIhrscchlQIMV+b5sSYspob7oD';
const USER = '7b1f2c1a-0000-4000-8000-000000000001';

/** An application as the guide has it: the newest word on each subscription and order. Deliveries come in `order`. */
async function startApplication(order: 'as sent' | 'newest first', settings: Partial<WebhookHandlerOptions> = {}) {
  const polar = await createPolarEmulator();
  const kept = new Map<string, AccessChange>();
  const keep = (change: AccessChange): void => {
    const key = change.subscriptionId ?? change.orderId ?? change.customerId;
    if (!kept.has(key) || change.at > (kept.get(key)?.at ?? '')) kept.set(key, change);
  };
  const handler = createWebhookHandler({
    secret: polar.webhookSecret,
    onGrantAccess: keep,
    onRevokeAccess: keep,
    ...settings,
  });
  const waiting: Request[] = [];
  polar.onWebhook((request) => {
    waiting.push(request);
    return new Response(null, { status: 202 });
  });
  /** What the application believes once it has heard everything. */
  const heard = async (): Promise<string[]> => {
    const now = waiting.splice(0);
    for (const request of order === 'as sent' ? now : now.reverse()) {
      expect((await handler(request)).status).toBe(202);
    }
    return [...kept.values()].map(({ allowed, reason }) => `${allowed ? 'yes' : 'no'}: ${reason}`);
  };
  return { polar, kept, heard };
}

async function buy(polar: PolarEmulator, product: string, card = 'visa'): Promise<void> {
  const checkout = await polar.api<{ url: string }>('POST', '/v1/checkouts/', {
    products: [polar.product(product).id],
    external_customer_id: USER,
  });
  await polar.pay(checkout, { card });
}

describe.each(['as sent', 'newest first'] as const)('access by webhooks, which arrive %s', (order) => {
  it('follows a subscription through its whole life', async () => {
    const { polar, kept, heard } = await startApplication(order);
    await buy(polar, 'Pro');
    expect(await heard()).toEqual(['yes: active']);
    const [bought] = kept.values();
    const subscription = bought?.subscriptionId ?? '';
    expect(bought).toMatchObject({ externalId: USER, productId: polar.product('Pro').id });
    const patch = (body: object) => polar.api('PATCH', `/v1/subscriptions/${subscription}`, body);
    const later = async (time: Parameters<typeof polar.advance>[0]) => {
      await polar.advance(time);
      return heard();
    };

    await patch({ cancel_at_period_end: true });
    expect(await later('1 day')).toEqual(['yes: canceled_until_period_end']);
    expect(kept.get(subscription)?.until).toBeDefined();
    await patch({ cancel_at_period_end: false });
    expect(await later('1 day')).toEqual(['yes: active']);
    expect(await later('1 month')).toEqual(['yes: active']);
    await polar.setCard(USER, 'declined');
    expect(await later('1 month')).toEqual(['no: past_due_grace_over']);
    await polar.setCard(USER, 'visa');
    expect(await later('8 days')).toEqual(['yes: active']);
    await patch({ pause_at_period_end: true });
    expect(await later('1 month')).toEqual(['no: paused']);
    await patch({ resume: true });
    expect(await later('1 day')).toEqual(['yes: active']);
    await patch({ cancel_at_period_end: true });
    expect(await later('2 months')).toEqual(['no: ended']);
  });

  it('gives a purchase for good, through a refund that leaves it, and takes it with one that does not', async () => {
    const { polar, kept, heard } = await startApplication(order);
    await buy(polar, 'Lifetime');
    expect(await heard()).toEqual(['yes: purchased']);
    const [{ orderId } = { orderId: '' }] = kept.values();
    const refund = async (amount: number, revoke: boolean) => {
      const reason = 'customer_request';
      await polar.api('POST', '/v1/refunds/', { order_id: orderId, amount, reason, revoke_benefits: revoke });
      await polar.deliver();
      return heard();
    };

    expect(await refund(100, false)).toEqual(['yes: purchased']);
    expect(await refund(100, true)).toEqual(['no: refunded']);
    await polar.advance('1 month');
    expect(await heard()).toEqual(['no: refunded']);
  });
});

describe('access by webhooks', () => {
  it('waits for a failed charge as many days as it is told, and says until when', async () => {
    const { polar, kept, heard } = await startApplication('as sent', { graceDays: 7 });
    await buy(polar, 'Pro', 'fails_renewal');
    await polar.advance('1 month');

    expect(await heard()).toEqual(['yes: past_due_in_grace']);
    const [change] = kept.values();
    expect(Date.parse(change?.until ?? '') - Date.parse(change?.at ?? '')).toBeGreaterThan(6.9 * 86_400_000);
    // Polar tells nothing when they are over: that is what `until` is for.
    await polar.advance('8 days');
    expect(await heard()).toEqual(['yes: past_due_in_grace']);
    expect(Date.parse(change?.until ?? '')).toBeLessThan(polar.now().getTime());
  });

  it('asks nothing of the core where nobody wants to know', async () => {
    const event = '{"type":"subscription.updated","timestamp":"2026-11-22T06:00:00Z","data":{"id":"s1"}}';
    const of = async (options: Partial<WebhookHandlerOptions>) =>
      (await createWebhookHandler({ secret: SECRET, onError: () => {}, ...options })(await delivery(event))).status;

    expect(await of({})).toBe(202);
    // What the rule cannot do without is missing.
    const onPayload = vi.fn();
    expect(await of({ onGrantAccess: () => {}, onPayload })).toBe(422);
    expect(onPayload).not.toHaveBeenCalled();
  });
});

const PAID = '{"type":"order.paid","timestamp":"2026-11-22T06:00:00Z","data":{"id":"o1"}}';

async function delivery(body = PAID, id = 'msg_1'): Promise<Request> {
  const headers = await signWebhook({ body, secret: SECRET, id });
  return new Request('https://app.example/hook', { method: 'POST', headers: { ...headers }, body });
}

describe('events that come again', () => {
  it('are handled once, by a Set as by a store', async () => {
    const onPayload = vi.fn();
    const seen = new Set<string>();
    const handler = createWebhookHandler({ secret: SECRET, seen, onPayload });

    for (const id of ['msg_1', 'msg_1', 'msg_2', 'msg_1']) {
      expect((await handler(await delivery(PAID, id))).status).toBe(202);
    }

    expect(onPayload).toHaveBeenCalledTimes(2);
    expect([...seen]).toEqual(['msg_1', 'msg_2']);
  });

  it('are handled again where a handler failed, and kept only once it is done', async () => {
    const said: string[] = [];
    const seen = {
      has: async (id: string) => void said.push(`has ${id}`) === null,
      add: async (id: string) => void said.push(`add ${id}`),
    };
    const onPayload = vi.fn(() => void said.push('handled')).mockRejectedValueOnce(new Error('no database'));
    const handler = createWebhookHandler({ secret: SECRET, seen, onPayload, onError: () => {} });

    expect((await handler(await delivery())).status).toBe(500);
    expect((await handler(await delivery())).status).toBe(202);

    expect(said).toEqual(['has msg_1', 'has msg_1', 'handled', 'add msg_1']);
  });

  it('wait for the one that is being handled, and share what comes of it', async () => {
    let finish = (): void => {};
    const slow = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const onPayload = vi.fn(() => slow);
    const handler = createWebhookHandler({ secret: SECRET, seen: new Set(), onPayload });

    const both = Promise.all([handler(await delivery()), handler(await delivery())]);
    await vi.waitFor(() => expect(onPayload).toHaveBeenCalled());
    finish();

    expect((await both).map(({ status }) => status)).toEqual([202, 202]);
    expect(onPayload).toHaveBeenCalledOnce();
  });

  it('are not asked about before they verify', async () => {
    const seen = { has: vi.fn(), add: vi.fn() };
    const forged = await delivery();
    forged.headers.set('webhook-signature', 'v1,AAAA');

    const response = await createWebhookHandler({ secret: SECRET, seen, onError: () => {} })(forged);

    expect(response.status).toBe(403);
    expect(seen.has).not.toHaveBeenCalled();
  });
});

describe('a secret', () => {
  const bad = [
    ...[undefined, '', ' ', [], [undefined], 'whsec_', 'whsec_...', 'whsec_your_secret_here', 'whsec_replace-me'],
    ...['<secret>', 'whsec_<secret>', '$POLAR_WEBHOOK_SECRET', '{{secret}}', 'changeme', [SECRET, 'whsec_...']],
  ];
  it.each(bad)('%s is refused when the handler is made', async (secret) => {
    const refusal = expect.objectContaining({ code: 'CONFIGURATION_INVALID', field: 'secret' });

    expect(() => createWebhookHandler({ secret })).toThrow(refusal);
    await expect(verifyWebhook({ secret, headers: {}, body: '' })).rejects.toEqual(refusal);
  });

  it('of random letters is taken, whatever they spell', async () => {
    for (const secret of [SECRET, 'whsec_exampleYourTodoChangeInsertDummyReplace', ['', SECRET]]) {
      expect(createWebhookHandler({ secret })).toBeTypeOf('function');
    }
  });
});

it('tells a fault of the set-up once, and all others each time', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  const handler = createWebhookHandler({ secret: SECRET });
  for (let i = 0; i < 3; i++) {
    const read = await delivery();
    await read.text();
    expect((await handler(read)).status).toBe(400);
  }
  expect(log).toHaveBeenCalledOnce();

  for (let i = 0; i < 2; i++) await handler(new Request('https://app.example/hook', { method: 'POST', body: PAID }));
  expect(log).toHaveBeenCalledTimes(3);
  log.mockRestore();
});
