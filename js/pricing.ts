// What a price list shows: which plans for which interval, what each costs, and what it is to somebody who has a subscription.
//
// Pure, and of no framework. Structured: `priceText` and the like say it in a language. What a product costs is never worked out
// here: it is quoted by the server, or by the core (js/quote.ts).
import type { Quantity } from './quote.js';
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

export interface IntervalView {
  /** `month`, `year`, `3 month`; `once` for one-time purchases. */
  key: string;
  unit: string;
  count: number;
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
  /** The period; absent for one-time purchases. */
  unit: string | undefined;
  count: number;
}

export interface PlanQuantity {
  of: 'seats' | 'units';
  value: number;
  min: number;
  /** Infinity without a limit. */
  max: number;
}

// In twelfths of a day, so that twelve months are a year and all are whole.
const LENGTHS: Readonly<Record<string, number>> = { day: 12, week: 84, month: 365, year: 4_380 };
/** Of one checkout. */
const MOST_SEATS = 10_000;

type Compared = readonly [amount: number | undefined, length: number];

export function pricingOf(list: ProductList, input: PricingInput): PricingView {
  const { quotes, quantities } = input;
  const find = (name: string | undefined) =>
    list.items.find(({ slug, productId }) => name !== undefined && (slug === name || productId === name));
  const products = input.products?.flatMap((name) => find(name) ?? []) ?? list.items;
  const running = runs(input.subscription) ? input.subscription : undefined;
  const own = list.items.find(({ productId }) => productId === running?.productId);
  const next = running?.pendingUpdate;
  const highlighted = find(input.highlighted);

  const currencies = [...new Set(products.flatMap((product) => product.quotes.map(({ currency }) => currency)))];
  const currency = firstKnown(currencies, input.currency, running?.currency, input.defaultCurrency);
  const free = products.find((product) => product.isRecurring && priceOf(product, currency).kind === 'free');

  const intervals = intervalsOf(products, free, currency);
  const ofRunning = running && keyOf(running.recurringInterval, running.recurringIntervalCount);
  const keys = intervals.map(({ key }) => key);
  const interval = firstKnown(keys, input.interval, ofRunning, input.defaultInterval);

  const shown = products.filter((product) => intervalKey(product) === interval);
  const hasFree = interval === 'once' || shown.some((product) => priceOf(product, currency).kind === 'free');

  /** For so many; estimated from the fewest until it is quoted. */
  const amountOf = (product: ProductOffer, value: number): number | undefined => {
    const quote = quoteIn(product, running?.currency ?? '');
    const known = quote && quotes?.get(quoteKey(product, quote.currency, value));
    return known?.amount ?? (quote && (quote.amount * value) / (quote.seats ?? quote.units ?? value));
  };

  const relate = (product: ProductOffer, quantity: PlanQuantity | undefined): PlanView['relation'] => {
    if (!running || !product.isRecurring) return 'buy';
    const count = quantity?.value ?? 1;
    const isOwn = product.productId === running.productId;
    // Only seats can be changed.
    const seats = quantity?.of === 'seats' ? count : undefined;
    const has = (other: number | undefined) => (seats ?? other) === (other ?? seats);
    if (isOwn && has(running.seats)) return 'current';
    if (next && (next.productId ?? running.productId) === product.productId && has(next.seats ?? running.seats)) {
      return 'scheduled';
    }
    if (isOwn) return count > (running.seats ?? 0) ? 'upgrade' : 'downgrade';
    // The same for another period is no less, though a day of it may be cheaper.
    if (own?.tier && own.tier === product.tier) return 'switch';
    const now = (own && amountOf(own, running.seats ?? running.units ?? 1)) ?? running.amount;
    const length = lengthOf(running.recurringInterval, running.recurringIntervalCount);
    const more = compare([amountOf(product, count), lengthOfProduct(product)], [now, length]);
    return more > 0 ? 'upgrade' : more < 0 ? 'downgrade' : 'switch';
  };

  const view = (product: ProductOffer): PlanView => {
    const price = priceOf(product, currency);
    const base = quoteIn(product, price.currency);
    const chosen = quantities?.[quantityKey(product)];
    const scheduled = next?.productId === product.productId ? next : undefined;
    const quantity = quantityOf(product, base, (of) => chosen?.value ?? scheduled?.[of] ?? running?.[of]);
    const key = quoteKey(product, price.currency, quantity?.value);
    const isBase = !quantity || base?.[quantity.of] === quantity.value;
    const known = isBase ? base : quotes?.get(key);
    const { from } = chosen ?? {};
    const last = from?.product === product && from.price.currency === price.currency ? from.quote : undefined;

    const relation = relate(product, quantity);
    const isFreeNow = running?.amount === 0 && (!own || priceOf(own, running.currency).kind === 'free');
    // A subscription that costs nothing has no payment method to change it with.
    const isBought = relation === 'buy' || (isFreeNow && price.kind !== 'free');
    const isOver = relation === 'current' || relation === 'scheduled';
    return {
      product,
      price,
      quantity,
      quote: known ?? last ?? base,
      quoteState: known || isBase ? 'ready' : known === null ? 'failed' : 'pending',
      quoteKey: key,
      trial:
        relation === 'buy' && product.trialInterval
          ? { unit: product.trialInterval, count: product.trialIntervalCount ?? 1 }
          : undefined,
      isHighlighted:
        !!highlighted && (product === highlighted || (!!product.tier && product.tier === highlighted.tier)),
      relation: isBought && !isOver && relation !== 'buy' ? 'upgrade' : relation,
      action: isOver ? 'none' : isBought ? 'checkout' : 'change',
      subscriptionId: relation === 'buy' ? undefined : running?.id,
      startsAt: relation === 'scheduled' ? next?.appliesAt : undefined,
    };
  };

  const isShown = (product: ProductOffer) => shown.includes(product) || (!hasFree && product === free);
  return { intervals, interval, currencies, currency, plans: products.filter(isShown).map(view) };
}

/** The nearest number that is sold. */
export function clampQuantity({ min, max }: PlanQuantity, value: number): number {
  return Math.min(max, Math.max(min, Math.round(value) || 0));
}

/** Products of one tier share the number that is chosen, so that it outlives a change of the interval. */
export const quantityKey = ({ tier, productId }: ProductOffer): string => tier ?? productId;

/** What to ask `quoteProduct` for. */
export const quantityInput = ({ of, value }: PlanQuantity): Quantity => ({ [of]: value });

/** `Monthly`, `every 3 months`, `One time`. */
export function intervalName({ unit, count }: IntervalView, texts: Texts): string {
  const name = (texts.words.pricing as unknown as Record<string, string>)[unit];
  return count === 1 && name ? name : texts.per(unit, count);
}

/** `$20`, `From $50`, `Free`; empty where the price is not known. */
export function priceText({ kind, amount, currency }: PlanPrice, texts: Texts): string {
  const { free, from, payWhatYouWant, usageOnly } = texts.words.pricing;
  if (kind === 'unknown') return '';
  const money = texts.money(amount, currency);
  return { free, from: texts.fill(from, { amount: money }), custom: payWhatYouWant, metered: usageOnly, fixed: money }[
    kind
  ];
}

/** `per month plus usage`; empty where the price is not one of a period. */
export function periodText({ kind, unit, count, isMetered }: PlanPrice, texts: Texts): string {
  if (!unit || kind === 'free' || kind === 'metered' || kind === 'unknown') return '';
  const per = texts.per(unit, count);
  return isMetered ? texts.fill(texts.words.pricing.plusUsage, { per }) : per;
}

/** How the price goes by number and by usage, a line for each step. */
export function priceLines({ product, price }: PlanView, texts: Texts): string[] {
  return product.prices.filter(({ currency }) => currency === price.currency).flatMap((one) => linesOf(one, texts));
}

function linesOf(price: ProductPrice, { words, fill, money, rate, number }: Texts): string[] {
  const { pricing } = words;
  const { currency, minimumAmount, capAmount, meterName: meter, unitAmount, tierType } = price;
  if (minimumAmount) return [fill(pricing.from, { amount: money(minimumAmount, currency) })];
  const tiers = price.tiers ?? (unitAmount === undefined ? [] : [{ unitAmount }]);
  const ofMeter = (line: string) => (meter ? fill(pricing.ofMeter, { meter, line }) : line);
  let below = 0;
  const lines = tiers.map(({ pricePerSeat, unitAmount = '0', maxSeats, bound = maxSeats }) => {
    const amount = pricePerSeat === undefined ? rate(unitAmount, currency) : money(pricePerSeat, currency);
    if (tiers.length === 1) {
      return meter
        ? fill(pricing.metered, { amount, meter })
        : fill(pricePerSeat === undefined ? pricing.perUnit : pricing.perSeat, { amount });
    }
    const after = below;
    below = bound ?? after;
    if (bound === undefined) return ofMeter(fill(pricing.above, { amount, last: number(after) }));
    if (tierType !== 'graduated') return ofMeter(fill(pricing.upTo, { amount, last: number(bound) }));
    return ofMeter(fill(after ? pricing.next : pricing.first, { amount, count: number(bound - after) }));
  });
  return capAmount === undefined
    ? lines
    : [...lines, ofMeter(fill(pricing.capped, { amount: money(capAmount, currency) }))];
}

// One that was never paid for gives way to another purchase.
const runs = (subscription: CustomerSubscription | undefined) =>
  subscription && subscription.endedAt === undefined && !subscription.status.startsWith('incomplete');

const quoteIn = (product: ProductOffer, currency: string) =>
  product.quotes.find((quote) => quote.currency === currency);

const quoteKey = ({ productId, prices }: ProductOffer, currency: string, value: number | undefined) =>
  // A price that is changed is another one at Polar.
  [productId, currency, value, ...prices.map(({ id }) => id)].join(' ');

const firstKnown = (known: readonly string[], ...wanted: (string | undefined)[]) =>
  wanted.find((one) => one !== undefined && known.includes(one)) ?? known[0] ?? '';

const keyOf = (unit: string, count: number) => (count === 1 ? unit : `${count} ${unit}`);

const intervalKey = ({ isRecurring, recurringInterval, recurringIntervalCount = 1 }: ProductOffer) =>
  isRecurring && recurringInterval ? keyOf(recurringInterval, recurringIntervalCount) : 'once';

/** 0 where it is not known. */
const lengthOf = (unit: string, count: number) => (LENGTHS[unit] ?? 0) * count;

const lengthOfProduct = ({ recurringInterval = '', recurringIntervalCount = 1 }: ProductOffer) =>
  lengthOf(recurringInterval, recurringIntervalCount);

/** By the price of a day: above zero when the first is dearer; 0 too where they cannot be compared. */
function compare([a, length]: Compared, [b, otherLength]: Compared): number {
  return a === undefined || b === undefined || !length || !otherLength ? 0 : a * otherLength - b * length;
}

function priceOf(product: ProductOffer, wanted: string): PlanPrice {
  // What is not sold in the currency is shown in its own.
  const quote = quoteIn(product, wanted) ?? product.quotes[0];
  const { amount = 0, currency = wanted, isMetered = false } = quote ?? {};
  const prices = product.prices.filter((price) => price.currency === currency);
  const counted = countedOf(prices);
  const isFrom = counted && (amount > 0 || (counted.tiers?.length ?? 0) > 1);
  const kind = !quote
    ? 'unknown'
    : prices.some(({ amountType }) => amountType === 'custom')
      ? 'custom'
      : isFrom
        ? 'from'
        : amount > 0
          ? 'fixed'
          : isMetered
            ? 'metered'
            : 'free';
  const { isRecurring, recurringInterval, recurringIntervalCount = 1 } = product;
  return {
    kind,
    amount,
    currency,
    isMetered,
    unit: isRecurring ? recurringInterval : undefined,
    count: recurringIntervalCount,
  };
}

const countedOf = (prices: readonly ProductPrice[]) =>
  prices.find(({ amountType }) => amountType === 'seat_based' || amountType === 'unit_based');

function quantityOf(
  { prices }: ProductOffer,
  quote: ProductQuote | undefined,
  wanted: (of: PlanQuantity['of']) => number | undefined,
): PlanQuantity | undefined {
  const counted = quote && countedOf(prices.filter(({ currency }) => currency === quote.currency));
  if (!counted) return undefined;
  const of = counted.amountType === 'seat_based' ? 'seats' : 'units';
  const min = quote[of] ?? counted.minimumQuantity ?? 1;
  const last = counted.tiers?.at(-1);
  const max = counted.maximumQuantity ?? last?.maxSeats ?? last?.bound ?? (of === 'seats' ? MOST_SEATS : Infinity);
  const bounds = { of, min, max, value: min } as const;
  return { ...bounds, value: clampQuantity(bounds, wanted(of) ?? min) };
}

const RANKS: Readonly<Record<string, number>> = { month: 0, year: 1, once: Infinity };

function intervalsOf(
  products: readonly ProductOffer[],
  free: ProductOffer | undefined,
  currency: string,
): IntervalView[] {
  // A free plan is in all intervals, and makes none of its own.
  const paid = products.filter((product) => product !== free);
  const byKey = new Map((paid.length ? paid : products).map((product) => [intervalKey(product), product]));
  const found = [...byKey].map(([key, product]) => ({
    key,
    unit: key === 'once' ? key : (product.recurringInterval ?? ''),
    count: key === 'once' ? 1 : (product.recurringIntervalCount ?? 1),
    length: key === 'once' ? 0 : lengthOfProduct(product),
  }));
  const shortest = found.filter(({ length }) => length).sort((a, b) => a.length - b.length)[0];
  const offers = (key: string | undefined) =>
    products.flatMap((product) => {
      const quote = quoteIn(product, currency);
      return intervalKey(product) === key && quote && quote.amount > 0 ? [{ tier: product.tier, quote }] : [];
    });
  const short = offers(shortest?.key);

  const savingOf = (key: string, length: number): number | null => {
    if (!shortest || !length || key === shortest.key) return null;
    const long = offers(key);
    const savings = long.flatMap(({ tier, quote }, i) => {
      const other = tier ? short.find((one) => one.tier === tier) : long.length === short.length ? short[i] : undefined;
      if (!other || other.quote.seats !== quote.seats || other.quote.units !== quote.units) return [];
      return [1 - (quote.amount * shortest.length) / (other.quote.amount * length)];
    });
    const saving = savings.length ? Math.min(...savings) : 0;
    return saving >= 0.005 ? saving : null;
  };

  return found
    .sort((a, b) => (RANKS[a.key] ?? 1 + a.length) - (RANKS[b.key] ?? 1 + b.length))
    .map(({ key, unit, count, length }) => ({ key, unit, count, saving: savingOf(key, length) }));
}
