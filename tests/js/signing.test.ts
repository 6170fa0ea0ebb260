// 1,000 random deliveries, in both key derivations and both directions: Polar's own verifier takes what the core signs,
// and the core takes what the field's signer signs, and nothing of which one byte was changed.

import { signWebhook, verifyWebhook } from '@plinto/polar/webhooks';
import { webhooks } from '@polar-sh/sdk/2026-04';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { pickFrom, type Random, randomPayload, randomSecret, randomSource } from './support/random-payloads.ts';

const types = [
  'order.paid',
  'subscription.updated',
  'customer.state_changed',
  'benefit_grant.cycled',
  'refund.created',
];
const other = 'v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';

/** Every form in which a signature may stand in its header. */
const forms: ((signature: string) => string)[] = [
  (signature) => signature,
  (signature) => `${other} ${signature}`,
  (signature) => `${signature} ${other}`,
  (signature) => `v1a,bm90IG91cnM= v2,x ${other} ${signature} v1,`,
];
const spellings: ((name: string) => string)[] = [
  (name) => name,
  (name) => name.toUpperCase(),
  (name) => name.replaceAll(/\b\w/g, (letter) => letter.toUpperCase()),
];

function dressed(random: Random, headers: Record<string, string>): Record<string, string> {
  const spelled = pickFrom(random, spellings);
  const form = pickFrom(random, forms);
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [spelled(name), name === 'webhook-signature' ? form(value) : value]),
  );
}

/** The signer of the standard's authors: it wants padded base64, or, for the whole text, raw bytes. */
const foreignSigner = (secret: string, derivation: 'whole_text' | 'standard') =>
  derivation === 'standard' ? new Webhook(`${secret}=`) : new Webhook(secret, { format: 'raw' });

function withOneByteChanged(random: Random, body: string): Uint8Array {
  const bytes = new TextEncoder().encode(body);
  const at = Math.floor(random() * bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  return bytes;
}

describe.each(['whole_text', 'standard'] as const)('1,000 random deliveries, key derivation %s', (keyDerivation) => {
  it("that the core signs are taken by Polar's own verifier", async () => {
    const random = randomSource(20_261_122);
    for (let index = 0; index < 1000; index++) {
      const type = pickFrom(random, types);
      const body = randomPayload(random, type);
      const secret = randomSecret(random);

      const headers = await signWebhook({ body, secret, keyDerivation });

      const event = await webhooks.validateEvent(body, dressed(random, { ...headers }), secret);
      expect(event).toEqual(JSON.parse(body));
    }
  });

  it('that standardwebhooks signs are taken by the core, and refused with one byte changed', async () => {
    const random = randomSource(11_222_026);
    for (let index = 0; index < 1000; index++) {
      const body = randomPayload(random, pickFrom(random, types));
      const secret = randomSecret(random);
      const id = `msg_${index}`;
      const at = new Date(1_750_000_000_000 + index * 1000);
      const signed = {
        'webhook-id': id,
        'webhook-timestamp': String(at.getTime() / 1000),
        'webhook-signature': foreignSigner(secret, keyDerivation).sign(id, at, body),
      };
      const headers = dressed(random, signed);
      const options = { headers, secret, now: at.getTime() + pickFrom(random, [0, 300_000, -300_000]) };

      expect(await verifyWebhook({ ...options, body })).toEqual({
        ...JSON.parse(body),
        id,
        attemptedAtMs: at.getTime(),
      });
      const forged = verifyWebhook({ ...options, body: withOneByteChanged(random, body) });
      await expect(forged).rejects.toMatchObject({ code: 'WEBHOOK_SIGNATURE_MISMATCH' });
    }
  });
});

describe('signWebhook', () => {
  const secret = 'whsec_ovyN6cPrTv56AApvzCaJno08SSmGJmgbWilb33N2JuK';
  const body = '{"type":"customer.created","timestamp":"2026-11-22T06:00:00Z","data":{"id":"x"}}';

  it('gives the same headers for the same id, time and key, whether the body is text or bytes', async () => {
    const options = { secret, id: '11111111-1111-4111-8111-111111111111', now: 1_750_000_000_000 };

    const whole = await signWebhook({ ...options, body });
    const standard = await signWebhook({ ...options, body: new TextEncoder().encode(body), keyDerivation: 'standard' });

    expect(whole).toEqual({
      'webhook-id': options.id,
      'webhook-timestamp': '1750000000',
      'webhook-signature': 'v1,S5ERgLJLPnsUyDz+qFWqy/Rvz4HoGD84KfoKST4nDXw=',
    });
    expect(standard['webhook-signature']).toBe('v1,XE+gwcnZIur5smPj/V/8JMVPi3eOerr0g2z2LZZ3z8g=');
  });

  it('gives each delivery an id of its own and the time of now', async () => {
    const [one, two] = [await signWebhook({ body, secret }), await signWebhook({ body, secret })];

    expect(one['webhook-id']).not.toBe(two['webhook-id']);
    expect(await verifyWebhook({ body, headers: { ...one }, secret })).toMatchObject({ id: one['webhook-id'] });
  });

  it('refuses a secret without a key of that derivation, and a derivation that there is not', async () => {
    await expect(signWebhook({ body, secret: '' })).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
    const notBase64 = signWebhook({ body, secret: 'whsec_***', keyDerivation: 'standard' });
    await expect(notBase64).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
    const unknown = signWebhook({ body, secret, keyDerivation: 'other' as 'standard' });
    await expect(unknown).rejects.toMatchObject({ code: 'VALIDATION_FAILED', field: 'keyDerivation' });
  });
});
