'use client';
// What was used, as React state.
import type { UsageSummary, UsageSummaryOptions } from '../js/index.js';
import type { PolarSource } from './context.js';
import { type QueryResult, useQuery } from './useQuery.js';

/** Sums by event and day: of the current month, unless the options say otherwise. Give `from` and `to` as days, not as now. */
export function useUsage({
  client,
  polar,
  ...asked
}: UsageSummaryOptions & PolarSource = {}): QueryResult<UsageSummary> {
  return useQuery({ client, polar }, 'getUsageSummary', asked);
}
