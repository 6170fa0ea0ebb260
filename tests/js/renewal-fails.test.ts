// The application test of docs/testing.md, as it stands there.
import { catalogs, createPolarEmulator } from '@plinto/polar/testing';
import { createWebhookHandler, type WebhookHandlerOptions } from '@plinto/polar/webhooks';
import { expect, it } from 'vitest';

it('keeps access through the grace period of a failed renewal, and ends it then', async () => {
  const settings = { benefit_revocation_grace_period: 7 };
  const polar = await createPolarEmulator({ catalog: { ...catalogs.saas, settings } });
  const access = new Set<unknown>(); // What your application keeps: the customers who may.
  const on: WebhookHandlerOptions['on'] = {
    'benefit_grant.created': ({ data }) => access.add(data.customer_id),
    'benefit_grant.revoked': ({ data }) => access.delete(data.customer_id),
  };
  polar.onWebhook(createWebhookHandler({ secret: polar.webhookSecret, on }));

  const checkout = await polar.api<{ url: string }>('POST', '/v1/checkouts/', { products: [polar.product('Pro').id] });
  const { customerId } = await polar.pay(checkout, { card: 'fails_renewal' });
  expect(access.has(customerId)).toBe(true);
  await polar.advance('1 month');
  expect(polar.deliveries('subscription.past_due')).toHaveLength(1);
  await polar.advance('6 days');
  expect(access.has(customerId)).toBe(true);
  await polar.advance('2 days');
  expect(access.has(customerId)).toBe(false);
});
