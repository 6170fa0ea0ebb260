// What a page says of a subscription: where it stands, what it costs, what comes next, and what may be done about it.
// The rules are those by which the server takes a change. What is over and what gives access is as the server says:
// there is no clock here, so that a server and the page say the same.
import type { Texts } from './texts.js';
import type { CustomerEntitlements, CustomerSubscription, ProductList } from './types.js';

export type FactName =
  | 'price'
  | 'nextCharge'
  | 'trialEnds'
  | 'accessUntil'
  | 'pausesOn'
  | 'resumesOn'
  | 'endedOn'
  | 'seats'
  | 'units';

/** One line of what there is to know. */
export interface PlanFact {
  readonly name: FactName;
  readonly label: string;
  readonly value: string;
}

/** What the customer should hear of. */
export interface PlanNotice {
  /** `pastDueEnded`: a payment is missing, and there is no access any more. */
  readonly kind: 'trialEnds' | 'pastDue' | 'pastDueEnded' | 'canceled';
  readonly text: string;
  readonly more: string | undefined;
}

/** A subscription in words. Days are ISO 8601 text. */
export interface PlanView {
  /** The plan's name; empty where it is not known. */
  readonly name: string;
  /** Polar's word, but `ending` while it is canceled and runs on, and `canceled` once it has ended. */
  readonly status: string;
  readonly word: string;
  /** `bad`: it has ended, or gives no access until it is paid. */
  readonly tone: 'good' | 'warning' | 'bad';
  readonly facts: readonly PlanFact[];
  /** What changes at the end of the period. */
  readonly change: string | undefined;
  /** When it ends if it is, or was, canceled; absent where it ends at once, or has. */
  readonly endsAt: string | undefined;
  /** Until when there is access then; absent where there is none now. */
  readonly until: string | undefined;
  readonly canCancel: boolean;
  /** Whether a cancellation or a pause can be taken back. */
  readonly canResume: boolean;
  readonly canChange: boolean;
  readonly notice: PlanNotice | undefined;
}

/** `state` says until when there is access; `products` the name of a plan to come, and whether usage is billed on top. */
export function planView(
  { words: all, money, date, number, count, per, fill }: Texts,
  one: CustomerSubscription,
  state?: CustomerEntitlements | undefined,
  products?: ProductList | undefined,
): PlanView {
  const words = all.subscription;
  const { amount, currency, currentPeriodEnd, resumesAt } = one;
  // The access that this subscription gives; another one, or a purchase, may give the plan.
  const access = state?.subscriptionId === one.id ? state.access : undefined;
  const hasEnded = one.endedAt !== undefined || one.status === 'canceled' || access?.reason === 'ended';
  const is = (...statuses: string[]) => !hasEnded && statuses.includes(one.status);
  const owes = is('past_due', 'unpaid');
  const isPaused = is('paused');
  const isRunning = is('active', 'trialing', 'past_due');
  const isEnding = isRunning && one.cancelAtPeriodEnd;
  const willPause = isRunning && !isEnding && one.pauseAtPeriodEnd === true;
  const isGood = is('active', 'trialing') && !isEnding;

  const endsAt = isRunning ? (one.endsAt ?? currentPeriodEnd) : undefined;
  const isOpen = access ? access.allowed : !owes;
  const until = endsAt && isOpen ? (access?.until ?? endsAt) : undefined;
  const hasNone = owes && state?.access.allowed === false;

  const product = (id: string) => products?.items.find(({ productId }) => productId === id);
  const own = product(one.productId);
  const price = money(amount, currency);

  const pending = isRunning && !isEnding ? one.pendingUpdate : undefined;
  const day = pending ? date(pending.appliesAt) : '';
  const plan = pending?.productId && (product(pending.productId)?.name ?? '');
  const changes = [
    plan !== undefined && fill(plan ? words.changesOn : words.changes, { date: day, plan }),
    pending?.seats !== undefined && count(words.seatsFrom, pending.seats, { date: day }),
    pending?.units !== undefined && count(words.unitsFrom, pending.units, { date: day }),
  ].filter(Boolean);

  const trialEnd = is('trialing') && !isEnding ? (one.trialEnd ?? currentPeriodEnd) : undefined;
  const nextAt = isGood ? (willPause ? resumesAt : (trialEnd ?? currentPeriodEnd)) : undefined;
  // What a plan to come costs, or usage until then, is not known here.
  const isKnown = !changes.length && !own?.quotes?.some((quote) => quote.isMetered && quote.currency === currency);
  const nextCharge = (day: string) =>
    isKnown ? amount > 0 && fill(words.nextChargeOn, { amount: price, date: day }) : day;
  const values = {
    price: fill(words.per, { amount: price, interval: per(one.recurringInterval, one.recurringIntervalCount) }),
    nextCharge: nextAt && nextCharge(date(nextAt)),
    trialEnds: trialEnd && date(trialEnd),
    accessUntil: (isEnding || owes) && until && date(until),
    pausesOn: willPause && date(currentPeriodEnd),
    resumesOn: (willPause || isPaused) && resumesAt && date(resumesAt),
    endedOn: hasEnded && date(one.endedAt ?? one.endsAt ?? currentPeriodEnd),
    seats: one.seats !== undefined && number(one.seats),
    units: one.units !== undefined && number(one.units),
  } satisfies Record<FactName, string | false | undefined>;

  const notice = (kind: PlanNotice['kind'], text: string, more?: string | false): PlanNotice => ({
    kind,
    text,
    more: more || undefined,
  });
  const findNotice = () => {
    const { pastDue, pastDueMore, pastDueEnded, canceled, trialEnds, trialEndsMore } = all.notice;
    if (hasNone) return notice('pastDueEnded', pastDue, pastDueEnded);
    if (owes) return notice('pastDue', pastDue, until && fill(pastDueMore, { date: date(until) }));
    if (isEnding && endsAt) return notice('canceled', fill(canceled, { date: date(endsAt) }));
    if (!trialEnd) return undefined;
    const isCharged = amount > 0 && isKnown && !willPause;
    return notice(
      'trialEnds',
      fill(trialEnds, { date: date(trialEnd) }),
      isCharged && fill(trialEndsMore, { amount: price }),
    );
  };

  const status = hasEnded ? 'canceled' : isEnding ? 'ending' : one.status;
  const word = (words as Record<string, unknown>)[status];
  const isBad = hasEnded || hasNone || is('unpaid', 'incomplete_expired');
  return {
    name: one.productName ?? own?.name ?? '',
    status,
    word: fill(typeof word === 'string' ? word : status, { date: endsAt ? date(endsAt) : '' }),
    tone: isGood ? 'good' : isBad ? 'bad' : 'warning',
    facts: Object.entries(values).flatMap(([key, value]) => {
      const name = key as FactName;
      return value ? { name, label: words[name], value } : [];
    }),
    change: changes.join(' · ') || undefined,
    endsAt,
    until,
    canCancel: isPaused || (isRunning && !isEnding),
    canResume: isPaused || isEnding || willPause,
    // Without a day to go on, Polar does not say when the next payment would be.
    canChange: isRunning && !isEnding && !(willPause && !resumesAt),
    notice: findNotice(),
  };
}
