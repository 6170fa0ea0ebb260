// The events that have a handler in Polar's plugin for Better Auth: each is handed to the one of its type here too, with its data.
import { createWebhookHandler, signWebhook, type WebhookEvent, type WebhookEventType } from '@plinto/polar/webhooks';
import { expect, it, vi } from 'vitest';

const SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';

/** Source: `WebhooksOptions` of @polar-sh/better-auth 1.8.4, as tests/architecture/parity.test.mjs lists them. */
const TYPES: WebhookEventType[] = [
  'checkout.created',
  'checkout.updated',
  'order.created',
  'order.updated',
  'order.paid',
  'order.refunded',
  'refund.created',
  'refund.updated',
  'subscription.created',
  'subscription.updated',
  'subscription.active',
  'subscription.canceled',
  'subscription.uncanceled',
  'subscription.revoked',
  'product.created',
  'product.updated',
  'organization.updated',
  'benefit.created',
  'benefit.updated',
  'benefit_grant.created',
  'benefit_grant.updated',
  'benefit_grant.revoked',
  'customer.created',
  'customer.updated',
  'customer.deleted',
  'customer.state_changed',
];

it.each(TYPES)('%s is handed to the handler of its type, and to no other', async (type) => {
  const seen: WebhookEvent[] = [];
  const onUnknown = vi.fn();
  const on = Object.fromEntries(
    TYPES.map((one) => [one, (event: WebhookEvent) => (one === type ? void seen.push(event) : expect.unreachable())]),
  );
  const body = JSON.stringify({ type, timestamp: '2026-11-22T06:00:00Z', data: { id: 'x1' } });
  const headers = await signWebhook({ body, secret: SECRET, keyDerivation: 'whole_text' });

  const response = await createWebhookHandler({ secret: SECRET, on, onUnknown })(
    new Request('https://app.example/webhooks', { method: 'POST', headers: { ...headers }, body }),
  );

  expect(response.status).toBe(202);
  expect(seen).toMatchObject([{ type, data: { id: 'x1' } }]);
  expect(onUnknown).not.toHaveBeenCalled();
});
