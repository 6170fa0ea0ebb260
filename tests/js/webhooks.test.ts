// Webhooks through the real core: the shared vectors, a foreign signer, and the route handler.
import { createWebhookHandler, verifyWebhook, type WebhookEvent } from '@plinto/polar/webhooks';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it, vi } from 'vitest';
import vectors from '../vectors/webhook.json' with { type: 'json' };

interface Vector {
  name: string;
  secrets: string[];
  headers: [name: string, value: string][];
  body: string;
  now_ms: number;
  expect: { ok: true; id: string } | { ok: false; code: string; diagnosis?: string };
}

const SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const ID = '11111111-1111-4111-8111-111111111111';
const PAID = '{"type":"order.paid","timestamp":"2026-11-22T06:00:00Z","data":{"id":"o1","total_amount":2000}}';

function deliver(body: string, { secret = SECRET, at = new Date(), method = 'POST' } = {}): Request {
  const headers = {
    'webhook-id': ID,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(ID, at, body),
  };
  return new Request('https://app.example/polar/webhooks', method === 'GET' ? { headers } : { method, headers, body });
}

describe('verifyWebhook', () => {
  it.each(vectors as Vector[])('$name', async ({ secrets, headers, body, now_ms, expect: wanted }) => {
    const verified = verifyWebhook({ secret: secrets, headers, body, now: now_ms });

    if (wanted.ok) {
      expect(await verified).toMatchObject({ ...JSON.parse(body), id: wanted.id });
    } else {
      await expect(verified).rejects.toMatchObject({ code: wanted.code, family: 'caller' });
      const diagnosis = expect.stringContaining(wanted.diagnosis ?? '');
      if (wanted.diagnosis) await expect(verified).rejects.toMatchObject({ details: { diagnosis } });
    }
  });

  it('takes bytes, and headers as Node, fetch and maps have them', async () => {
    const request = deliver(PAID);
    const body = new TextEncoder().encode(PAID);
    const headers = Object.fromEntries(request.headers);

    for (const shape of [
      request.headers,
      headers,
      { ...headers, accept: ['a', 'b'], x: undefined },
      new Map(request.headers),
    ]) {
      expect(await verifyWebhook({ secret: SECRET, headers: shape, body })).toMatchObject({
        id: ID,
        type: 'order.paid',
      });
      expect(await verifyWebhook({ secret: SECRET, headers: shape, body: body.buffer })).toMatchObject({ id: ID });
    }
  });

  it('tells when the attempt was made', async () => {
    const at = new Date(1_750_000_000_000);

    const event = await verifyWebhook({
      secret: SECRET,
      headers: deliver(PAID, { at }).headers,
      body: PAID,
      now: at.getTime() + 5000,
    });

    expect(event.attemptedAtMs).toBe(at.getTime());
  });

  it('refuses to work without a secret', async () => {
    for (const secret of ['', []]) {
      const verified = verifyWebhook({ secret, headers: deliver(PAID).headers, body: PAID });
      await expect(verified).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
    }
  });
});

describe('createWebhookHandler', () => {
  it('hands the event to the handler of its type and answers 202', async () => {
    const seen: WebhookEvent[] = [];
    const handler = createWebhookHandler({
      secret: SECRET,
      on: { 'order.paid': (event) => void seen.push(event), 'order.created': () => expect.unreachable() },
    });

    const response = await handler(deliver(PAID));

    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ status: 'success' });
    expect(seen).toMatchObject([{ id: ID, type: 'order.paid', data: { id: 'o1', total_amount: 2000 } }]);
  });

  it.each(['order.archived', 'constructor', 'toString'])('acknowledges the unknown type %s', async (type) => {
    const onUnknown = vi.fn();
    const onPayload = vi.fn();
    const body = JSON.stringify({ type, timestamp: '2026-11-22T06:00:00Z', data: {} });

    const response = await createWebhookHandler({ secret: SECRET, on: {}, onUnknown, onPayload })(deliver(body));

    expect(response.status).toBe(202);
    expect(onUnknown).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ type }));
    expect(onPayload).toHaveBeenCalledOnce();
  });

  it('answers 403 with a diagnosis to a forged delivery, and calls no handler', async () => {
    const onPayload = vi.fn();
    const onError = vi.fn();
    const forged = deliver(PAID, { secret: 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' });

    const response = await createWebhookHandler({ secret: SECRET, onPayload, onError })(forged);

    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({
      error: {
        code: 'WEBHOOK_SIGNATURE_MISMATCH',
        details: { diagnosis: expect.stringContaining('another endpoint') },
      },
    });
    expect(onPayload).not.toHaveBeenCalled();
    expect(onError).toHaveBeenCalledOnce();
  });

  it('answers 403 to a stale delivery', async () => {
    const stale = deliver(PAID, { at: new Date(Date.now() - 301_000) });

    const response = await createWebhookHandler({ secret: SECRET, onError: () => {} })(stale);

    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ error: { code: 'WEBHOOK_TIMESTAMP_OUT_OF_TOLERANCE' } });
  });

  it('answers 500 when a handler fails, so that the event comes again, and tells the sender nothing', async () => {
    const onError = vi.fn();
    const handler = createWebhookHandler({
      secret: SECRET,
      on: { 'order.paid': () => Promise.reject(new Error('database password is wrong')) },
      onError,
    });

    const response = await handler(deliver(PAID));

    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('password');
    expect(onError).toHaveBeenCalledOnce();
  });

  it('answers 500, not 403, when the core cannot load: the delivery may be genuine', async () => {
    const wasm = new Uint8Array([0]);

    const response = await createWebhookHandler({ secret: SECRET, wasm, onError: () => {} })(deliver(PAID));

    expect(response.status).toBe(500);
  });

  it('answers 400 to a signed body that is no event', async () => {
    const response = await createWebhookHandler({ secret: SECRET, onError: () => {} })(deliver('"hello"'));

    expect(response.status).toBe(400);
  });

  it('answers 405 to anything but POST', async () => {
    const request = deliver(PAID, { method: 'GET' });

    expect((await createWebhookHandler({ secret: SECRET, onError: () => {} })(request)).status).toBe(405);
  });

  it('answers 413 to a body over 4 MiB', async () => {
    const request = deliver('x'.repeat(4 * 1024 * 1024 + 1));

    expect((await createWebhookHandler({ secret: SECRET, onError: () => {} })(request)).status).toBe(413);
  });

  it('takes a delivery signed with either of two secrets while one replaces the other', async () => {
    const handler = createWebhookHandler({ secret: ['whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', SECRET] });

    expect((await handler(deliver(PAID))).status).toBe(202);
  });
});
