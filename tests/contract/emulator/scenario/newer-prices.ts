// Prices by units and by metered tiers, and usage that is settled more often than its plan renews: what Polar's client
// 1.0.1 has and the 0.47 line refuses, so they are sold by an emulator of their own.
import { expect, it } from 'vitest';
import type { Stage } from '../support/stage.ts';

export function sellNewerPrices(stage: () => Stage): void {
  const sold = { meter: '', devices: '', fleet: '', calls: '', yearly: '' };

  it('sets up prices by units and by metered tiers', async () => {
    const { products, meters } = stage().polar;
    const meter = await meters.create({
      name: 'Calls',
      filter: { conjunction: 'and', clauses: [{ property: 'name', operator: 'eq', value: 'call' }] },
      aggregation: { func: 'sum', property: 'n' },
    });
    const devices = await products.create({
      name: 'Devices',
      recurring_interval: 'month',
      prices: [
        {
          amount_type: 'unit_based',
          minimum_units: 2,
          unit_label: { en: { '=1': 'device', other: 'devices' } },
          tiers: {
            type: 'graduated',
            tiers: [
              { bound: 10, unit_amount: 500 },
              { bound: 100, unit_amount: '300' },
            ],
          },
        },
      ],
    });
    const fleet = await products.create({
      name: 'Fleet',
      recurring_interval: 'month',
      prices: [
        { amount_type: 'fixed', price_amount: 1_000 },
        { amount_type: 'unit_based', tiers: { type: 'volume', tiers: [{ unit_amount: 400 }] } },
      ],
    });
    const calls = await products.create({
      name: 'Calls',
      recurring_interval: 'month',
      prices: [
        {
          amount_type: 'metered_tiers',
          meter_id: meter.id,
          cap_amount: 100_000,
          tiers: { type: 'graduated', tiers: [{ bound: 1_000, unit_amount: 0 }, { unit_amount: '0.25' }] },
        },
      ],
    });
    const yearly = await products.create({
      name: 'Yearly, usage monthly',
      recurring_interval: 'year',
      meter_interval: 'month',
      prices: [
        { amount_type: 'fixed', price_amount: 12_000 },
        { amount_type: 'metered_unit', meter_id: meter.id, unit_amount: 1 },
      ],
    });
    Object.assign(sold, {
      meter: meter.id,
      devices: devices.id,
      fleet: fleet.id,
      calls: calls.id,
      yearly: yearly.id,
    });

    expect(await products.get(devices.id)).toEqual(devices);
    expect(devices.prices[0]).toMatchObject({
      amount_type: 'unit_based',
      minimum_units: 2,
      maximum_units: 100,
      tiers: { type: 'graduated', tiers: [{ bound: 10, unit_amount: '500' }, { bound: 100 }] },
    });
    expect(calls.prices[0]).toMatchObject({ amount_type: 'metered_tiers', cap_amount: 100_000 });
    expect(yearly).toMatchObject({ meter_interval: 'month', meter_interval_count: 1 });
    const renamed = await products.update(devices.id, { prices: devices.prices.map(({ id }) => ({ id })) });
    expect(renamed.prices).toEqual(devices.prices);
    await expect(
      products.create({
        name: 'Fractions',
        recurring_interval: 'month',
        prices: [{ amount_type: 'unit_based', tiers: { type: 'volume', tiers: [{ unit_amount: '0.5' }] } }],
      }),
    ).rejects.toMatchObject({ statusCode: 422 });
  });

  it('sells units, changes their number, and renews them', async () => {
    const { checkouts, orders, subscriptions, customers } = stage().polar;
    const open = await checkouts.create({ products: [sold.devices], min_units: 3, max_units: 50 });
    expect(open).toMatchObject({ units: 3, min_units: 3, max_units: 50, amount: 1_500, seats: null });
    expect(await checkouts.update(open.id, { units: 12 })).toMatchObject({ units: 12, amount: 5_600 });
    expect(await checkouts.clientUpdate(open.client_secret, { units: 4 })).toMatchObject({ units: 4, amount: 2_000 });

    await stage().buy(sold.devices, 'dan', { units: 5 });
    const { id, current_period_end: end } = await stage().subscriptionOf('dan');
    const [bought] = (await orders.list({ external_customer_id: ['dan'] })).items;
    expect(bought).toMatchObject({ units: 5, total_amount: 2_500 });
    expect(bought?.items[0]?.label).toBe('Devices (5 devices)');

    const more = await subscriptions.update(id, { units: 8, proration_behavior: 'invoice' });
    expect(more).toMatchObject({ units: 8, amount: 4_000 });
    const later = await subscriptions.update(id, { units: 20, proration_behavior: 'next_period' });
    expect(later).toMatchObject({ units: 8, pending_update: { units: 20 } });
    const portal = await stage().portalOf('dan');
    expect(await portal.subscriptions.update(id, { units: 9 })).toMatchObject({ units: 9 });
    expect(await subscriptions.update(id, { product_id: sold.fleet })).toMatchObject({ units: 9, amount: 4_600 });
    await expect(subscriptions.update(id, { units: 0 })).rejects.toMatchObject({ statusCode: 422 });
    await stage().days(32);

    const renewed = await subscriptions.get(id);
    expect(Date.parse(renewed.current_period_start)).toBe(Date.parse(end));
    const state = await customers.getStateExternal('dan');
    expect(state.active_subscriptions[0]).toMatchObject({ units: 9, amount: 4_600 });
    const { items: seen } = await (await stage().portalOf('dan')).orders.list();
    expect(seen[0]).toMatchObject({ billing_reason: 'subscription_cycle', units: null });
  });

  it('bills usage by tiers', async () => {
    const { events, orders } = stage().polar;
    await stage().buy(sold.calls, 'tia');
    await events.ingest({ events: [{ name: 'call', external_customer_id: 'tia', metadata: { n: 1_403 } }] });
    await stage().days(32);

    const { items } = await orders.list({ external_customer_id: ['tia'], sorting: ['-created_at'] });
    expect(items[0]).toMatchObject({ billing_reason: 'subscription_cycle', total_amount: 101 });
  });

  it('settles usage by the month while the plan renews by the year', async () => {
    const { events, orders } = stage().polar;
    await stage().buy(sold.yearly, 'yan');
    const { id, current_meter_period_end: end } = await stage().subscriptionOf('yan');
    expect(end).not.toBeNull();
    for (const n of [250, 300]) {
      await events.ingest({ events: [{ name: 'call', external_customer_id: 'yan', metadata: { n } }] });
      await stage().days(32);
    }

    const { items } = await orders.list({ external_customer_id: ['yan'], sorting: ['created_at'] });
    expect(items.map(({ billing_reason, total_amount }) => [billing_reason, total_amount])).toEqual([
      ['subscription_create', 12_000],
      ['subscription_meter_cycle', 250],
      ['subscription_meter_cycle', 300],
    ]);
    expect(await stage().polar.subscriptions.get(id)).toMatchObject({ status: 'active' });
  });
}
