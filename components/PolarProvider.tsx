'use client';
// Gives the components and hooks below it their client.
import { type ReactNode, useEffect, useMemo } from 'react';
import type { createPolarPlugin } from '../js/index.js';
import type { InitialState } from '../js/initial-state.js';
import type { Localization } from '../js/localization.js';
import { PolarContext, type PolarSource } from './context.js';

export interface PolarProviderProps extends PolarSource {
  /** Installed on `client`. Another one, as `useMemo` makes it for another organization, takes its place. */
  plugin?: ReturnType<typeof createPolarPlugin> | undefined;
  /** What the server has fetched (`loadInitialState`): the first render shows it, and the page begins with it. */
  initialState?: InitialState | undefined;
  /** The components' texts. Default: English (`ENGLISH`). */
  localization?: Localization | undefined;
  /** Whose days are meant, an IANA name such as `Europe/Paris`. Default `UTC`, the same on a server and in the page. */
  timeZone?: string | undefined;
  children?: ReactNode;
}

/** Gives the components and hooks below it their client. Renders nothing of its own. */
export function PolarProvider(props: PolarProviderProps) {
  const { client, polar, plugin, initialState, localization, timeZone, children } = props;
  const source = useMemo(() => {
    const found = polar ?? (client && plugin?.install(client)) ?? client?.polar;
    return { client, polar: found, initialState, localization, timeZone };
  }, [client, polar, plugin, initialState, localization, timeZone]);
  // Who is signed in stays known while a page changes its components.
  useEffect(() => source.polar?.session.subscribe(() => {}), [source]);
  return <PolarContext.Provider value={source}>{children}</PolarContext.Provider>;
}
