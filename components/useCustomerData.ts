'use client';
// What the signed-in user or an organization has bought, as React state.
import { useCallback, useEffect, useRef, useState } from 'react';
import { asPolarError } from '../js/errors.js';
import type { CustomerPortalData, PolarError } from '../js/index.js';
import { type PolarSource, usePolar } from './context.js';

export interface UseCustomerDataOptions extends PolarSource {
  /** The organization. Default: the client's `organizationId`, else the signed-in user. */
  organizationId?: string | undefined;
}

export interface UseCustomerData {
  /** The last data that arrived; kept while it is fetched anew and when that fails. */
  data: CustomerPortalData | undefined;
  /** Why the last fetch failed, until one succeeds. */
  error: PolarError | undefined;
  /** Whether a fetch is under way; true on the server and at the first render. */
  isLoading: boolean;
  /** Fetches anew, in place of a fetch that is under way. Resolves when the state is settled; never rejects. */
  refetch: () => Promise<void>;
}

type State = Omit<UseCustomerData, 'refetch'>;

const START: State = { data: undefined, error: undefined, isLoading: true };

/** Fetches subscriptions, benefits and orders when mounted, and when the client or organization changes. Never on the server. */
export function useCustomerData(options: UseCustomerDataOptions = {}): UseCustomerData {
  const polar = usePolar(options);
  const { organizationId } = options;
  const [state, setState] = useState(START);
  const running = useRef<AbortController>(undefined);

  const refetch = useCallback(async () => {
    running.current?.abort();
    const current = new AbortController();
    running.current = current;
    // Only the latest fetch may speak; an earlier one was of another subject, or of an unmounted component.
    const settle = (change: (before: State) => State) => running.current === current && setState(change);
    settle((before) => ({ ...before, isLoading: true }));
    try {
      const data = await polar.getCustomerData({ organizationId }, { signal: current.signal });
      settle(() => ({ data, error: undefined, isLoading: false }));
    } catch (caught) {
      settle((before) => ({ ...before, error: asPolarError(caught), isLoading: false }));
    }
  }, [polar, organizationId]);

  useEffect(() => {
    setState(START);
    void refetch();
    return () => {
      running.current?.abort();
      running.current = undefined;
    };
  }, [refetch]);

  return { ...state, refetch };
}
