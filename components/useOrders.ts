'use client';
// What was charged, as React state.
import type { CustomerOrders, ListOptions } from '../js/index.js';
import type { PolarSource } from './context.js';
import { type QueryResult, useQuery } from './useQuery.js';

/** One page of orders, the newest first; give its `nextCursor` as `cursor` for the page that follows. */
export function useOrders({ client, polar, ...asked }: ListOptions & PolarSource = {}): QueryResult<CustomerOrders> {
  return useQuery({ client, polar }, 'listOrders', asked);
}
