'use client';
// What is for sale, as React state.
import type { ProductList } from '../js/index.js';
import type { PolarSource } from './context.js';
import { type QueryResult, useQuery } from './useQuery.js';

/** The price list. Needs nobody to be signed in. */
export function useProducts(source: PolarSource = {}): QueryResult<ProductList> {
  return useQuery(source, 'listProducts', {});
}
