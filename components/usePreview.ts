'use client';
// What a change of the subscription would cost, as React state.
import { useMemo, useSyncExternalStore } from 'react';
import type { ChangeOptions, ChangePreview, PolarClient } from '../js/index.js';
import { LOADING } from '../js/snapshot.js';
import { Query } from '../js/store.js';
import type { QueryResult } from './useQuery.js';

const nobody = () => () => {};

/**
 * Asks once for the same `options` (the same object), and again when the page is returned to: what is left of a period becomes
 * less. Without `id`, nothing.
 */
export function usePreview(
  polar: PolarClient,
  id: string | undefined,
  options: ChangeOptions,
  isHeld: boolean,
): QueryResult<ChangePreview> {
  const query = useMemo(
    () => new Query(polar.session, (call) => polar.previewSubscription(id ?? '', options, call), false),
    [polar, id, options],
  );
  const subscribe = id && !isHeld ? query.subscribe : nobody;
  const snapshot = useSyncExternalStore(subscribe, query.getSnapshot, () => LOADING);
  return { ...snapshot, refetch: query.refetch };
}
