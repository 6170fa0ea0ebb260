// What a price list shows.
import { describe, expect, it } from 'vitest';
import { ENGLISH } from '../../dist/js/localization.js';
import {
  clampQuantity,
  intervalName,
  type PricingInput,
  periodText,
  priceLines,
  priceText,
  quantityKey,
} from '../../dist/js/pricing.js';
import { textsOf } from '../../dist/js/texts.js';
import type { CustomerSubscription, ProductOffer, ProductPrice, ProductQuote } from '../../dist/js/types.js';
import { once, only, plan, price, quote, see, subscription, team, yearly } from './support/plans.js';

const texts = textsOf(ENGLISH, 'UTC');

describe('intervals', () => {
  it('come as months, years, others by their length, and one-time purchases last', () => {
    const { intervals, interval } = see([
      once('book', 900),
      plan('quarter', 5_000, { recurringIntervalCount: 3 }),
      yearly('year', 20_000),
      plan('week', 600, { recurringInterval: 'week' }),
      plan('month', 2_000),
    ]);

    expect(intervals.map(({ key }) => key)).toEqual(['month', 'year', 'week', '3 month', 'once']);
    expect(intervals.map((one) => intervalName(one, texts))).toEqual([
      'Monthly',
      'Yearly',
      'Weekly',
      'every 3 months',
      'One time',
    ]);
    expect(interval).toBe('month');
  });

  it('show their own plans, one-time purchases by themselves', () => {
    const items = [plan('pro', 2_000), yearly('pro-year', 20_000), once('book', 900)];

    const names = (interval?: string) => see(items, { interval }).plans.map(({ product }) => product.name);

    expect(names()).toEqual(['pro']);
    expect(names('year')).toEqual(['pro-year']);
    expect(names('once')).toEqual(['book']);
    expect(names('week')).toEqual(['pro']);
  });

  it('have the free plan in all of them but for one-time purchases, unless they have one of their own', () => {
    const items = [plan('free', 0), plan('pro', 2_000), yearly('pro-year', 20_000), once('book', 900)];

    const names = (list: ProductOffer[], interval: string) =>
      see(list, { interval }).plans.map(({ product }) => product.name);

    expect(names(items, 'year')).toEqual(['free', 'pro-year']);
    expect(names(items, 'once')).toEqual(['book']);
    expect(names([...items, yearly('free-year', 0)], 'year')).toEqual(['pro-year', 'free-year']);
    expect(see([plan('free', 0), yearly('pro-year', 20_000)]).intervals.map(({ key }) => key)).toEqual(['year']);
    expect(see([plan('free', 0)]).plans).toHaveLength(1);
  });

  it('begin with that of the subscription, then with the default, and follow the choice', () => {
    const items = [plan('pro', 2_000), yearly('pro-year', 20_000)];

    expect(see(items, { defaultInterval: 'year' }).interval).toBe('year');
    expect(see(items, { defaultInterval: 'year', subscription: subscription() }).interval).toBe('month');
    expect(see(items, { interval: 'year', subscription: subscription() }).interval).toBe('year');
    expect(see(items, { defaultInterval: 'decade' }).interval).toBe('month');
  });
});

describe('the saving', () => {
  const savings = (items: ProductOffer[], currency?: string) =>
    see(items, { currency }).intervals.map(
      ({ key, saving }) => `${key} ${saving === null ? '-' : texts.percent(saving)}`,
    );

  it('compares a year with twelve months of the plan in the same place', () => {
    expect(savings([plan('pro', 2_000), yearly('pro-year', 20_000)])).toEqual(['month -', 'year 17%']);
  });

  it('is the least of all plans, so that it holds for each', () => {
    const items = [plan('a', 1_000), plan('b', 2_000), yearly('a-year', 9_000), yearly('b-year', 21_600)];

    expect(savings(items)).toEqual(['month -', 'year 10%']);
  });

  it('goes by tiers where there are any, in whatever order', () => {
    const items = [
      plan('basic', 1_000, { tier: 'basic' }),
      plan('pro', 2_000, { tier: 'pro' }),
      yearly('pro-year', 12_000, { tier: 'pro' }),
    ];

    expect(savings(items)).toEqual(['month -', 'year 50%']);
  });

  it('leaves the free plan out of the places', () => {
    const items = [plan('free', 0), plan('pro', 2_000), yearly('pro-year', 12_000)];

    expect(savings(items)).toEqual(['month -', 'year 50%']);
  });

  it('is nothing where nothing can be compared or saved', () => {
    const none = ['month -', 'year -'];
    expect(savings([plan('a', 1_000), plan('b', 2_000), yearly('b-year', 20_000)])).toEqual(none);
    expect(savings([plan('pro', 2_000), yearly('pro-year', 24_000)])).toEqual(none);
    expect(savings([plan('pro', 2_000, { tier: 'pro' }), yearly('max', 9_000, { tier: 'max' })])).toEqual(none);
    expect(savings([team(), yearly('team-year', 0, { quotes: [quote(9_000, { seats: 2 })] })])).toEqual(none);
    expect(savings([plan('pro', 2_000), once('book', 900)])).toEqual(['month -', 'once -']);
  });

  it('is of the currency that is shown', () => {
    const inBoth = (usd: number, eur: number) => ({ quotes: [quote(usd), quote(eur, { currency: 'eur' })] });
    const items = [plan('pro', 0, inBoth(2_000, 2_000)), yearly('pro-year', 0, inBoth(12_000, 18_000))];

    expect(savings(items, 'usd')).toEqual(['month -', 'year 50%']);
    expect(savings(items, 'eur')).toEqual(['month -', 'year 25%']);
  });
});

describe('currencies', () => {
  const items = [
    plan('pro', 0, { quotes: [quote(2_000), quote(1_800, { currency: 'eur' })] }),
    plan('max', 0, { quotes: [quote(700, { currency: 'mxn' })] }),
  ];

  it('are those of all plans, beginning with the subscription, the default, the first', () => {
    expect(see(items).currencies).toEqual(['usd', 'eur', 'mxn']);
    expect(see(items).currency).toBe('usd');
    expect(see(items, { defaultCurrency: 'mxn' }).currency).toBe('mxn');
    expect(see(items, { defaultCurrency: 'mxn', subscription: subscription({ currency: 'eur' }) }).currency).toBe(
      'eur',
    );
    expect(see(items, { currency: 'usd', subscription: subscription({ currency: 'eur' }) }).currency).toBe('usd');
    expect(see(items, { currency: 'gbp' }).currency).toBe('usd');
  });

  it('show a plan that is not sold in the chosen one in its own', () => {
    expect(see(items, { currency: 'eur' }).plans.map(({ price }) => priceText(price, texts))).toEqual(['€18', 'MX$7']);
  });
});

describe('a price', () => {
  const said = (offer: ProductOffer) => {
    const view = only([offer]);
    return [priceText(view.price, texts), periodText(view.price, texts), ...priceLines(view, texts)];
  };
  const offer = (prices: ProductPrice[], quoted: ProductQuote | undefined) =>
    plan('x', 0, { prices, quotes: quoted ? [quoted] : [] });

  it('is an amount for a period, or free', () => {
    expect(said(plan('pro', 2_050))).toEqual(['$20.50', 'per month']);
    expect(said(yearly('pro', 20_000))).toEqual(['$200', 'per year']);
    expect(said(plan('pro', 2_000, { recurringIntervalCount: 3 }))).toEqual(['$20', 'every 3 months']);
    expect(said(plan('free', 0))).toEqual(['Free', '']);
    expect(said(once('book', 900))).toEqual(['$9', '']);
  });

  it('is what the buyer wants to pay, with its least', () => {
    const custom = price('custom', { minimumAmount: 500, presetAmount: 1_000 });

    expect(said(offer([custom], quote(1_000)))).toEqual(['Pay what you want', 'per month', 'From $5']);
  });

  it('is for usage alone, or for usage on top', () => {
    const metered = price('metered_unit', {
      unitAmount: '0.5',
      meterId: 'm',
      meterName: 'API calls',
      capAmount: 5_000,
    });
    const lines = ['$0.005 per unit of API calls', 'API calls: at most $50'];

    expect(said(offer([metered], quote(0, { isMetered: true })))).toEqual(['Pay as you go', '', ...lines]);
    expect(said(offer([{ ...metered, unitAmount: '1250' }], quote(0, { isMetered: true })))).toContain(
      '$12.50 per unit of API calls',
    );
    expect(said(offer([price('fixed', { amount: 2_000 }), metered], quote(2_000, { isMetered: true })))).toEqual([
      '$20',
      'per month plus usage',
      ...lines,
    ]);
  });

  it('is from the fewest seats on, and says what one costs', () => {
    expect(said(team())).toEqual(['From $50', 'per month', '$10 per seat']);
  });

  it('says tiers by volume as what each costs of a number, and graduated ones as what the next ones cost', () => {
    const tiers = [
      { minSeats: 1, maxSeats: 10, pricePerSeat: 1_000 },
      { minSeats: 11, maxSeats: 50, pricePerSeat: 800 },
      { minSeats: 51, pricePerSeat: 500 },
    ];
    const linesOf = (tierType: string) =>
      said(offer([price('seat_based', { tierType, tiers })], quote(1_000, { seats: 1 }))).slice(2);

    expect(linesOf('volume')).toEqual(['$10 each for up to 10', '$8 each for up to 50', '$5 each above 50']);
    expect(linesOf('graduated')).toEqual(['$10 each for the first 10', '$8 each for the next 40', '$5 each above 50']);
  });

  it('says tiers of usage with what is counted', () => {
    const tiers = [{ bound: 1_000, unitAmount: '0' }, { unitAmount: '0.25' }];
    const metered = price('metered_tiers', { meterId: 'm', meterName: 'Calls', tierType: 'graduated', tiers });

    expect(said(offer([metered], quote(0, { isMetered: true })))).toEqual([
      'Pay as you go',
      '',
      'Calls: $0 each for the first 1,000',
      'Calls: $0.0025 each above 1,000',
    ]);
  });

  it('is not told where this version does not know it', () => {
    expect(said(offer([price('auction')], undefined))).toEqual(['', '']);
    expect(only([offer([price('auction')], undefined)]).action).toBe('checkout');
  });
});

describe('a number of seats or units', () => {
  it('begins with the fewest, or with those of the subscription, and stays within what is sold', () => {
    const tiers = [{ minSeats: 2, maxSeats: 20, pricePerSeat: 1_000 }];
    const offer = plan('team', 0, { prices: [price('seat_based', { tiers })], quotes: [quote(2_000, { seats: 2 })] });
    const value = (input: PricingInput) => only([offer], input).quantity;

    expect(value({})).toEqual({ of: 'seats', value: 2, min: 2, max: 20 });
    expect(value({ subscription: subscription({ seats: 7 }) })?.value).toBe(7);
    expect(value({ subscription: subscription({ seats: 70 }) })?.value).toBe(20);
    expect(value({ quantities: { [quantityKey(offer)]: { value: 1 } } })?.value).toBe(2);
    expect(only([plan('pro', 2_000)]).quantity).toBeUndefined();
  });

  it('cannot be chosen of a product that a change leads to, which takes over what there is', () => {
    const quantities = { [quantityKey(team())]: { value: 8 } };
    const of = (more: Partial<CustomerSubscription>) =>
      see([plan('free', 0), plan('pro', 2_000), team()], { quantities, subscription: subscription(more) }).plans[2];

    expect(of({ productId: 'id-pro' })).toMatchObject({ action: 'change', quantity: { value: 5, min: 5, max: 5 } });
    expect(of({ productId: 'id-gone', seats: 7 })?.quantity).toMatchObject({ value: 7, min: 7, max: 7 });
    expect(of({ productId: 'id-team', seats: 7 })?.quantity).toMatchObject({ value: 8, min: 5, max: 10_000 });
    expect(of({ productId: 'id-free', amount: 0 })).toMatchObject({ action: 'checkout', quantity: { value: 8 } });
  });

  it('has no end for units, and that of a checkout for seats', () => {
    const units = plan('units', 0, {
      prices: [price('unit_based', { tiers: [{ unitAmount: '10' }] })],
      quotes: [quote(10, { units: 1 })],
    });

    expect(only([units]).quantity).toEqual({ of: 'units', value: 1, min: 1, max: Number.POSITIVE_INFINITY });
    expect(only([team()]).quantity?.max).toBe(10_000);
  });

  it('is the nearest one that is sold', () => {
    const bounds = { of: 'seats', value: 5, min: 5, max: 10 } as const;

    expect([4, 5.4, 99, Number.NaN].map((value) => clampQuantity(bounds, value))).toEqual([5, 5, 10, 5]);
  });

  it('has the quote of the price list, else one that was computed, else what was shown before', () => {
    const offer = team();
    const first = only([offer]);
    const chosen = { [quantityKey(offer)]: { value: 6, from: first } };
    const pending = only([offer], { quantities: chosen });
    const known = new Map([[pending.quoteKey, quote(6_000, { seats: 6 })]]);
    const ready = only([offer], { quantities: chosen, quotes: known });
    const next = { [quantityKey(offer)]: { value: 7, from: ready } };
    const failed = only([offer], {
      quantities: next,
      quotes: new Map([[`id-team usd 7 ${offer.prices[0]?.id}`, null]]),
    });

    expect(first).toMatchObject({ quote: { amount: 5_000 }, quoteState: 'ready' });
    expect(pending).toMatchObject({ quote: { amount: 5_000, seats: 5 }, quoteState: 'pending' });
    expect(ready).toMatchObject({ quote: { amount: 6_000, seats: 6 }, quoteState: 'ready' });
    expect(only([offer], { quantities: next, quotes: known })).toMatchObject({
      quote: { amount: 6_000, seats: 6 },
      quoteState: 'pending',
    });
    expect(failed).toMatchObject({ quote: { amount: 6_000 }, quoteState: 'failed' });
  });

  it('forgets what was shown in another currency or at another price', () => {
    const offer = team({ quotes: [quote(5_000, { seats: 5 }), quote(4_000, { seats: 5, currency: 'eur' })] });
    const six = { ...only([offer]), quote: quote(6_000, { seats: 6 }) };
    const quantities = { [quantityKey(offer)]: { value: 7, from: six } };

    expect(only([offer], { quantities }).quote?.amount).toBe(6_000);
    expect(only([{ ...offer }], { quantities }).quote?.amount).toBe(5_000);
  });
});

describe('a price list', () => {
  it('shows the products that are named, by slug or id, in that order', () => {
    const items = [plan('a', 1), plan('b', 2), plan('c', 3)];

    const { plans } = see(items, { products: ['c', 'id-a', 'gone'] });

    expect(plans.map(({ product }) => product.name)).toEqual(['c', 'a']);
  });

  it('highlights a product by slug or id, and those of its tier in other intervals', () => {
    const items = [
      plan('pro', 2_000, { tier: 'pro' }),
      plan('max', 5_000),
      yearly('pro-year', 20_000, { tier: 'pro' }),
    ];
    const lit = (input: PricingInput) =>
      see(items, input).plans.flatMap(({ product, isHighlighted }) => (isHighlighted ? product.name : []));

    expect(lit({})).toEqual([]);
    expect(lit({ highlighted: 'pro' })).toEqual(['pro']);
    expect(lit({ highlighted: 'id-max' })).toEqual(['max']);
    expect(lit({ highlighted: 'pro', interval: 'year' })).toEqual(['pro-year']);
  });

  it('is empty where nothing is for sale', () => {
    expect(see([])).toEqual({ intervals: [], interval: '', currencies: [], currency: '', plans: [] });
  });
});
