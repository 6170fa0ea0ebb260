'use client';
// Does something at the server for the one who asked for it, while they are there.
import { useCallback, useState } from 'react';
import { asPolarError } from '../js/errors.js';
import type { CallOptions, PolarClient, PolarError } from '../js/index.js';
import { useUnderWay, useVisit } from './useVisit.js';

/** Where an action stands. */
export type ActionState =
  | { readonly name: 'idle' | 'pending'; readonly error?: undefined }
  | { readonly name: 'error'; readonly error: PolarError };

const IDLE: ActionState = { name: 'idle' };

/** One action at a time. `run` gets a signal that aborts when the component goes, or somebody else or another organization comes. */
export function useAction(polar: PolarClient, organizationId: string | undefined) {
  const visit = useVisit(polar, organizationId);
  // State is one render late, which a double click outruns.
  const running = useUnderWay(visit);
  const [last, setLast] = useState<{ state: ActionState; visit: string }>({ state: IDLE, visit });

  /**
   * Resolves with the error, if it is still one of this component. `leaves`: the browser leaves the page, and the state stays
   * pending until it has, since a click in between would do it a second time.
   */
  const start = useCallback(
    async (run: (call: CallOptions) => Promise<unknown>, leaves = false): Promise<PolarError | undefined> => {
      if (running.current) return undefined;
      const current = new AbortController();
      const { session } = polar;
      const begun = session.visit;
      // Who is there is known a moment before it is rendered.
      const isOver = () => running.current !== current || session.visit !== begun;
      running.current = current;
      setLast({ state: { name: 'pending' }, visit });
      let state: ActionState = IDLE;
      try {
        await run({ signal: current.signal });
        if (leaves) return undefined;
      } catch (caught) {
        state = { name: 'error', error: asPolarError(caught) };
      }
      if (isOver()) return undefined;
      running.current = undefined;
      setLast({ state, visit });
      return state.error;
    },
    [running, visit, polar],
  );

  return { state: last.visit === visit ? last.state : IDLE, running, start };
}
