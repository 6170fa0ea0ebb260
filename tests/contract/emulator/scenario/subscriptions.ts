// Subscriptions: every branch of PATCH's union, orders, invoices and refunds.
import { expect, it } from 'vitest';
import type { Stage } from '../support/stage.ts';
import type { Shop } from './catalog.ts';

export function changeSubscriptions(stage: () => Stage, shop: Shop): void {
  it('makes free subscriptions by the API, and upgrades them through a checkout', async () => {
    const { subscriptions, customers } = stage().polar;
    await customers.create({ email: 'fay@example.com', external_id: 'fay' });
    const free = await subscriptions.create({ product_id: shop.free, external_customer_id: 'fay' });
    expect(free).toMatchObject({ status: 'active', amount: 0 });

    await stage().buy(shop.monthly, 'fay', { subscription_id: free.id });
    expect(await subscriptions.get(free.id)).toMatchObject({ product_id: shop.monthly, amount: 1_000 });
  });

  it('changes the product, at once and at the end of the period', async () => {
    const { subscriptions } = stage().polar;
    await stage().buy(shop.monthly, 'pat');
    const { id } = await stage().subscriptionOf('pat');

    const yearly = await subscriptions.update(id, { product_id: shop.yearly, proration_behavior: 'invoice' });
    expect(yearly).toMatchObject({ product_id: shop.yearly, recurring_interval: 'year' });
    const later = await subscriptions.update(id, { product_id: shop.monthly, proration_behavior: 'next_period' });
    expect(later).toMatchObject({ product_id: shop.yearly, pending_update: { product_id: shop.monthly } });
    expect(await subscriptions.update(id, { pending_update: null })).toMatchObject({ pending_update: null });
  });

  it('changes the discount, the period and the trial', async () => {
    const { subscriptions, discounts } = stage().polar;
    await stage().buy(shop.monthly, 'dot');
    const { id, current_period_end: end } = await stage().subscriptionOf('dot');
    const { items } = await discounts.list({ query: 'Three off' });

    const cheaper = await subscriptions.update(id, { discount_id: items[0]?.id ?? null });
    expect(cheaper).toMatchObject({ amount: 700, discount: { name: 'Three off' } });
    expect(await subscriptions.update(id, { discount_id: null })).toMatchObject({ amount: 1_000, discount: null });
    const later = new Date(Date.parse(end) + 5 * 86_400_000).toISOString();
    const moved = await subscriptions.update(id, { current_billing_period_end: later });
    expect(Date.parse(moved.current_period_end)).toBe(Date.parse(later));

    await stage().buy(shop.trial, 'tim');
    const trial = await stage().subscriptionOf('tim');
    expect(trial).toMatchObject({ status: 'trialing' });
    expect(await subscriptions.update(trial.id, { trial_end: 'now' })).toMatchObject({ status: 'active' });
  });

  it('changes seats', async () => {
    const { subscriptions } = stage().polar;
    const { id } = await stage().subscriptionOf('crew');

    const more = await subscriptions.update(id, { seats: 5, proration_behavior: 'invoice' });
    expect(more).toMatchObject({ seats: 5, amount: 2_500 });
  });

  it('cancels, uncancels, pauses, resumes and revokes', async () => {
    const { subscriptions } = stage().polar;
    await stage().buy(shop.monthly, 'rex');
    const { id } = await stage().subscriptionOf('rex');

    const canceled = await subscriptions.update(id, {
      cancel_at_period_end: true,
      customer_cancellation_reason: 'too_expensive',
    });
    expect(canceled).toMatchObject({ status: 'active', cancel_at_period_end: true });
    const kept = await subscriptions.update(id, { cancel_at_period_end: false });
    expect(kept).toMatchObject({ cancel_at_period_end: false, canceled_at: null });
    expect(await subscriptions.update(id, { pause_at_period_end: true })).toMatchObject({ status: 'active' });
    await stage().days(32);
    expect(await subscriptions.get(id)).toMatchObject({ status: 'paused' });
    expect(await subscriptions.update(id, { resume: true })).toMatchObject({ status: 'active' });
    await stage().advance(10);
    expect(await subscriptions.update(id, { revoke: true })).toMatchObject({ status: 'canceled' });

    await stage().buy(shop.monthly, 'sam');
    const other = await stage().subscriptionOf('sam');
    expect(await subscriptions.revoke(other.id)).toMatchObject({ status: 'canceled' });
    const { items } = await subscriptions.list({ status: ['canceled'], sorting: ['-started_at'] });
    expect(items.map((item) => item.id)).toEqual([other.id, id]);
  });

  it('keeps orders, makes invoices, and gives money back', async () => {
    const { orders, refunds } = stage().polar;
    const { items } = await orders.list({ external_customer_id: ['ada'], sorting: ['-created_at'] });
    const order = items[0];
    if (order === undefined) throw new Error('ada has no order');

    expect(await orders.get(order.id)).toMatchObject({ id: order.id, status: 'paid' });
    const named = await orders.update(order.id, { billing_name: 'Ada Ltd.', billing_address: { country: 'DE' } });
    expect(named).toMatchObject({ billing_name: 'Ada Ltd.' });
    await orders.generateInvoice(order.id);
    await stage().advance(10);
    const { url } = await orders.invoice(order.id);
    expect((await fetch(url)).status).toBe(200);
    const refund = await refunds.create({ order_id: order.id, reason: 'customer_request', amount: 500 });
    expect(refund).toMatchObject({ order_id: order.id, amount: 500 });
    await stage().advance(10);
    expect(await orders.get(order.id)).toMatchObject({ status: 'partially_refunded', refunded_amount: 500 });
    const listed = await refunds.list({ order_id: [order.id] });
    expect(listed.items.map(({ id }) => id)).toEqual([refund.id]);
  });
}
