'use client';
// What a change of the subscription would cost, as React state.
import { useCallback, useMemo, useState, useSyncExternalStore } from 'react';
import type { ChangeOptions, ChangePreview, PolarClient } from '../js/index.js';
import { Pace } from '../js/pace.js';
import { LOADING } from '../js/snapshot.js';
import { Query } from '../js/store.js';
import type { QueryResult } from './useQuery.js';

const nothing = () => {};

/** Asks once for the same question, and again when the page is returned to: what is left of a period becomes less. Not while it `isHeld`. */
export function usePreview(
  polar: PolarClient,
  id: string | undefined,
  { productId, slug, seats, prorationBehavior, organizationId }: ChangeOptions,
  isHeld: boolean,
): QueryResult<ChangePreview> {
  const query = useMemo(() => {
    const options = { productId, slug, seats, prorationBehavior, organizationId };
    return new Query(polar.session, (call) => polar.previewSubscription(id ?? '', options, call), false);
  }, [polar, id, productId, slug, seats, prorationBehavior, organizationId]);
  const [pace] = useState(() => new Pace());
  const isAsked = id !== undefined && !isHeld;
  const subscribe = useCallback(
    (listener: () => void) => (isAsked ? pace.subscribe(query, listener) : nothing),
    [pace, query, isAsked],
  );
  const snapshot = useSyncExternalStore(subscribe, query.getSnapshot, () => LOADING);
  return { ...snapshot, refetch: query.refetch };
}
