// The same requests as subscription_requests.cpp, made by Polar's own client.
import { type Calls, external, filter, id, metadata, other, time } from './official-values.ts';

export const subscriptionCalls: Calls = {
  'subscriptions:list (minimal)': (polar) => polar.subscriptions.list(),
  'subscriptions:list (full)': (polar) =>
    polar.subscriptions.list({
      product_id: [id, other],
      customer_id: [id],
      external_customer_id: [external],
      discount_id: [id],
      active: true,
      status: ['active', 'past_due'],
      cancel_at_period_end: false,
      customer_cancellation_reason: ['too_expensive'],
      canceled_at_after: time,
      canceled_at_before: time,
      started_after: time,
      started_before: time,
      page: 2,
      limit: 100,
      sorting: ['-started_at', 'status'],
      metadata: filter,
    }),
  'subscriptions:get (minimal)': (polar) => polar.subscriptions.get(id),
  'subscriptions:update (cancel)': (polar) => polar.subscriptions.update(id, { cancel_at_period_end: true }),
  'subscriptions:update (cancel with reason)': (polar) =>
    polar.subscriptions.update(id, {
      cancel_at_period_end: true,
      customer_cancellation_reason: 'unused',
      customer_cancellation_comment: 'Bye.',
    }),
  'subscriptions:update (uncancel)': (polar) => polar.subscriptions.update(id, { cancel_at_period_end: false }),
  'subscriptions:update (revoke)': (polar) =>
    polar.subscriptions.update(id, { revoke: true, customer_cancellation_reason: 'other' }),
  'subscriptions:update (product)': (polar) =>
    polar.subscriptions.update(id, { product_id: other, proration_behavior: 'prorate' }),
  'subscriptions:update (discount)': (polar) => polar.subscriptions.update(id, { discount_id: other }),
  'subscriptions:update (no discount)': (polar) => polar.subscriptions.update(id, { discount_id: null }),
  'subscriptions:update (trial end)': (polar) => polar.subscriptions.update(id, { trial_end: 'now' }),
  'subscriptions:update (metadata)': (polar) => polar.subscriptions.update(id, { metadata }),
  'subscriptions:update (seats)': (polar) =>
    polar.subscriptions.update(id, { seats: 5, proration_behavior: 'invoice' }),
  'subscriptions:update (units)': (polar) =>
    polar.subscriptions.update(id, { units: 7, proration_behavior: 'next_period' }),
  'subscriptions:update (period end)': (polar) => polar.subscriptions.update(id, { current_billing_period_end: time }),
  'subscriptions:update (pause)': (polar) =>
    polar.subscriptions.update(id, { pause_at_period_end: true, resumes_at: time }),
  'subscriptions:update (no pause)': (polar) => polar.subscriptions.update(id, { pause_at_period_end: false }),
  'subscriptions:update (resume)': (polar) => polar.subscriptions.update(id, { resume: true }),
  'subscriptions:update (clear pending)': (polar) => polar.subscriptions.update(id, { pending_update: null }),
  'subscriptions:revoke (minimal)': (polar) => polar.subscriptions.revoke(id),
};
