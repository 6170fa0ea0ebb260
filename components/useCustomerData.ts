'use client';
// What the signed-in user or an organization has bought, as React state.
import type { CustomerPortalData } from '../js/index.js';
import { type QueryResult, type SubjectSource, useQuery } from './useQuery.js';

/** Subscriptions, benefits and orders. Never fetched on the server. */
export function useCustomerData({ organizationId, ...source }: SubjectSource = {}): QueryResult<CustomerPortalData> {
  return useQuery(source, 'getCustomerData', { organizationId });
}
