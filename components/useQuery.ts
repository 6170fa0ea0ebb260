'use client';
// One read of the server as React state, shared by all components that show it.
import { useCallback, useState, useSyncExternalStore } from 'react';
import { askedOf, initialSnapshot } from '../js/initial-state.js';
import { Pace } from '../js/pace.js';
import type { DataOf, InputOf, ReadName } from '../js/reads.js';
import type { Snapshot } from '../js/snapshot.js';
import { watch } from '../js/store.js';
import { type PolarSource, useInitialState, usePolar } from './context.js';

/** What the hooks that read give. */
export interface QueryResult<Data> extends Snapshot<Data> {
  /** Fetches anew, in place of a fetch that is under way. Resolves when the state is settled; never rejects. */
  readonly refetch: () => Promise<void>;
}

/** Where the client comes from, and whom the question is about. */
export interface SubjectSource extends PolarSource {
  /** The organization. Default: the client's `organizationId`, else the signed-in user. */
  organizationId?: string | undefined;
}

/** Asks once, however many components show the answer, and again when somebody else signs in or the page is returned to. */
export function useQuery<Name extends ReadName>(
  source: PolarSource,
  read: Name,
  input: InputOf<Name>,
): QueryResult<DataOf<Name>> {
  const polar = usePolar(source);
  const initial = useInitialState();
  const query = watch(polar, read, input, initial);
  const [pace] = useState(() => new Pace());
  const subscribe = useCallback((listener: () => void) => pace.subscribe(query, listener), [pace, query]);
  const getServerSnapshot = () => initialSnapshot(initial, read, askedOf(polar, read, input));
  const snapshot = useSyncExternalStore(subscribe, query.getSnapshot, getServerSnapshot);
  return { ...snapshot, refetch: query.refetch };
}
