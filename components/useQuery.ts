'use client';
// One read of the server as React state, shared by all components that show it.
import { useCallback, useState, useSyncExternalStore } from 'react';
import { Pace } from '../js/pace.js';
import type { DataOf, InputOf, ReadName } from '../js/reads.js';
import { LOADING, type Snapshot, watch } from '../js/store.js';
import { type PolarSource, usePolar } from './context.js';

/** What the hooks that read give. */
export interface QueryResult<Data> extends Snapshot<Data> {
  /** Fetches anew, in place of a fetch that is under way. Resolves when the state is settled; never rejects. */
  readonly refetch: () => Promise<void>;
}

/** Asks once, however many components show the answer, and again when somebody else signs in or the page is returned to. */
export function useQuery<Name extends ReadName>(
  source: PolarSource,
  read: Name,
  input: InputOf<Name>,
): QueryResult<DataOf<Name>> {
  const polar = usePolar(source);
  const query = watch(polar, read, input);
  const [pace] = useState(() => new Pace());
  const subscribe = useCallback((listener: () => void) => pace.subscribe(query, listener), [pace, query]);
  const snapshot = useSyncExternalStore(subscribe, query.getSnapshot, getServerSnapshot);
  return { ...snapshot, refetch: query.refetch };
}

const getServerSnapshot = () => LOADING;
