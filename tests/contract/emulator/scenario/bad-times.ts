// What goes wrong with money, and a whole year of it: failed renewals with every end that they can have, a second open
// order, refunds, a pause. Each delivery of it is then read by both lines of Polar's client.
import { expect, it } from 'vitest';
import type { Stage } from '../support/stage.ts';

export function liveThroughBadTimes(stage: () => Stage): void {
  const product = async (name: string): Promise<string> => {
    const { items } = await stage().polar.products.list({ query: name });
    const found = items.find((item) => item.name === name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found.id;
  };
  const card = (who: string, does: string) => stage().ask('POST', `/_emulator/customers/${who}/card`, { card: does });
  const statusOf = async (who: string) => (await stage().subscriptionOf(who)).status;

  it('ends a subscription whose card never pays again, and recovers others', async () => {
    const { polar } = stage();
    await stage().ask('POST', '/_emulator/settings', { benefit_revocation_grace_period: 7 });
    const pro = await product('Pro');
    for (const who of ['lost', 'late', 'poor', 'cardless']) await stage().buy(pro, who);
    await card('lost', 'lost_at_renewal');
    await card('late', 'declined');
    await card('poor', 'declined');
    await card('cardless', 'none');
    await stage().days(32);
    for (const who of ['lost', 'late', 'poor', 'cardless']) expect(await statusOf(who)).toBe('past_due');

    await card('late', 'visa');
    await stage().days(8);
    expect(await statusOf('late')).toBe('active');
    await stage().days(20);

    for (const who of ['lost', 'poor', 'cardless']) expect(await statusOf(who)).toBe('canceled');
    const { items } = await polar.orders.list({ external_customer_id: ['poor'], sorting: ['-created_at'] });
    expect(items[0]).toMatchObject({ status: 'void', billing_reason: 'subscription_cycle' });
  });

  it('keeps a weekly plan past due over a second open order', async () => {
    const { polar } = stage();
    const weekly = await polar.products.create({
      name: 'Weekly',
      recurring_interval: 'week',
      prices: [{ amount_type: 'fixed', price_amount: 700 }],
    });
    await stage().buy(weekly.id, 'wes');
    await card('wes', 'declined');
    await stage().days(15);
    const { items } = await polar.orders.list({ external_customer_id: ['wes'], status: ['pending'] });
    expect(items).toHaveLength(2);

    await card('wes', 'visa');
    await stage().days(10);
    expect(await statusOf('wes')).toBe('active');
  });

  it('lives through a year: renewals, a failed one, an upgrade, a pause, seats, usage, refunds, the end', async () => {
    const { polar } = stage();
    const [pro, yearly, team, usage, lifetime] = await Promise.all(
      ['Pro', 'Pro yearly', 'Team', 'Pay as you go', 'Lifetime'].map(product),
    );
    if (!pro || !yearly || !team || !usage || !lifetime) throw new Error('the catalog is not the usual one');
    await stage().buy(pro, 'ann');
    await stage().buy(team, 'ted', { seats: 3 });
    await stage().buy(usage, 'uri');
    await stage().buy(lifetime, 'lou');
    const [order] = (await polar.orders.list({ external_customer_id: ['lou'] })).items;
    await polar.refunds.create({
      order_id: order?.id ?? '',
      reason: 'customer_request',
      amount: 1_000,
      revoke_benefits: true,
    });
    const seats = await stage().subscriptionOf('ted');
    await polar.customerSeats.assignSeat({
      subscription_id: seats.id,
      email: 'tess@example.com',
      immediate_claim: true,
    });

    for (let month = 1; month <= 12; month += 1) {
      await polar.events.ingest({
        events: [1, 2, 3].map(() => ({ name: 'api_call', external_customer_id: 'uri' })),
      });
      if (month === 3) await card('ann', 'declined');
      if (month === 4) await card('ann', 'visa');
      await stage().days(31);
      const { id, status } = await stage().subscriptionOf('ann');
      if (month === 6) await polar.subscriptions.update(id, { product_id: yearly, proration_behavior: 'invoice' });
      if (month === 7) await polar.subscriptions.update(id, { cancel_at_period_end: true });
      if (month === 8) await polar.subscriptions.update(id, { cancel_at_period_end: false });
      if (month === 9) await polar.subscriptions.update(seats.id, { pause_at_period_end: true });
      if (month === 11) await polar.subscriptions.update(seats.id, { resume: true });
      expect(['active', 'past_due']).toContain(status);
    }
    const { id } = await stage().subscriptionOf('ann');
    await polar.subscriptions.revoke(id);
    await stage().advance(60);

    expect(await statusOf('ann')).toBe('canceled');
    const { items } = await polar.orders.list({ external_customer_id: ['uri'], limit: 100 });
    expect(items.length).toBeGreaterThanOrEqual(12);
  });
}
