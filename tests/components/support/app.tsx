// The applications around what a component test renders: one with a Plinto client, and one without.
import { createPolarPlugin, type InitialState } from '@plinto/polar';
import { PolarProvider } from '@plinto/polar/react';
import { type ReactNode, StrictMode, useMemo } from 'react';
import { client, polar } from './stage.ts';

/** An application that makes its plugin anew for each organization. */
export function App({ organization, children }: { organization?: string; children?: ReactNode }) {
  const plugin = useMemo(() => createPolarPlugin({ organizationId: organization }), [organization]);
  return (
    <StrictMode>
      <PolarProvider client={client} plugin={plugin}>
        {children}
      </PolarProvider>
    </StrictMode>
  );
}

/** An application without a Plinto client. It may begin with what a server has fetched. */
export function PlainApp({
  initialState,
  children,
}: {
  initialState?: InitialState | undefined;
  children?: ReactNode;
}) {
  return (
    <StrictMode>
      <PolarProvider polar={polar} initialState={initialState}>
        {children}
      </PolarProvider>
    </StrictMode>
  );
}
