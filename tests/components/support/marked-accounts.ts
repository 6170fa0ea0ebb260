// What the gateway of session-frames.test.tsx has of two users and two organizations: all of it tells whose it is.
import { STATE, SUBSCRIPTION } from '../../js/support/account.ts';
import { type Asked, DATA, ORGANIZATION, OTHER_ORGANIZATION, subjectOf } from '../../js/support/gateway.ts';
import { ADA, BOB } from '../../js/support/people.ts';

/** A subject, and how to tell what is theirs: by their name, by their year, and by which plan is theirs. */
export interface Mark {
  subject: string;
  year: string;
  plan: string;
}
export const marks: Mark[] = [
  [ADA, ORGANIZATION],
  [ADA, OTHER_ORGANIZATION],
  [BOB, ORGANIZATION],
  [BOB, OTHER_ORGANIZATION],
].map(([user, organization], i) => ({
  subject: `${user} ${organization}`,
  year: `${2101 + i}`,
  plan: `Plan ${i + 1}`,
}));

/** What the gateway has of one subject, path by path. */
export function accountOf(asked: Asked): Record<string, unknown> {
  const subject = subjectOf(asked);
  const mark = marks.findIndex((one) => one.subject === subject);
  const end = `${marks[mark]?.year}-12-22T06:00:00Z`;
  const isEnding = subject.endsWith(ORGANIZATION);
  const access = { allowed: true, reason: 'active', until: end };
  const subscription = {
    ...SUBSCRIPTION,
    product_id: PLANS[mark]?.product_id,
    product_name: subject,
    current_period_end: end,
    ...(isEnding ? { cancel_at_period_end: true, ends_at: end } : { status: 'trialing', trial_end: end }),
  };
  const card = { id: 'pm_1', type: 'card', is_default: true, brand: subject, last4: '4242' };
  const preview = {
    ...{ amount_now: 500, amount_next: 2_000, currency: 'usd', next_at: end, applies_at: end },
    ...{ proration_behavior: 'invoice', is_estimate: true },
    lines: [{ kind: 'charge', amount: 500, product_name: subject, from: end, to: end }],
  };
  return {
    '/customer/data': { ...DATA.body, subscriptions: [subscription] },
    '/customer/state': { ...STATE, access, tier: subject },
    '/customer/subscriptions': { items: [subscription], next_cursor: null },
    '/customer/orders': {
      items: [{ ...DATA.body.orders[0], product_name: subject, created_at: end }],
      next_cursor: null,
    },
    '/payment-methods': { items: [card] },
    '/access': { ...access, tier: subject },
    '/products': { items: PLANS },
    [`/subscriptions/${SUBSCRIPTION.id}/preview`]: preview,
    [`/subscriptions/${SUBSCRIPTION.id}/cancel`]: { ...subscription, cancel_at_period_end: true, ends_at: end },
  };
}

/** The price list is everybody's, so that nothing in it names anybody. */
const PLANS = marks.map(({ plan }, i) => ({
  product_id: `5d0b3cf8-6a5c-4a53-9f0e-7b6a1f0c2d0${i}`,
  slug: `plan-${i + 1}`,
  name: plan,
  features: [],
  is_recurring: true,
  recurring_interval: 'month',
  recurring_interval_count: 1,
  prices: [{ id: `price-${i}`, amount_type: 'fixed', currency: 'usd', amount: 2_000 }],
  quotes: [{ currency: 'usd', amount: 2_000, is_metered: false }],
}));
