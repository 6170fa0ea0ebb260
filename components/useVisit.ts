'use client';
// For whom a component does something, so that it is not finished for somebody else.
import { useEffect, useLayoutEffect, useRef, useSyncExternalStore } from 'react';
import type { PolarClient } from '../js/index.js';

/** Another text after another user came, the page was restored, or the organization or the server changed. */
export function useVisit({ session, address, organizationId: own }: PolarClient, organizationId = own): string {
  const getVisit = () => session.visit;
  const visit = useSyncExternalStore(session.subscribe, getVisit, getVisit);
  return `${visit} ${address} ${organizationId}`;
}

// A layout effect ends within the commit that removes the component. Servers have none, and React 18 warns of it there.
export const useCommitEffect = typeof document === 'undefined' ? useEffect : useLayoutEffect;

/** What one component has under way for `visit`: aborted when that is another one, or the component is gone. */
export function useUnderWay(visit: string) {
  const running = useRef<AbortController>(undefined);
  useCommitEffect(
    () => () => {
      running.current?.abort();
      running.current = undefined;
    },
    [visit],
  );
  return running;
}
