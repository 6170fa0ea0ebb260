'use client';
// Opens a session at Polar and leaves the page, for the one who asked for it, while they are there.
import { useCallback, useState } from 'react';
import { asPolarError } from '../js/errors.js';
import type { CallOptions, PolarClient, PolarError } from '../js/index.js';
import { useUnderWay, useVisit } from './useVisit.js';

type State = { name: 'idle' | 'pending'; error?: undefined } | { name: 'error'; error: PolarError };

const IDLE: State = { name: 'idle' };

/** `open` gets a signal that aborts when the component goes, or somebody else or another organization comes. */
export function useRedirect(polar: PolarClient, organizationId: string | undefined) {
  const visit = useVisit(polar, organizationId);
  // State is one render late, which a double click outruns.
  const running = useUnderWay(visit);
  const [last, setLast] = useState<{ state: State; visit: string }>({ state: IDLE, visit });

  /** Resolves with the error, if it is still one of this component. */
  const start = useCallback(
    async (open: (call: CallOptions) => Promise<void>): Promise<PolarError | undefined> => {
      if (running.current) return undefined;
      const current = new AbortController();
      running.current = current;
      setLast({ state: { name: 'pending' }, visit });
      try {
        await open({ signal: current.signal });
        // Pending until the browser has left: a click in between would open a second session.
        return undefined;
      } catch (caught) {
        if (running.current !== current) return undefined;
        const error = asPolarError(caught);
        running.current = undefined;
        setLast({ state: { name: 'error', error }, visit });
        return error;
      }
    },
    [running, visit],
  );

  return { state: last.visit === visit ? last.state : IDLE, running, start };
}
