// What the chosen subject has bought. After a return from Polar the answer may be a moment behind, because Polar tells
// the server by a webhook: so it is asked for again, for a bounded time.
import type { CustomerPortalData, CustomerSubscription } from '@plinto/polar';
import { useCustomerData } from '@plinto/polar/react';
import { useEffect, useState } from 'react';

/** Where the buyer comes from: a paid checkout must end in a plan; the portal may have changed one. */
export type ReturnedFrom = 'checkout' | 'portal' | null;

export interface Billing {
  data: CustomerPortalData | undefined;
  plan: CustomerSubscription | undefined;
  /** Why there is no data, or why it could not be renewed. */
  problem: string | undefined;
  /** `waiting` while a payment is awaited, `overdue` when it did not come in time. */
  payment: 'settled' | 'waiting' | 'overdue';
  refetch: () => void;
}

const waitForMs = { checkout: 30_000, portal: 10_000 };
const askEveryMs = 1_000;
const entitled = ['active', 'trialing', 'past_due'];

export function useBilling(organizationId: string | undefined, returnedFrom: ReturnedFrom): Billing {
  const { data, error, isLoading, refetch } = useCustomerData({ organizationId });
  const [overdue, setOverdue] = useState(false);
  const plan = data?.subscriptions.find(({ status, endedAt }) => endedAt === undefined && entitled.includes(status));
  const paid = returnedFrom === 'checkout' && data !== undefined && plan === undefined;
  const askAgain = !overdue && !isLoading && (paid || returnedFrom === 'portal');

  useEffect(() => {
    if (returnedFrom === null) return;
    const timer = setTimeout(() => setOverdue(true), waitForMs[returnedFrom]);
    return () => clearTimeout(timer);
  }, [returnedFrom]);

  useEffect(() => {
    if (!askAgain) return;
    const timer = setTimeout(() => void refetch(), askEveryMs);
    return () => clearTimeout(timer);
  }, [askAgain, refetch]);

  return {
    data,
    plan,
    problem: error?.message,
    payment: paid ? (overdue ? 'overdue' : 'waiting') : 'settled',
    refetch: () => void refetch(),
  };
}
