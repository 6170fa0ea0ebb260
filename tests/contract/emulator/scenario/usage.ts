// Usage: events in, meters and balances out.
import { expect, it } from 'vitest';
import type { Stage } from '../support/stage.ts';
import type { Shop } from './catalog.ts';

export function meterUsage(stage: () => Stage, shop: Shop): void {
  it('takes events once, counts them, and credits what was bought', async () => {
    const { polar } = stage();
    await stage().buy(shop.monthly, 'uma');
    const events = [1, 2, 3].map((index) => ({
      name: 'tokens',
      external_customer_id: 'uma',
      external_id: `uma-${index}`,
      metadata: { quantity: index * 10 },
    }));

    expect(await polar.events.ingest({ events })).toEqual({ inserted: 3, duplicates: 0 });
    expect(await polar.events.ingest({ events: events.slice(1) })).toEqual({ inserted: 0, duplicates: 2 });
    await expect(polar.events.ingest({ events: [{ name: 'tokens', customer_id: shop.meter }] })).rejects.toMatchObject({
      statusCode: 422,
    });
    await stage().advance(20 * 60);

    const listed = await polar.events.list({ external_customer_id: 'uma', name: 'tokens' });
    expect(listed.items).toHaveLength(3);
    const { items } = await polar.customerMeters.list({ external_customer_id: ['uma'] });
    const [balance] = items;
    expect(balance).toMatchObject({ consumed_units: 60, credited_units: 100, balance: 40, meter_id: shop.meter });
    expect(await polar.customerMeters.get(balance?.id ?? '')).toEqual(balance);
    const quantities = await polar.meters.quantities(shop.meter, {
      start_timestamp: '2026-01-01T00:00:00Z',
      end_timestamp: '2027-12-31T00:00:00Z',
      interval: 'month',
      external_customer_id: 'uma',
    });
    expect(quantities.total).toBe(60);
  });

  it('lists events by family and by cursor, and counts per customer', async () => {
    const { polar } = stage();
    await polar.events.ingest({
      events: [
        { name: 'run', external_customer_id: 'uma', external_id: 'run-1' },
        { name: 'step', external_customer_id: 'uma', parent_id: 'run-1' },
      ],
    });

    const { items: roots } = await polar.events.list({ depth: 0, name: ['run', 'step'] });
    expect(roots.map(({ name, child_count }) => [name, child_count])).toEqual([['run', 1]]);
    const { items: below } = await polar.events.list({ depth: 1, parent_id: roots[0]?.id ?? '' });
    expect(below.map(({ name }) => name)).toEqual(['step']);
    // Polar's client has no parameter for it.
    const page = JSON.parse(await stage().ask('GET', '/v1/events/?cursor_pagination=true&limit=1')) as object;
    expect(page).toMatchObject({ pagination: { has_next_page: true } });
    const most = await polar.meters.quantities(shop.meter, {
      start_timestamp: '2026-01-01T00:00:00Z',
      end_timestamp: '2027-12-31T00:00:00Z',
      interval: 'year',
      customer_aggregation_function: 'max',
      timezone: 'Etc/GMT-3',
    });
    expect(most.total).toBeGreaterThanOrEqual(60);
  });

  it('tells what happened to customers, subscriptions and orders by system events', async () => {
    const { polar } = stage();
    const listed = await polar.events.list({ source: 'system', external_customer_id: 'uma', limit: 100 });
    const names = new Set(listed.items.map(({ name }) => name));

    expect([...names]).toEqual(
      expect.arrayContaining([
        'customer.created',
        'subscription.created',
        'order.paid',
        'balance.order',
        'benefit.granted',
        'meter.credited',
      ]),
    );
    const told = listed.items.find(({ name }) => name === 'order.paid');
    expect(await polar.events.get(told?.id ?? '')).toMatchObject({ label: 'Order Paid', source: 'system' });
    const { items } = await polar.events.listNames({ source: 'system', query: 'order.paid' });
    expect(items.map(({ label }) => label)).toEqual(['Order Paid']);
  });

  it('bills usage at the end of the period', async () => {
    const { polar } = stage();
    await stage().buy(shop.metered, 'mo');
    await polar.events.ingest({
      events: [{ name: 'tokens', external_customer_id: 'mo', metadata: { quantity: 400 } }],
    });
    await stage().days(32);

    const { items } = await polar.orders.list({ external_customer_id: ['mo'] });
    expect(items.map(({ billing_reason, total_amount }) => [billing_reason, total_amount])).toContainEqual([
      'subscription_cycle',
      200,
    ]);
  });
}
