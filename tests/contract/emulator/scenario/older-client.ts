// The 0.47 line of Polar's client, which validates every answer with zod: what Better Auth's plugin calls by it.

import { Polar } from 'polar-sdk-0.47';
import { validateEvent } from 'polar-sdk-0.47/webhooks.js';
import { expect, it } from 'vitest';
import type { Delivery } from '../support/process.ts';
import type { EmulatorAddress } from '../support/stage.ts';

/** Delivered types that this line does not know; it refuses them by name, as it does Polar's. */
const unknownToIt = new Set([
  'subscription.cycled',
  'subscription.paused',
  'subscription.resumed',
  'discount.created',
  'discount.updated',
  'discount.deleted',
]);

export function useOlderClient(address: () => EmulatorAddress): void {
  const client = () => new Polar({ accessToken: address().accessToken, serverURL: address().url });

  it('reads products, benefits and discounts', async () => {
    const polar = client();
    const { result: products } = await polar.products.list({ limit: 100 });
    const product = await polar.products.get({ id: products.items[0]?.id ?? '' });
    const { result: benefits } = await polar.benefits.list({ limit: 100 });
    const { result: discounts } = await polar.discounts.list({});

    expect(product.id).toBe(products.items[0]?.id);
    expect(products.items.length).toBeGreaterThan(5);
    expect(benefits.items.length).toBeGreaterThan(1);
    expect(discounts.items.length).toBeGreaterThan(0);
  });

  it('makes customers, checkouts and sessions, and pays', async () => {
    const polar = client();
    const { result: products } = await polar.products.list({ limit: 100 });
    const monthly = products.items.find(({ name }) => name === 'Monthly');
    const customer = await polar.customers.create({ email: 'olga@example.com', externalId: 'olga-047', name: 'Olga' });
    const checkout = await polar.checkouts.create({
      products: [monthly?.id ?? ''],
      externalCustomerId: 'olga-047',
      successUrl: 'https://app.example.com/done',
    });
    const confirmed = await polar.checkouts.clientConfirm({
      clientSecret: checkout.clientSecret,
      checkoutConfirmStripe: { confirmationTokenId: 'ctoken_visa', customerBillingAddress: { country: 'DE' } },
    });
    const session = await polar.customerSessions.create({ externalCustomerId: 'olga-047' });
    const updated = await polar.customers.updateExternal({
      externalId: 'olga-047',
      customerUpdateExternalID: { name: 'O.' },
    });

    expect(confirmed).toMatchObject({ status: 'confirmed', customerId: customer.id });
    expect(session.customerId).toBe(customer.id);
    expect(updated.name).toBe('O.');
    expect((await polar.checkouts.get({ id: checkout.id })).status).toBe('succeeded');
  });

  it('reads states, subscriptions, orders and meters, and takes events', async () => {
    const polar = client();
    await polar.events.ingest({
      events: [{ name: 'tokens', externalCustomerId: 'olga-047', metadata: { quantity: 5 } }],
    });
    const state = await polar.customers.getStateExternal({ externalId: 'olga-047' });
    const { result: subscriptions } = await polar.subscriptions.list({ externalCustomerId: 'olga-047' });
    const { result: orders } = await polar.orders.list({ externalCustomerId: 'olga-047' });
    const { result: meters } = await polar.meters.list({});
    const { result: balances } = await polar.customerMeters.list({});
    const { result: everything } = await polar.subscriptions.list({ limit: 100 });
    const { result: sold } = await polar.orders.list({ limit: 100 });

    expect(state.activeSubscriptions).toHaveLength(1);
    expect(subscriptions.items[0]?.product.name).toBe('Monthly');
    expect(orders.items[0]?.totalAmount).toBe(1_000);
    expect(meters.items.length + balances.items.length).toBeGreaterThan(1);
    expect(everything.items.length).toBeGreaterThan(5);
    expect(sold.items.length).toBeGreaterThan(5);
  });

  it("reads the portal's lists by a customer's session", async () => {
    const polar = client();
    const { token } = await polar.customerSessions.create({ externalCustomerId: 'olga-047' });
    const security = { customerSession: token };
    const { result: subscriptions } = await polar.customerPortal.subscriptions.list(security, {});
    const { result: orders } = await polar.customerPortal.orders.list(security, {});
    const { result: grants } = await polar.customerPortal.benefitGrants.list(security, {});
    const { result: meters } = await polar.customerPortal.customerMeters.list(security, {});

    expect(subscriptions.items).toHaveLength(1);
    expect(orders.items).toHaveLength(1);
    expect(grants.items.length + meters.items.length).toBeGreaterThan(1);
  });
}

/** What this line's own validateEvent says to a delivery: its type, or null for one that it does not know. */
export function readByOlderClient({ body, headers }: Delivery, secret: string): string | null {
  const { type } = JSON.parse(body) as { type: string };
  return unknownToIt.has(type) ? null : validateEvent(body, headers, secret).type;
}
