'use client';
// The subscription that a page is about, as React state.
import { useCallback } from 'react';
import type { CustomerSubscription } from '../js/index.js';
import { runningSubscription } from '../js/subscription.js';
import { useCustomerState } from './useCustomerState.js';
import { type QueryResult, type SubjectSource, useQuery } from './useQuery.js';

export interface SubscriptionResult extends QueryResult<CustomerSubscription> {
  /** The newest ones, running or ended, 20 at most. */
  readonly subscriptions: readonly CustomerSubscription[];
  /** Whether a checkout, a portal visit or a change is being awaited: what is shown may be about to change. */
  readonly isConfirming: boolean;
}

const NONE: readonly CustomerSubscription[] = [];

/** `data` is the subscription that gives the plan, else the newest that has not ended; absent where there is none. */
export function useSubscription({ organizationId, ...source }: SubjectSource = {}): SubscriptionResult {
  const state = useCustomerState({ organizationId, ...source });
  const list = useQuery(source, 'listSubscriptions', { organizationId });
  const subscriptions = list.data?.items ?? NONE;
  const [refetchState, refetchList] = [state.refetch, list.refetch];
  const refetch = useCallback(async () => {
    await Promise.all([refetchState(), refetchList()]);
  }, [refetchState, refetchList]);
  return {
    data: state.data && list.data && runningSubscription(state.data, subscriptions),
    subscriptions,
    error: state.error ?? list.error,
    isLoading: state.isLoading || list.isLoading,
    isFetching: state.isFetching || list.isFetching,
    isSignedOut: state.isSignedOut,
    isConfirming: state.isConfirming,
    refetch,
  };
}
