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
  const { id, amount, currency, currentPeriodEnd, resumesAt } = one;
  // The access that this subscription gives; another one, or a purchase, may give the plan.
  const access = state?.subscriptionId === id ? state.access : undefined;
  const hasEnded = one.endedAt !== undefined || one.status === 'canceled' || access?.reason === 'ended';
  const is = (...statuses: string[]) => !hasEnded && statuses.includes(one.status);
  const owes = is('past_due', 'unpaid');
  const isPaused = is('paused');
  const isRunning = is('active', 'trialing', 'past_due');
  const isEnding = isRunning && one.cancelAtPeriodEnd;
  const goesOn = isRunning && !isEnding;
  const willPause = goesOn && one.pauseAtPeriodEnd === true;
  const isGood = goesOn && !owes;
  // An older server does not say it.
  const can = (action: string) => one.actions?.includes(action) ?? true;

  const on = (time: string | false | undefined) => time && date(time);
  const endsAt = isRunning ? (one.endsAt ?? currentPeriodEnd) : undefined;
  const until = endsAt && (access ? access.allowed : !owes) ? (access?.until ?? endsAt) : undefined;
  const hasNone = owes && state?.access.allowed === false;

  const product = (wanted: string) => products?.items.find(({ productId }) => productId === wanted);
  const own = product(one.productId);
  const price = money(amount, currency);

  const pending = goesOn ? one.pendingUpdate : undefined;
  const plan = pending?.productId && product(pending.productId)?.name;
  const day = { date: on(pending?.appliesAt) || '' };
  const change = [
    pending?.productId && fill(plan ? words.changesOn : words.changes, { ...day, plan: plan ?? '' }),
    pending?.seats && count(words.seatsFrom, pending.seats, day),
    pending?.units && count(words.unitsFrom, pending.units, day),
  ]
    .filter(Boolean)
    .join(' · ');

  const trialEnd = goesOn && is('trialing') && (one.trialEnd ?? currentPeriodEnd);
  const nextDay = on(isGood && (willPause ? resumesAt : trialEnd || currentPeriodEnd));
  // What a plan to come costs, or usage until then, is not known here.
  const isKnown = !change && !own?.quotes?.some((quote) => quote.isMetered && quote.currency === currency);
  const nextCharge = isKnown ? amount > 0 && fill(words.nextChargeOn, { amount: price, date: nextDay || '' }) : nextDay;
  const values: Record<FactName, string | number | false | undefined> = {
    price: fill(words.per, { amount: price, interval: per(one.recurringInterval, one.recurringIntervalCount) }),
    nextCharge: nextDay && nextCharge,
    trialEnds: on(trialEnd),
    accessUntil: on((isEnding || owes) && until),
    pausesOn: on(willPause && currentPeriodEnd),
    resumesOn: on((willPause || isPaused) && resumesAt),
    endedOn: on(hasEnded && (one.endedAt ?? one.endsAt ?? currentPeriodEnd)),
    seats: one.seats && number(one.seats),
    units: one.units && number(one.units),
  };

  const { notice } = all;
  const at = (time: string) => ({ date: date(time) });
  const found: [kind: PlanNotice['kind'], text: string, more?: string | false] | undefined = hasNone
    ? ['pastDueEnded', notice.pastDue, notice.pastDueEnded]
    : owes
      ? ['pastDue', notice.pastDue, !!until && fill(notice.pastDueMore, at(until))]
      : isEnding && endsAt
        ? ['canceled', fill(notice.canceled, at(endsAt))]
        : trialEnd
          ? [
              'trialEnds',
              fill(notice.trialEnds, at(trialEnd)),
              amount > 0 && isKnown && !willPause && fill(notice.trialEndsMore, { amount: price }),
            ]
          : undefined;

  const status = hasEnded ? 'canceled' : isEnding ? 'ending' : one.status;
  const word = (words.statuses as Record<string, string>)[status] ?? status;
  return {
    name: one.productName ?? own?.name ?? '',
    status,
    word: endsAt ? fill(word, at(endsAt)) : word,
    tone: isGood ? 'good' : hasEnded || hasNone || is('unpaid', 'incomplete_expired') ? 'bad' : 'warning',
    facts: (Object.keys(values) as FactName[]).flatMap((name) => {
      const value = values[name];
      return value ? { name, label: words[name], value: `${value}` } : [];
    }),
    change: change || undefined,
    endsAt,
    until,
    canCancel: (isPaused || goesOn) && can('cancel'),
    canResume: (isPaused || isEnding || willPause) && can('resume'),
    // Without a day to go on, Polar does not say when the next payment would be.
    canChange: goesOn && !(willPause && !resumesAt) && can('change'),
    notice: found ? { kind: found[0], text: found[1], more: found[2] || undefined } : undefined,
  };
}
