'use client';
// How components find the client: by their own `polar` or `client` prop, else from the nearest PolarProvider.
import { createContext, useContext } from 'react';
import { type PlintoClientLike, type PolarClient, PolarError, type WithPolar } from '../js/index.js';
import type { InitialState } from '../js/initial-state.js';

/** Says which client to use; one of the two, or neither below a PolarProvider. */
export interface PolarSource {
  /** A Plinto client on which the plugin is installed. */
  client?: (PlintoClientLike & { polar?: PolarClient | undefined }) | undefined;
  /** A client of its own, from `createPolarClient`; wins over `client`. */
  polar?: PolarClient | undefined;
}

/** What a PolarProvider gives. */
export const PolarContext = createContext<PolarSource & { initialState?: InitialState | undefined }>({});

/**
 * The Plinto client of the nearest PolarProvider, with `polar` on it: the plugin that was installed last. Where providers have
 * plugins of their own, `usePolar` gives theirs. Throws CONFIGURATION_INVALID when there is none.
 */
export function usePlintoClient<Client extends PlintoClientLike = PlintoClientLike>(): WithPolar<Client> {
  const { client } = useContext(PolarContext);
  return (client?.polar ? client : missing('a Plinto client')) as WithPolar<Client>;
}

/** The billing client: of `source`, else of the nearest PolarProvider. Throws CONFIGURATION_INVALID when there is none. */
export function usePolar(source: PolarSource = {}): PolarClient {
  const nearest = useContext(PolarContext);
  return source.polar ?? source.client?.polar ?? nearest.polar ?? missing('a client');
}

/** What the first render begins with. */
export function useInitialState(): InitialState | undefined {
  return useContext(PolarContext).initialState;
}

function missing(what: string): never {
  throw new PolarError({
    code: 'CONFIGURATION_INVALID',
    family: 'caller',
    message: `${what} is missing. Put <PolarProvider client={client} plugin={createPolarPlugin()}> above this component, or pass it a client with the plugin.`,
  });
}
