'use client';
// How components find the client: by their own `polar` or `client` prop, else from the nearest PolarProvider.
import { createContext, useContext } from 'react';
import type { PlintoClientLike, PolarClient, WithPolar } from '../js/index.js';
import type { InitialState } from '../js/initial-state.js';
import type { Localization } from '../js/localization.js';
import { configurationError } from './configuration-error.js';

/** Says which client to use; one of the two, or neither below a PolarProvider. */
export interface PolarSource {
  /** A Plinto client on which the plugin is installed. */
  client?: (PlintoClientLike & { polar?: PolarClient | undefined }) | undefined;
  /** A client of its own, from `createPolarClient`; wins over `client`. */
  polar?: PolarClient | undefined;
}

interface Provided extends PolarSource {
  initialState?: InitialState | undefined;
  localization?: Localization | undefined;
  timeZone?: string | undefined;
}

/** What a PolarProvider gives. */
export const PolarContext = createContext<Provided>({});

/**
 * The Plinto client of the nearest PolarProvider, with `polar` on it: the plugin that was installed last. Where providers have
 * plugins of their own, `usePolar` gives theirs. Throws CONFIGURATION_INVALID when there is none.
 */
export function usePlintoClient<Client extends PlintoClientLike = PlintoClientLike>(): WithPolar<Client> {
  const { client } = useContext(PolarContext);
  return (client?.polar ? client : missing('usePlintoClient()', 'Plinto client')) as WithPolar<Client>;
}

/**
 * The billing client: of `source`, else of the nearest PolarProvider. Throws CONFIGURATION_INVALID when there is none, in the
 * name of `component`.
 */
export function usePolar(source: PolarSource = {}, component = 'usePolar()'): PolarClient {
  const nearest = useContext(PolarContext);
  return source.polar ?? source.client?.polar ?? nearest.polar ?? missing(component, 'client');
}

/** What the first render begins with. */
export function useInitialState(): InitialState | undefined {
  return useContext(PolarContext).initialState;
}

function missing(component: string, what: string): never {
  throw configurationError(
    `${component} has no ${what}. Put <PolarProvider client={client} plugin={createPolarPlugin()}> above it.`,
  );
}
