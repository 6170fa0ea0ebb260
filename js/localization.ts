// The texts of the components, in English, and the shape that another language has to fill: a text that is missing there is an
// error of the compiler. Plain JSON, so that a server component can hand it to the page. `{name}` is filled in.

/** A text by the number in it, after `Intl.PluralRules` of its language; `{count}` is the number. */
export interface Plural {
  readonly zero?: string;
  readonly one?: string;
  readonly two?: string;
  readonly few?: string;
  readonly many?: string;
  readonly other: string;
}

/** English, complete. Your own language: `{ ...ENGLISH, locale: 'es', … } satisfies Localization`. */
export const ENGLISH = {
  /** BCP 47: how amounts, dates and plurals are written. */
  locale: 'en-US',
  common: {
    retry: 'Try again',
    loading: 'Loading…',
    close: 'Close',
    back: 'Back',
    signedOut: 'Sign in to see this.',
    failed: 'This could not be loaded.',
  },
  interval: {
    day: { one: 'per day', other: 'every {count} days' },
    week: { one: 'per week', other: 'every {count} weeks' },
    month: { one: 'per month', other: 'every {count} months' },
    year: { one: 'per year', other: 'every {count} years' },
  },
  duration: {
    day: { one: '{count} day', other: '{count} days' },
    week: { one: '{count} week', other: '{count} weeks' },
    month: { one: '{count} month', other: '{count} months' },
    year: { one: '{count} year', other: '{count} years' },
  },
  pricing: {
    title: 'Plans',
    intervals: 'Billing interval',
    currencies: 'Currency',
    day: 'Daily',
    week: 'Weekly',
    month: 'Monthly',
    year: 'Yearly',
    once: 'One time',
    saving: 'Save {percent}',
    free: 'Free',
    from: 'From {amount}',
    payWhatYouWant: 'Pay what you want',
    plusUsage: 'plus usage',
    perSeat: '{amount} per seat',
    perUnit: '{amount} per unit',
    upTo: '{amount} each, up to {last}',
    above: '{amount} each from {first}',
    metered: '{amount} per unit of {meter}',
    capped: 'at most {amount}',
    seats: { one: '{count} seat', other: '{count} seats' },
    units: { one: '{count} unit', other: '{count} units' },
    fewerSeats: 'Fewer seats',
    moreSeats: 'More seats',
    trial: '{duration} free trial',
    highlighted: 'Recommended',
    current: 'Current plan',
    scheduled: 'Starts on {date}',
    subscribe: 'Subscribe',
    buy: 'Buy',
    startTrial: 'Start free trial',
    upgrade: 'Upgrade',
    downgrade: 'Downgrade',
    switch: 'Switch',
    empty: 'Nothing is for sale.',
    tax: 'Taxes are added at checkout.',
  },
  checkout: {
    opening: 'Loading...',
    dialog: 'Checkout',
    confirming: 'Confirming your payment',
    confirmingMore: 'This takes a few seconds.',
    confirmed: 'Payment received',
    confirmedMore: 'Your plan is active.',
    late: 'Your payment is not confirmed yet',
    lateMore: 'There is no need to pay again: the plan turns on by itself as soon as the payment arrives.',
    failed: 'The payment did not go through',
    failedMore: 'You were not charged.',
    again: 'Check again',
    done: 'Continue',
  },
  portal: {
    manage: 'Manage Subscription',
    title: 'Billing',
    description: 'Invoices, payment methods and your subscription, at our payment provider.',
    card: '{brand} ending in {last4}',
    expires: 'expires {date}',
    noMethod: 'No payment method is saved.',
    method: 'Payment method',
  },
  subscription: {
    title: 'Your plan',
    none: 'You have no plan.',
    active: 'Active',
    trialing: 'Trial',
    past_due: 'Payment due',
    unpaid: 'Unpaid',
    paused: 'Paused',
    canceled: 'Ended',
    incomplete: 'Incomplete',
    ending: 'Ends on {date}',
    price: 'Price',
    nextCharge: 'Next charge',
    nextChargeOn: '{amount} on {date}',
    trialEnds: 'Trial ends',
    accessUntil: 'Access until',
    pausesOn: 'Pauses on',
    resumesOn: 'Resumes on',
    endedOn: 'Ended on',
    seats: 'Seats',
    units: 'Units',
    changesOn: 'Changes on {date} to {plan}',
    seatsFrom: { one: '{count} seat from {date}', other: '{count} seats from {date}' },
    resume: 'Keep my plan',
    resumePaused: 'Resume now',
  },
  change: {
    title: 'Change plan',
    to: 'New plan',
    now: 'Due now',
    credited: 'Credited to your balance',
    next: 'Next payment',
    nextOn: '{amount} on {date}',
    credit: 'Unused time on {plan}',
    charge: '{plan}, remaining time',
    estimate: 'An estimate before tax.',
    appliesOn: 'The change takes effect on {date}.',
    confirm: 'Change to {plan}',
    cancel: 'Not now',
    done: 'Your plan is changed.',
  },
  cancel: {
    open: 'Cancel plan',
    title: 'Cancel your plan?',
    until: 'You keep access until {date}.',
    now: 'Your access ends at once.',
    reason: 'Why are you leaving?',
    reasons: {
      customer_service: 'Customer service',
      low_quality: 'Quality is not what I expected',
      missing_features: 'Features are missing',
      switched_service: 'I use something else',
      too_complex: 'Too complicated',
      too_expensive: 'Too expensive',
      unused: 'I do not use it enough',
      other: 'Another reason',
    },
    comment: 'Anything else? (optional)',
    keep: 'Keep plan',
    confirm: 'Cancel plan',
    done: 'Your plan ends on {date}.',
    undo: 'Keep my plan after all',
  },
  orders: {
    title: 'Invoices',
    empty: 'Nothing was charged yet.',
    purchase: 'Purchase',
    subscription_create: 'First payment',
    subscription_cycle: 'Renewal',
    subscription_update: 'Plan change',
    subscription_meter_cycle: 'Usage',
    draft: 'Draft',
    pending: 'Payment due',
    paid: 'Paid',
    refunded: 'Refunded',
    partially_refunded: 'Partly refunded',
    void: 'Void',
    refund: '{amount} refunded',
    invoice: 'Invoice',
    newer: 'Newer',
    older: 'Older',
  },
  notice: {
    trialEnds: 'Your trial ends on {date}.',
    trialEndsMore: 'You will be charged {amount} then.',
    pastDue: 'Your last payment failed.',
    pastDueMore: 'You keep access until {date}. Update your payment method to stay on {plan}.',
    pastDueEnded: 'Your access is paused until it is paid.',
    canceled: 'Your plan ends on {date}.',
    pay: 'Update payment method',
  },
  paywall: {
    title: '{feature} is not in your plan',
    titlePlan: 'This needs a plan',
    description: 'Choose a plan to go on.',
  },
} as const;

type Widened<Texts> = {
  readonly [Name in keyof Texts]: Texts[Name] extends string
    ? string
    : Texts[Name] extends { readonly one: string }
      ? Plural
      : Widened<Texts[Name]>;
};

/** All texts of the components, in one language. */
export type Localization = Widened<typeof ENGLISH>;
