// The seller sets up shop: a meter, benefits and products with prices of every kind, discounts.
import { expect, it } from 'vitest';
import type { Stage } from '../support/stage.ts';

/** What the later acts buy and use, by name. */
export interface Shop {
  meter: string;
  flag: string;
  monthly: string;
  yearly: string;
  free: string;
  trial: string;
  seats: string;
  metered: string;
  oneTime: string;
  custom: string;
}

export function setUpShop(stage: () => Stage, shop: Shop): void {
  it('sets up meters', async () => {
    const { meters } = stage().polar;
    const meter = await meters.create({
      name: 'Tokens',
      filter: { conjunction: 'and', clauses: [{ property: 'name', operator: 'eq', value: 'tokens' }] },
      aggregation: { func: 'sum', property: 'quantity' },
      metadata: { team: 'core' },
    });
    shop.meter = meter.id;

    expect(await meters.get(meter.id)).toEqual(meter);
    expect(await meters.update(meter.id, { name: 'LLM tokens' })).toMatchObject({ id: meter.id, name: 'LLM tokens' });
    const { items } = await meters.list({ query: 'LLM' });
    expect(items.map(({ id }) => id)).toEqual([meter.id]);
  });

  it('sets up benefits of every type', async () => {
    const { benefits } = stage().polar;
    const custom = await benefits.create({ type: 'custom', description: 'Chat', properties: { note: 'Ask us.' } });
    const flag = await benefits.create({ type: 'feature_flag', description: 'Dark mode', properties: {} });
    const credit = await benefits.create({
      type: 'meter_credit',
      description: '100 tokens',
      properties: { units: 100, rollover: true, meter_id: shop.meter },
    });
    shop.flag = flag.id;

    expect(await benefits.get(credit.id)).toEqual(credit);
    const renamed = await benefits.update(custom.id, { type: 'custom', description: 'Support' });
    expect(renamed).toMatchObject({ id: custom.id, description: 'Support' });
    await benefits.delete(custom.id);
    const { items } = await benefits.list({ limit: 100 });
    expect(items.map(({ id }) => id)).toEqual(expect.arrayContaining([flag.id, credit.id]));
    await expect(benefits.get(custom.id)).rejects.toMatchObject({ statusCode: 404 });
  });

  it('has an organization, with what it has set', async () => {
    const { organizations, benefits } = stage().polar;
    const { organization_id } = await benefits.get(shop.flag);

    expect(await organizations.get(organization_id)).toMatchObject({
      id: organization_id,
      proration_behavior: 'prorate',
      subscription_settings: { proration_behavior: 'prorate', allow_multiple_subscriptions: false },
    });
    await expect(organizations.get(shop.flag)).rejects.toMatchObject({ statusCode: 404 });
  });

  it('sets up products with prices of every kind', async () => {
    const { products } = stage().polar;
    const fixed = (price_amount: number) => ({ amount_type: 'fixed', price_amount }) as const;
    const month = { recurring_interval: 'month' } as const;

    const monthly = await products.create({ name: 'Monthly', ...month, prices: [fixed(1_000)] });
    const yearly = await products.create({ name: 'Yearly', recurring_interval: 'year', prices: [fixed(10_000)] });
    const free = await products.create({ name: 'Free', ...month, prices: [fixed(0)] });
    const trial = await products.create({
      name: 'With a trial',
      ...month,
      trial_interval: 'day' as const,
      trial_interval_count: 14,
      prices: [fixed(1_500)],
    });
    const seats = await products.create({
      name: 'Team',
      ...month,
      prices: [{ amount_type: 'seat_based', seat_tiers: { tiers: [{ min_seats: 1, price_per_seat: 500 }] } }],
    });
    const metered = await products.create({
      name: 'Pay as you go',
      ...month,
      prices: [{ amount_type: 'metered_unit', meter_id: shop.meter, unit_amount: '0.5', cap_amount: 5_000 }],
    });
    const oneTime = await products.create({ name: 'Book', prices: [fixed(2_500)] });
    const custom = await products.create({
      name: 'Donation',
      prices: [{ amount_type: 'custom', minimum_amount: 100, maximum_amount: 50_000, preset_amount: 1_000 }],
    });
    Object.assign(shop, {
      monthly: monthly.id,
      yearly: yearly.id,
      free: free.id,
      trial: trial.id,
      seats: seats.id,
      metered: metered.id,
      oneTime: oneTime.id,
      custom: custom.id,
    });

    expect(await products.get(monthly.id)).toEqual(monthly);
    expect(seats.prices[0]).toMatchObject({ amount_type: 'seat_based' });
    expect(metered.prices[0]).toMatchObject({ amount_type: 'metered_unit', unit_amount: '0.5' });
    expect(custom.prices[0]).toMatchObject({ amount_type: 'custom', preset_amount: 1_000 });
  });

  it('changes products, gives them benefits, and lists them', async () => {
    const { polar } = stage();
    const { items: flags } = await polar.benefits.list({ type: ['feature_flag', 'meter_credit'], limit: 100 });
    const granted = flags.filter(({ description }) => ['Dark mode', '100 tokens'].includes(description));

    const changed = await polar.products.update(shop.oneTime, { description: 'In print', metadata: { shelf: 'b' } });
    expect(changed).toMatchObject({ description: 'In print', metadata: { shelf: 'b' } });
    const withBenefits = await polar.products.updateBenefits(shop.monthly, { benefits: granted.map(({ id }) => id) });
    expect(withBenefits.benefits).toHaveLength(2);
    await polar.products.updateBenefits(shop.oneTime, { benefits: [shop.flag] });
    const { items } = await polar.products.list({ metadata: { shelf: 'b' } });
    expect(items.map(({ id }) => id)).toEqual([shop.oneTime]);
    const { pagination } = await polar.products.list({ limit: 2, is_recurring: true, sorting: ['name'] });
    expect(pagination.max_page).toBeGreaterThan(1);
  });

  it('gives discounts', async () => {
    const { discounts } = stage().polar;
    const half = await discounts.create({
      name: 'Half',
      code: 'HALF',
      type: 'percentage',
      basis_points: 5_000,
      duration: 'once',
    });
    const off = await discounts.create({
      name: 'Three off',
      type: 'fixed',
      amounts: { usd: 300 },
      duration: 'repeating',
      duration_in_months: 3,
      products: [shop.monthly],
    });
    const always = await discounts.create({
      name: 'Friends',
      type: 'percentage',
      basis_points: 1_000,
      duration: 'forever',
    });

    expect(await discounts.get(off.id)).toEqual(off);
    expect(await discounts.update(always.id, { name: 'Family' })).toMatchObject({ name: 'Family' });
    await discounts.delete(always.id);
    const { items } = await discounts.list({ limit: 100 });
    expect(items.map(({ id }) => id).sort()).toEqual([half.id, off.id].sort());
  });
}
