'use client';
// What the signed-in user or an organization has bought, as React state.
import type { CustomerPortalData } from '../js/index.js';
import type { PolarSource } from './context.js';
import { type QueryResult, useQuery } from './useQuery.js';

/** Where the client comes from, and whom the question is about. */
export interface SubjectSource extends PolarSource {
  /** The organization. Default: the client's `organizationId`, else the signed-in user. */
  organizationId?: string | undefined;
}

/** Subscriptions, benefits and orders. Never fetched on the server. */
export function useCustomerData({ organizationId, ...source }: SubjectSource = {}): QueryResult<CustomerPortalData> {
  return useQuery(source, 'getCustomerData', { organizationId });
}
