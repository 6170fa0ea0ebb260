// Buying: checkouts made by the server and finished by client secret.
import { expect, it } from 'vitest';
import type { Stage } from '../support/stage.ts';
import type { Shop } from './catalog.ts';

export function takeCheckouts(stage: () => Stage, shop: Shop): void {
  it('makes, changes and lists checkouts', async () => {
    const { checkouts } = stage().polar;
    const checkout = await checkouts.create({
      products: [shop.monthly, shop.yearly],
      external_customer_id: 'ada',
      success_url: 'https://app.example.com/done?id={CHECKOUT_ID}',
      metadata: { from: 'pricing' },
    });

    expect(checkout).toMatchObject({ status: 'open', amount: 1_000, currency: 'usd', product_id: shop.monthly });
    expect(await checkouts.get(checkout.id)).toEqual(checkout);
    const changed = await checkouts.update(checkout.id, { product_id: shop.yearly, metadata: { from: 'mail' } });
    expect(changed).toMatchObject({ amount: 10_000, metadata: { from: 'mail' } });
    const { items } = await checkouts.list({ external_customer_id: ['ada'] });
    expect(items.map(({ id }) => id)).toEqual([checkout.id]);
  });

  it('shows and changes a checkout by its client secret', async () => {
    const { checkouts } = stage().polar;
    const { client_secret: secret } = await checkouts.create({ products: [shop.monthly, shop.yearly] });

    expect((await checkouts.clientGet(secret)).products).toHaveLength(2);
    const discounted = await checkouts.clientUpdate(secret, { discount_code: 'half' });
    expect(discounted).toMatchObject({ amount: 1_000, discount_amount: 500, total_amount: 500 });
    await expect(checkouts.clientUpdate(secret, { discount_code: 'NONE' })).rejects.toMatchObject({ statusCode: 422 });
  });

  it('declines a card, then takes one, and tells its page', async () => {
    const { checkouts, orders } = stage().polar;
    const checkout = await checkouts.create({ products: [shop.oneTime], external_customer_id: 'ada' });
    const { client_secret: secret } = checkout;
    const address = { customer_billing_address: { country: 'DE' } } as const;

    await expect(
      checkouts.clientConfirm(secret, { confirmation_token_id: 'ctoken_declined', ...address }),
    ).rejects.toMatchObject({ statusCode: 400 });
    const confirmed = await checkouts.clientConfirm(secret, { confirmation_token_id: 'ctoken_visa', ...address });
    expect(confirmed).toMatchObject({ status: 'confirmed', customer_session_token: expect.stringMatching(/^polar_/) });
    await stage().advance(10);

    expect(await checkouts.get(checkout.id)).toMatchObject({ status: 'succeeded' });
    const { items } = await orders.list({ checkout_id: [checkout.id] });
    expect(items).toMatchObject([{ status: 'paid', billing_reason: 'purchase', total_amount: 2_500 }]);
    const stream = await stage().ask('GET', `/v1/checkouts/client/${secret}/stream`);
    expect(stream).toContain('checkout.order_created');
  });

  it('takes an amount that the buyer names, and several seats', async () => {
    const donation = await stage().buy(shop.custom, 'donor', { amount: 4_200 });
    const team = await stage().buy(shop.seats, 'crew', { seats: 3, success_url: 'https://app.example.com/done' });

    expect(donation.checkout.amount).toBe(4_200);
    expect(team.checkout).toMatchObject({ seats: 3, amount: 1_500 });
  });
}
