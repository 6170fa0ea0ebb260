// Which of a customer's subscriptions a page is about.
import type { CustomerEntitlements, CustomerSubscription } from './types.js';

/** The one that the server says gives the plan; else the newest one that has not ended, such as one whose payment failed. */
export function runningSubscription(
  state: Pick<CustomerEntitlements, 'subscriptionId'>,
  newestFirst: readonly CustomerSubscription[],
): CustomerSubscription | undefined {
  const byId = newestFirst.find(({ id }) => id === state.subscriptionId);
  return byId ?? newestFirst.find(({ endedAt }) => endedAt === undefined);
}
