// What each plan of a price list is to somebody who has a subscription.
import { describe, expect, it } from 'vitest';
import type { PlanView } from '../../dist/js/pricing.js';
import type { CustomerSubscription } from '../../dist/js/types.js';
import { once, only, plan, price, quote, relations, see, subscription, team, yearly } from './support/plans.js';

describe('what a plan is to a subscription', () => {
  const plans = [plan('free', 0), plan('basic', 1_000), plan('pro', 2_000), plan('max', 5_000), plan('twin', 2_000)];

  it('is bought where there is none, or only one that ended or was never paid', () => {
    const all = plans.map(({ name }) => `${name} buy checkout`);

    expect(relations(plans, {})).toEqual(all);
    expect(relations(plans, { subscription: subscription({ endedAt: '2026-11-02T00:00:00Z' }) })).toEqual(all);
    expect(relations(plans, { subscription: subscription({ status: 'incomplete' }) })).toEqual(all);
  });

  it('is a change of what is paid for, dearer or cheaper, never a second purchase', () => {
    expect(relations(plans, { subscription: subscription() })).toEqual([
      'free downgrade change',
      'basic downgrade change',
      'pro current none',
      'max upgrade change',
      'twin switch change',
    ]);
  });

  it.each(['past_due', 'unpaid', 'paused', 'trialing', 'canceled'])('is a change of one that is %s', (status) => {
    expect(relations([plan('max', 5_000)], { subscription: subscription({ status }) })).toEqual(['max upgrade change']);
  });

  it('compares list prices, whatever discount the subscription has', () => {
    expect(relations(plans, { subscription: subscription({ amount: 500 }) })[1]).toBe('basic downgrade change');
  });

  it('compares the price of a day', () => {
    const items = [yearly('cheap', 12_000), yearly('same', 24_000), yearly('dear', 36_000)];

    expect(relations(items, { subscription: subscription() })).toEqual([
      'cheap downgrade change',
      'same switch change',
      'dear upgrade change',
    ]);
  });

  it('is a switch to the same tier for another period', () => {
    const items = [plan('pro', 2_000, { tier: 'pro' }), yearly('pro-year', 20_000, { tier: 'pro' })];

    expect(relations(items, { interval: 'year', subscription: subscription() })).toEqual(['pro-year switch change']);
  });

  it('compares in the currency of the subscription, whichever is shown', () => {
    const inBoth = (usd: number, eur: number) => ({ quotes: [quote(usd), quote(eur, { currency: 'eur' })] });
    const items = [plan('pro', 0, inBoth(2_000, 1_000)), plan('max', 0, inBoth(1_500, 3_000))];

    expect(relations(items, { currency: 'eur', subscription: subscription() })[1]).toBe('max downgrade change');
  });

  it('is come by through a checkout from what costs nothing', () => {
    const free = subscription({ productId: 'id-free', amount: 0 });
    const [own, basic] = see([...plans, plan('other', 0)], { subscription: free }).plans;

    expect(relations(plans, { subscription: free }).slice(0, 2)).toEqual([
      'free current none',
      'basic upgrade checkout',
    ]);
    expect(own?.subscriptionId).toBe('sub');
    expect(basic?.subscriptionId).toBe('sub');
    expect(relations([...plans, plan('other', 0)], { subscription: free }).at(-1)).toBe('other switch change');
    expect(relations([plan('pro', 2_000)], { subscription: free })).toEqual(['pro upgrade checkout']);
  });

  it('is a change from what only a discount or its usage makes cost nothing', () => {
    const metered = plan('metered', 0, { quotes: [quote(0, { isMetered: true })] });

    expect(relations(plans, { subscription: subscription({ amount: 0 }) })[3]).toBe('max upgrade change');
    const onUsage = subscription({ productId: 'id-metered', amount: 0 });
    expect(relations([metered, ...plans], { subscription: onUsage }).at(-1)).toBe('twin upgrade change');
  });

  it('is always bought where it is a one-time purchase', () => {
    const [book] = see([once('book', 900)], { subscription: subscription() }).plans;

    expect(book).toMatchObject({ relation: 'buy', action: 'checkout', subscriptionId: undefined });
  });

  it('is scheduled where the subscription will be changed to it', () => {
    const pendingUpdate = { appliesAt: '2026-12-01T00:00:00Z', productId: 'id-basic' };
    const input = { subscription: subscription({ pendingUpdate }) };

    expect(relations(plans, input).slice(1, 3)).toEqual(['basic scheduled none', 'pro current none']);
    expect(see(plans, input).plans[1]?.startsAt).toBe('2026-12-01T00:00:00Z');
  });

  it('is a change for another number of seats', () => {
    const items = [team()];
    const has = (seats: number, chosen?: number, pendingUpdate?: CustomerSubscription['pendingUpdate']) =>
      relations(items, {
        subscription: subscription({ productId: 'id-team', seats, ...(pendingUpdate && { pendingUpdate }) }),
        ...(chosen !== undefined && { quantities: { 'id-team': { value: chosen } } }),
      });

    expect(has(7)).toEqual(['team current none']);
    expect(has(7, 8)).toEqual(['team upgrade change']);
    expect(has(7, 6)).toEqual(['team downgrade change']);
    expect(has(7, 6, { appliesAt: '2026-12-01T00:00:00Z', seats: 6 })).toEqual(['team scheduled none']);
  });

  it('does not turn around while its price for so many seats is worked out', () => {
    const business = plan('business', 0, {
      prices: [price('seat_based', { tiers: [{ minSeats: 1, pricePerSeat: 2_000 }] })],
      quotes: [quote(2_000, { seats: 1 })],
    });
    const input = { subscription: subscription({ productId: 'id-team', seats: 5, amount: 5_000 }) };

    const pending = see([team(), business], input).plans[1] as PlanView;
    const quotes = new Map([[pending.quoteKey, quote(10_000, { seats: 5 })]]);

    expect(pending).toMatchObject({ relation: 'upgrade', quoteState: 'pending' });
    expect(see([team(), business], { ...input, quotes }).plans[1]).toMatchObject({ relation: 'upgrade' });
  });

  it('has its trial where it is bought', () => {
    const items = [plan('max', 5_000, { trialInterval: 'day', trialIntervalCount: 14 })];

    expect(only(items).trial).toEqual({ unit: 'day', count: 14 });
    expect(only(items, { subscription: subscription() }).trial).toBeUndefined();
  });
});
