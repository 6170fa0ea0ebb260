// What a price list shows: which plans for which interval, what each costs, and what it is to somebody who has a subscription.
//
// Pure, and of no framework. Structured: `priceText` and the like say it in a language. What a product costs is never worked out
// here: it is quoted by the server, or by the core (js/quote.ts).
import type { Texts } from './texts.js';
import type { CustomerSubscription, ProductList, ProductOffer, ProductPrice, ProductQuote } from './types.js';

/** What was chosen, and what is known beside the price list. */
export interface PricingInput {
  /** The subscription that is running, as `useSubscription` has it. */
  subscription?: CustomerSubscription | undefined;
  /** The interval that was chosen: the `key` of an IntervalView. */
  interval?: string | undefined;
  /** The interval before one is chosen, where there is no subscription. Default: the first one. */
  defaultInterval?: string | undefined;
  /** The currency that was chosen. */
  currency?: string | undefined;
  /** The currency before one is chosen, where there is no subscription. Default: the first one. */
  defaultCurrency?: string | undefined;
  /** The numbers that were chosen, by `quantityKey` of the product. */
  quantities?: Readonly<Record<string, ChosenQuantity>> | undefined;
  /** Quotes for other numbers than the price list's, by `quoteKey`; null where there is none. */
  quotes?: ReadonlyMap<string, ProductQuote | null> | undefined;
  /** The slug or the id of the product that is recommended; with it, all products of its tier are. */
  highlighted?: string | undefined;
  /** Slugs or ids of the products that are shown, in this order. Default: all of them. */
  products?: readonly string[] | undefined;
}

export interface ChosenQuantity {
  value: number;
  /** What was shown when it was chosen: its total stands until the new one is known. */
  from?: PlanView | undefined;
}

export interface PricingView {
  /** Months first, then years, then others, and one-time purchases last. */
  intervals: readonly IntervalView[];
  /** The `key` of the interval that is shown. */
  interval: string;
  currencies: readonly string[];
  currency: string;
  /** The plans of the interval. A free one is in all of them. */
  plans: readonly PlanView[];
}

/** How often it is charged. */
export interface Period {
  /** `month`, `year`, `3 month`; `once` for one-time purchases. */
  key: string;
  unit: string;
  count: number;
  /** In twelfths of a day, so that twelve months are a year and all are whole; NaN where it has none, or none that is known. */
  length: number;
}

export interface IntervalView extends Period {
  /** The least share that is saved by it, in comparison to the shortest interval; null when nothing is, or nothing can be compared. */
  saving: number | null;
}

export interface PlanView {
  product: ProductOffer;
  price: PlanPrice;
  /** How many, where it is sold by seats or units. */
  quantity: PlanQuantity | undefined;
  /** What it costs up front: for `quantity` when `quoteState` is `ready`, else the last that was known. */
  quote: ProductQuote | undefined;
  quoteState: 'ready' | 'pending' | 'failed';
  /** By which the quote for `quantity` is kept. */
  quoteKey: string;
  /** Of a first purchase. */
  trial: { unit: string; count: number } | undefined;
  isHighlighted: boolean;
  /**
   * What it is to the subscription that is running: `current`, `scheduled` to follow it, dearer per day (`upgrade`), cheaper
   * (`downgrade`), or neither or of the same tier (`switch`). `buy` without one, and for one-time purchases.
   */
  relation: 'buy' | 'current' | 'scheduled' | 'upgrade' | 'downgrade' | 'switch';
  /** How it is come by: a checkout, or a change of the subscription, never a second one. */
  action: 'checkout' | 'change' | 'none';
  /** What a change of the subscription would ask for: other seats of the same product, or the product. */
  target: { seats: number; productId?: undefined } | { productId: string; seats?: undefined };
  /** The subscription that is changed, or that the checkout takes the place of. */
  subscriptionId: string | undefined;
  /** When it starts, of a `scheduled` plan. */
  startsAt: string | undefined;
}

export interface PlanPrice {
  /** `from`: for the fewest seats or units. `custom`: the buyer says. `metered`: for usage alone. `unknown`: newer than this version. */
  kind: 'free' | 'fixed' | 'from' | 'custom' | 'metered' | 'unknown';
  /** In minor units: for the fewest that are sold. */
  amount: number;
  currency: string;
  isMetered: boolean;
  period: Period;
}

export interface PlanQuantity {
  of: 'seats' | 'units';
  value: number;
  min: number;
  /** Infinity without a limit. */
  max: number;
}

const LENGTHS: Readonly<Record<string, number>> = { day: 12, week: 84, month: 365, year: 4_380 };
const RANKS: Readonly<Record<string, number>> = { month: 0, year: 1, once: Infinity };
const ONCE = 'once';
/** Of one checkout. */
const MOST_SEATS = 10_000;

export function pricingOf({ items }: ProductList, input: PricingInput): PricingView {
  const { subscription, quantities, quotes } = input;
  const find = (name: string | undefined) =>
    items.find(({ slug, productId }) => name !== undefined && (slug === name || productId === name));
  const products = input.products?.flatMap((name) => find(name) ?? []) ?? items;
  const highlighted = find(input.highlighted);
  // One that was never paid for gives way to another purchase.
  const running = subscription?.endedAt || subscription?.status.startsWith('incomplete') ? undefined : subscription;
  const next = running?.pendingUpdate;
  const own = find(running?.productId);

  const currencies = [...new Set(products.flatMap((product) => product.quotes.map((quote) => quote.currency)))];
  const currency = firstKnown(currencies, input.currency, running?.currency, input.defaultCurrency);
  const isFree = (product: ProductOffer) => product.isRecurring && priceOf(product, currency).kind === 'free';
  const free = products.find(isFree);
  const intervals = intervalsOf(products, free, currency);
  const keys = intervals.map(({ key }) => key);
  const interval = firstKnown(keys, input.interval, running && periodOf(running).key, input.defaultInterval);
  const shown = products.filter((product) => periodOf(product).key === interval);
  // It costs the same in all of them.
  const isFreeShown = interval !== ONCE && !shown.some(isFree);

  /** Of so many; estimated from the fewest until it is quoted. */
  const perDay = (product: ProductOffer, count: number) => {
    const quote = quoteIn(product, running?.currency);
    if (!quote) return NaN;
    const known = quotes?.get(quoteKey(product, quote.currency, count));
    const amount = known?.amount ?? (quote.amount * count) / (quote.seats ?? quote.units ?? count);
    return amount / periodOf(product).length;
  };

  const relate = (product: ProductOffer, quantity: PlanQuantity | undefined): PlanView['relation'] => {
    if (!running || !product.isRecurring) return 'buy';
    // Units cannot be changed.
    const has = (seats: number | undefined) => quantity?.of !== 'seats' || quantity.value === (seats ?? quantity.value);
    const is = (id: string) => product.productId === id;
    if (is(running.productId) && has(running.seats)) return 'current';
    if (next && is(next.productId ?? running.productId) && has(next.seats ?? running.seats)) return 'scheduled';
    if (own === product) return (quantity?.value ?? 0) > (running.seats ?? 0) ? 'upgrade' : 'downgrade';
    // The same for another period is no less, though a day of it may be cheaper.
    if (own?.tier && own.tier === product.tier) return 'switch';
    const now = own ? perDay(own, running.seats ?? running.units ?? 1) : running.amount / periodOf(running).length;
    const more = Math.round((perDay(product, quantity?.value ?? 1) - now) * 1e6);
    return more > 0 ? 'upgrade' : more < 0 ? 'downgrade' : 'switch';
  };

  // What costs nothing, not even for usage, has no payment method to change it with.
  const isFreeNow = running?.amount === 0 && (!own || priceOf(own, running.currency).kind === 'free');

  const view = (product: ProductOffer): PlanView => {
    const price = priceOf(product, currency);
    const base = quoteIn(product, price.currency);
    // Another product takes over the seats, or as few as it sells: a change is of one of the two.
    const isTakenOver = running && product.isRecurring && own !== product && !(isFreeNow && price.kind !== 'free');
    const { value, from } = (!isTakenOver && quantities?.[quantityKey(product)]) || {};
    const scheduled = next?.productId === product.productId ? next : undefined;
    const quantity = quantityOf(product, base, (of) => value ?? scheduled?.[of] ?? running?.[of]);
    if (quantity && isTakenOver) quantity.min = quantity.max = quantity.value;
    const key = quoteKey(product, price.currency, quantity?.value);
    const known = !quantity || base?.[quantity.of] === quantity.value ? base : quotes?.get(key);
    const last = from?.product === product && from.quote?.currency === price.currency ? from.quote : undefined;

    const relation = relate(product, quantity);
    const isBuy = relation === 'buy';
    const startsAt = relation === 'scheduled' ? next?.appliesAt : undefined;
    const isOver = relation === 'current' || !!startsAt;
    const isUpgrade = isFreeNow && !isOver && !isBuy && price.kind !== 'free';
    const { tier, trialInterval: unit, trialIntervalCount: count = 1 } = product;
    return {
      product,
      price,
      quantity,
      quote: known ?? last ?? base,
      quoteState: known || !quantity ? 'ready' : known === null ? 'failed' : 'pending',
      quoteKey: key,
      trial: isBuy && unit ? { unit, count } : undefined,
      isHighlighted: !!highlighted && (product === highlighted || (!!tier && tier === highlighted.tier)),
      relation: isUpgrade ? 'upgrade' : relation,
      action: isOver ? 'none' : isUpgrade || isBuy ? 'checkout' : 'change',
      target: own === product && quantity ? { seats: quantity.value } : { productId: product.productId },
      subscriptionId: isBuy ? undefined : running?.id,
      startsAt,
    };
  };

  const plans = products.filter((product) => shown.includes(product) || (isFreeShown && product === free)).map(view);
  return { intervals, interval, currencies, currency, plans };
}

/** The nearest number that is sold. */
export function clampQuantity({ min, max }: PlanQuantity, value: number): number {
  return Math.min(max, Math.max(min, Math.round(value) || 0));
}

/** Products of one tier share the number that is chosen, so that it outlives a change of the interval. */
export const quantityKey = ({ tier, productId }: ProductOffer): string => tier ?? productId;

/** `Monthly`, `every 3 months`, `One time`. */
export function intervalName({ key, unit, count }: Period, texts: Texts): string {
  return (texts.words.pricing as unknown as Record<string, string>)[key] ?? texts.per(unit, count);
}

/** `$20`, `From $50`, `Free`; empty where the price is not known. */
export function priceText({ kind, amount: minor, currency }: PlanPrice, { words, fill, money }: Texts): string {
  const { free, from, payWhatYouWant: custom, usageOnly: metered } = words.pricing;
  const amount = currency && money(minor, currency);
  return { free, custom, metered, fixed: amount, from: fill(from, { amount }), unknown: '' }[kind];
}

/** `per month plus usage`; empty where the price is not one of a period. */
export function periodText({ kind, period, isMetered }: PlanPrice, { words, fill, per }: Texts): string {
  if (period.key === ONCE || !['fixed', 'from', 'custom'].includes(kind)) return '';
  const text = per(period.unit, period.count);
  return isMetered ? fill(words.pricing.plusUsage, { per: text }) : text;
}

/** How the price goes by number and by usage, a line for each step. */
export function priceLines({ product, price }: PlanView, texts: Texts): string[] {
  return pricesIn(product, price.currency).flatMap((one) => linesOf(one, texts));
}

function linesOf(price: ProductPrice, { words, fill, money, rate, number }: Texts): string[] {
  const { pricing } = words;
  const { currency, minimumAmount, capAmount, meterName: meter, unitAmount, tierType } = price;
  const { tiers = unitAmount === undefined ? [] : [{ unitAmount }] } = price;
  const say = (text: string, amount: string, count = 0) => {
    const line = fill(text, { amount, count: number(count), meter: meter ?? '' });
    return meter && text !== pricing.metered ? fill(pricing.ofMeter, { meter, line }) : line;
  };
  let below = 0;
  const lines = tiers.map(({ pricePerSeat, unitAmount = '0', maxSeats, bound = maxSeats }) => {
    const amount = pricePerSeat === undefined ? rate(unitAmount, currency) : money(pricePerSeat, currency);
    const one = meter ? pricing.metered : pricePerSeat === undefined ? pricing.perUnit : pricing.perSeat;
    if (tiers.length === 1) return say(one, amount);
    const after = below;
    if (bound === undefined) return say(pricing.above, amount, after);
    below = bound;
    if (tierType !== 'graduated') return say(pricing.upTo, amount, bound);
    return say(after ? pricing.next : pricing.first, amount, bound - after);
  });
  if (minimumAmount) lines.push(say(pricing.from, money(minimumAmount, currency)));
  if (capAmount) lines.push(say(pricing.capped, money(capAmount, currency)));
  return lines;
}

const firstKnown = (known: readonly string[], ...wanted: (string | undefined)[]) =>
  wanted.find((one) => one !== undefined && known.includes(one)) ?? known[0] ?? '';

const quoteIn = ({ quotes }: ProductOffer, wanted: string | undefined) =>
  quotes.find(({ currency }) => currency === wanted);

const pricesIn = ({ prices }: ProductOffer, wanted: string) => prices.filter(({ currency }) => currency === wanted);

const countedIn = (product: ProductOffer, currency: string) =>
  pricesIn(product, currency).find(({ amountType }) => amountType === 'seat_based' || amountType === 'unit_based');

// A price that is changed is another one at Polar.
const quoteKey = ({ productId, prices }: ProductOffer, currency: string, count: number | undefined) =>
  [productId, currency, count, ...prices.map(({ id }) => id)].join(' ');

function periodOf(
  of: Partial<Pick<ProductOffer, 'isRecurring' | 'recurringInterval' | 'recurringIntervalCount'>>,
): Period {
  const { isRecurring = true, recurringIntervalCount: count = 1 } = of;
  const unit = (isRecurring && of.recurringInterval) || ONCE;
  return { key: count === 1 ? unit : `${count} ${unit}`, unit, count, length: (LENGTHS[unit] ?? NaN) * count };
}

function priceOf(product: ProductOffer, wanted: string): PlanPrice {
  // What is not sold in the currency is shown in its own.
  const quote = quoteIn(product, wanted) ?? product.quotes[0];
  const { amount = 0, currency = wanted, isMetered = false } = quote ?? {};
  const tiers = countedIn(product, currency)?.tiers;
  const isCustom = pricesIn(product, currency).some(({ amountType }) => amountType === 'custom');
  const isFrom = tiers && (amount || tiers.length > 1);
  const upFront = isCustom ? 'custom' : isFrom ? 'from' : amount ? 'fixed' : isMetered ? 'metered' : 'free';
  return { kind: quote ? upFront : 'unknown', amount, currency, isMetered, period: periodOf(product) };
}

function quantityOf(
  product: ProductOffer,
  quote: ProductQuote | undefined,
  wanted: (of: PlanQuantity['of']) => number | undefined,
): PlanQuantity | undefined {
  const counted = quote && countedIn(product, quote.currency);
  if (!counted) return undefined;
  const of = counted.amountType === 'seat_based' ? 'seats' : 'units';
  const min = quote[of] ?? 1;
  const last = counted.tiers?.at(-1);
  const max = counted.maximumQuantity ?? last?.maxSeats ?? last?.bound ?? (of === 'seats' ? MOST_SEATS : Infinity);
  const quantity = { of, min, max, value: min } as const;
  return { ...quantity, value: clampQuantity(quantity, wanted(of) ?? min) };
}

function intervalsOf(
  products: readonly ProductOffer[],
  free: ProductOffer | undefined,
  currency: string,
): IntervalView[] {
  // A free plan is in all intervals, and makes none of its own.
  const paid = products.filter((product) => product !== free);
  const periods = [
    ...new Map((paid.length ? paid : products).map(periodOf).map((period) => [period.key, period])).values(),
  ];
  const [shortest] = periods.filter(({ length }) => length).sort((a, b) => a.length - b.length);
  const offersOf = (wanted: string | undefined) =>
    products.flatMap((product) => {
      const quote = quoteIn(product, currency);
      return periodOf(product).key === wanted && quote?.amount ? [{ tier: product.tier, quote }] : [];
    });
  const short = offersOf(shortest?.key);
  const savingOf = ({ key, length }: Period): number | null => {
    const long = offersOf(key);
    const savings = long.flatMap(({ tier, quote }, i) => {
      const other = tier ? short.find((one) => one.tier === tier) : long.length === short.length ? short[i] : undefined;
      if (!shortest || !other || other.quote.seats !== quote.seats || other.quote.units !== quote.units) return [];
      return 1 - (quote.amount * shortest.length) / (other.quote.amount * length);
    });
    const least = Math.min(...savings);
    return least >= 0.005 && least < 1 ? least : null;
  };
  const rank = ({ key, length }: Period) => RANKS[key] ?? length;
  return periods.sort((a, b) => rank(a) - rank(b)).map((period) => ({ ...period, saving: savingOf(period) }));
}
