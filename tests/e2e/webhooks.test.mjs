// Deliveries to the running server: which are accepted, and what a refused one is told.
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { plintoEvent, signPlintoWebhook } from '../../dist/js/plinto/index.js';
import { readRows } from './support/database.mjs';
import { assertRefused, startWorld } from './support/world.mjs';

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

const now = () => Math.floor(Date.now() / 1000);
const keys = {
  original: (secret) => Buffer.from(secret),
  standard: (secret) => Buffer.from(secret.slice('whsec_'.length), 'base64'),
};

const payload = () =>
  JSON.stringify({ type: 'customer.created', timestamp: new Date().toISOString(), data: { id: randomUUID() } });

function sign(
  body,
  { id = randomUUID(), timestamp = now(), secret = world.secrets.polarWebhook, key = keys.original } = {},
) {
  const signature = createHmac('sha256', key(secret)).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': `v1,${signature}` };
}

const deliver = (body, headers) => world.call('POST', '/webhooks', { body, headers });
const storedDeliveries = async () => (await readRows(world.database)).polar_webhook_events;

describe("Polar's deliveries", () => {
  it('are accepted with either key derivation', async () => {
    for (const key of Object.values(keys)) {
      const body = payload();
      const answer = await deliver(body, sign(body, { key }));
      assert.equal(answer.status, 202, JSON.stringify(answer.body));
      assert.deepEqual(answer.body, { status: 'success' });
    }
  });

  it('are accepted once more when they are repeated, and stored once', async () => {
    const body = payload();
    const headers = sign(body);

    const first = await deliver(body, headers);
    const stored = (await storedDeliveries()).length;
    const second = await deliver(body, headers);

    assert.deepEqual([first.status, second.status], [202, 202]);
    assert.equal((await storedDeliveries()).length, stored);
  });

  it('are refused with a diagnosis when they are forged', async () => {
    const body = payload();
    const forgeries = {
      'another secret': [body, sign(body, { secret: `whsec_${'A'.repeat(43)}` })],
      'another body': [body.replace('customer', 'order'), sign(body)],
      'another id': [body, { ...sign(body), 'webhook-id': randomUUID() }],
      'no signature at all': [body, { ...sign(body), 'webhook-signature': 'v1,' }],
      'an unknown scheme': [body, { ...sign(body), 'webhook-signature': 'v9,AAAA' }],
    };
    const before = await readRows(world.database);

    for (const [what, [forged, headers]] of Object.entries(forgeries)) {
      const answer = await deliver(forged, headers);
      assertRefused(answer, 403, 'WEBHOOK_SIGNATURE_MISMATCH');
      assert.ok(answer.body.error.details?.diagnosis, `${what} got no diagnosis`);
    }
    assert.deepEqual(await readRows(world.database), before);
  });

  it('are refused when they were serialized anew, and told so', async () => {
    const original = payload();
    const anew = JSON.stringify(JSON.parse(original), null, 2);

    const answer = await deliver(anew, sign(original));

    assertRefused(answer, 403, 'WEBHOOK_SIGNATURE_MISMATCH');
    assert.match(JSON.stringify(answer.body.error), /serializ/i);
  });

  it('are refused when they are stale or from the future', async () => {
    for (const timestamp of [now() - 301 - 10, now() + 301 + 10]) {
      const body = payload();
      assertRefused(await deliver(body, sign(body, { timestamp })), 403, 'WEBHOOK_TIMESTAMP_OUT_OF_TOLERANCE');
    }
  });

  it('are refused when a header is missing', async () => {
    const body = payload();
    for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature']) {
      const { [name]: _, ...headers } = sign(body);
      assertRefused(await deliver(body, headers), 403, 'WEBHOOK_HEADER_MISSING');
    }
  });
});

describe("Plinto's own deliveries", () => {
  const user = () => ({ id: randomUUID(), email: `${randomUUID()}@else.test`, display_name: 'New User' });
  const send = (body, signature) =>
    world.call('POST', '/events/plinto', {
      body,
      headers: {
        'X-Webhook-ID': JSON.parse(body).id,
        'X-Webhook-Timestamp': String(now()),
        ...(signature === undefined ? {} : { 'X-Webhook-Signature': signature }),
      },
    });

  it('are accepted when they are signed over the bytes or over one of its two serializations', async () => {
    const compact = JSON.stringify(plintoEvent('user.created', user()));
    const python = compact.replaceAll('":', '": ').replaceAll(',"', ', "');
    const signature = signPlintoWebhook(python, world.secrets.plintoWebhook);

    assert.equal((await send(python, signature)).status, 202);
    assert.equal((await send(compact, signature)).status, 202);
  });

  it('are refused when they are forged or unsigned', async () => {
    const body = JSON.stringify(plintoEvent('user.created', user()));

    assertRefused(await send(body, signPlintoWebhook(body, 'another secret')), 403, 'WEBHOOK_SIGNATURE_MISMATCH');
    assertRefused(await send(body, undefined), 403, 'WEBHOOK_HEADER_MISSING');
  });
});
