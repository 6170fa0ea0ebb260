'use client';
// What the signed-in user or an organization may use now, as React state.
import type { CustomerEntitlements } from '../js/index.js';
import { usePolar } from './context.js';
import { useConfirmation } from './useConfirmation.js';
import { type QueryResult, type SubjectSource, useQuery } from './useQuery.js';

export interface CustomerState extends QueryResult<CustomerEntitlements> {
  /** Whether a checkout, a portal visit or a change is being awaited: what is shown may be about to change. */
  readonly isConfirming: boolean;
}

/** The plan's access, tier and status, and each feature's and each meter's answer. */
export function useCustomerState({ organizationId, ...source }: SubjectSource = {}): CustomerState {
  const isConfirming = useConfirmation(usePolar(source), organizationId).state === 'confirming';
  return { ...useQuery(source, 'getCustomerState', { organizationId }), isConfirming };
}
