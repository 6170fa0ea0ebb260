'use client';
// Whether a feature or a tier may be used, as React state.
import type { AccessDecision, AccessOptions } from '../js/index.js';
import type { PolarSource } from './context.js';
import { type QueryResult, useQuery } from './useQuery.js';

export interface AccessResult extends QueryResult<AccessDecision> {
  /** True once the server has said yes, and never before. Guards what is shown, not data: the server does that. */
  readonly isAllowed: boolean;
}

/** Asks for `feature`, for `tier`, or with neither for any plan. */
export function useAccess({ client, polar, ...asked }: AccessOptions & PolarSource = {}): AccessResult {
  const result = useQuery({ client, polar }, 'getAccess', asked);
  return { ...result, isAllowed: result.data?.allowed === true };
}
