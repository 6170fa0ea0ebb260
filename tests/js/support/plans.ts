// Plans as a server lists them, and a subscription, for tests of what a price list shows.
import { type PlanView, type PricingInput, pricingOf } from '../../../dist/js/pricing.js';
import type { CustomerSubscription, ProductOffer, ProductPrice, ProductQuote } from '../../../dist/js/types.js';

let ids = 0;

export const price = (amountType: string, more: Partial<ProductPrice> = {}): ProductPrice => {
  ids += 1;
  return { id: `price_${ids}`, amountType, currency: 'usd', ...more };
};
export const quote = (amount: number, more: Partial<ProductQuote> = {}): ProductQuote => ({
  currency: 'usd',
  amount,
  isMetered: false,
  ...more,
});

/** A plan of one fixed price, monthly unless it says otherwise. */
export const plan = (name: string, amount: number, more: Partial<ProductOffer> = {}): ProductOffer => ({
  productId: `id-${name}`,
  slug: name,
  name,
  features: [],
  isRecurring: true,
  recurringInterval: 'month',
  recurringIntervalCount: 1,
  prices: [price('fixed', { amount })],
  quotes: [quote(amount)],
  ...more,
});
export const yearly = (name: string, amount: number, more: Partial<ProductOffer> = {}) =>
  plan(name, amount, { recurringInterval: 'year', ...more });
export const once = (name: string, amount: number): ProductOffer => {
  const { recurringInterval: _, recurringIntervalCount: __, ...rest } = plan(name, amount);
  return { ...rest, isRecurring: false };
};
/** Ten dollars a seat, five at least. */
export const team = (more: Partial<ProductOffer> = {}) =>
  plan('team', 0, {
    prices: [price('seat_based', { minimumQuantity: 5, tiers: [{ minSeats: 1, pricePerSeat: 1_000 }] })],
    quotes: [quote(5_000, { seats: 5 })],
    ...more,
  });

export const subscription = (more: Partial<CustomerSubscription> = {}): CustomerSubscription => ({
  id: 'sub',
  status: 'active',
  productId: 'id-pro',
  amount: 2_000,
  currency: 'usd',
  recurringInterval: 'month',
  recurringIntervalCount: 1,
  currentPeriodStart: '2026-11-01T00:00:00Z',
  currentPeriodEnd: '2026-12-01T00:00:00Z',
  cancelAtPeriodEnd: false,
  pauseAtPeriodEnd: false,
  actions: ['cancel', 'change'],
  ...more,
});

export const see = (items: ProductOffer[], input: PricingInput = {}) => pricingOf({ items }, input);
/** What each plan is: `name relation action`. */
export const relations = (items: ProductOffer[], input: PricingInput) =>
  see(items, input).plans.map(({ product, relation, action }) => `${product.name} ${relation} ${action}`);
export const only = (items: ProductOffer[], input?: PricingInput) => see(items, input).plans[0] as PlanView;
