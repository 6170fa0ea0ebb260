'use client';
// How components find the client: by their own `polar` or `client` prop, else from the nearest PolarProvider.
import { createContext, type ReactNode, useContext, useEffect, useMemo } from 'react';
import {
  type createPolarPlugin,
  type PlintoClientLike,
  type PolarClient,
  PolarError,
  type WithPolar,
} from '../js/index.js';
import type { InitialState } from '../js/initial-state.js';

/** Says which client to use; one of the two, or neither below a PolarProvider. */
export interface PolarSource {
  /** A Plinto client on which the plugin is installed. */
  client?: (PlintoClientLike & { polar?: PolarClient | undefined }) | undefined;
  /** A client of its own, from `createPolarClient`; wins over `client`. */
  polar?: PolarClient | undefined;
}

export interface PolarProviderProps extends PolarSource {
  /** Installed on `client`. Another one, as `useMemo` makes it for another organization, takes its place. */
  plugin?: ReturnType<typeof createPolarPlugin> | undefined;
  /** What the server has fetched (`loadInitialState`): the first render shows it, and the page begins with it. */
  initialState?: InitialState | undefined;
  children?: ReactNode;
}

const PolarContext = createContext<PolarSource & { initialState?: InitialState | undefined }>({});

/** Gives the components and hooks below it their client. Renders nothing of its own. */
export function PolarProvider({ client, polar, plugin, initialState, children }: PolarProviderProps) {
  const source = useMemo(() => {
    const found = polar ?? (client && plugin?.install(client)) ?? client?.polar;
    return { client, polar: found, initialState };
  }, [client, polar, plugin, initialState]);
  // Who is signed in stays known while a page changes its components.
  useEffect(() => source.polar?.session.subscribe(() => {}), [source]);
  return <PolarContext.Provider value={source}>{children}</PolarContext.Provider>;
}

/** The Plinto client of the nearest PolarProvider, with `polar` on it. Throws CONFIGURATION_INVALID when there is none. */
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
