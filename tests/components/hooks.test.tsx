// The hooks, over the real client and core, against a real server.
import { createPolarPlugin, type PolarClient, type PolarPlugin } from '@plinto/polar';
import { PolarProvider, useCustomerData, usePlintoClient, usePolar } from '@plinto/polar/react';
import { act, renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { renderToString } from 'react-dom/server';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DATA, ORGANIZATION, OTHER_ORGANIZATION, refusal } from '../js/support/gateway.ts';
import { PlainApp } from './support/app.tsx';
import { gateway, polar, setStage } from './support/stage.ts';

const provided = ({ children }: { children: ReactNode }) => <PolarProvider polar={polar}>{children}</PolarProvider>;
const empty = { status: 200, body: { subscriptions: [], benefits: [], orders: [] } };

setStage({ token: 'token' });
beforeEach(() => void gateway.answer(DATA));

describe('useCustomerData', () => {
  it('loads, then has the data', async () => {
    const { result } = renderHook(() => useCustomerData({ organizationId: ORGANIZATION }), { wrapper: provided });

    expect(result.current).toMatchObject({ data: undefined, error: undefined, isLoading: true });
    await waitFor(() => expect(result.current.isLoading).toBe(false));

    expect(result.current.error).toBeUndefined();
    expect(result.current.data?.subscriptions).toMatchObject([{ status: 'active', productName: 'Pro' }]);
    expect(gateway.asked).toMatchObject([{ query: { organization_id: ORGANIZATION } }]);
  });

  it('asks the server once in StrictMode', async () => {
    const { result } = renderHook(() => useCustomerData(), { wrapper: PlainApp });
    await waitFor(() => expect(result.current.data).toBeDefined());

    expect(gateway.asked).toHaveLength(1);
  });

  it('keeps the old data while it is fetched anew, and when that fails', async () => {
    gateway.answer(DATA, refusal(403, 'ORGANIZATION_ACCESS_DENIED'), empty);
    const { result } = renderHook(() => useCustomerData(), { wrapper: provided });
    await waitFor(() => expect(result.current.data).toBeDefined());
    const { data } = result.current;

    await act(() => result.current.refetch());
    expect(result.current).toMatchObject({ isLoading: false, error: { code: 'ORGANIZATION_ACCESS_DENIED' } });
    expect(result.current.data).toBe(data);
    await act(() => result.current.refetch());

    expect(result.current).toMatchObject({ isLoading: false, error: undefined, data: { subscriptions: [] } });
  });

  it('shows the data of the organization that is asked for now, not of the one before', async () => {
    gateway.answer('hang', empty);
    const { result, rerender } = renderHook(({ organizationId }) => useCustomerData({ organizationId, polar }), {
      initialProps: { organizationId: ORGANIZATION },
    });
    await gateway.arrived(1);

    rerender({ organizationId: OTHER_ORGANIZATION });
    await waitFor(() => expect(result.current.data).toEqual(empty.body));

    expect(result.current).toMatchObject({ error: undefined, isLoading: false });
    expect(gateway.asked.map(({ query }) => query.organization_id)).toEqual([ORGANIZATION, OTHER_ORGANIZATION]);
  });

  it('has a stable refetch', async () => {
    const { result, rerender } = renderHook(() => useCustomerData(), { wrapper: provided });
    await waitFor(() => expect(result.current.isLoading).toBe(false));
    const { refetch } = result.current;

    rerender();

    expect(result.current.refetch).toBe(refetch);
    expect(gateway.asked).toHaveLength(1);
  });

  it('asks nothing while it is rendered on a server', () => {
    const asked = vi.spyOn(polar, 'getCustomerData');
    const Plan = () => <p>{useCustomerData().isLoading ? 'loading' : 'loaded'}</p>;

    expect(renderToString(provided({ children: <Plan /> }))).toBe('<p>loading</p>');
    expect(asked).not.toHaveBeenCalled();
  });
});

describe('usePlintoClient and usePolar', () => {
  it('give the Plinto client with polar on it', () => {
    const client = { getAccessToken: async () => null, getConfig: () => ({ baseURL: gateway.url }), tenant: 'acme' };
    const plugin = createPolarPlugin();
    const wrapper = ({ children }: { children: ReactNode }) => (
      <PolarProvider client={client} plugin={plugin}>
        {children}
      </PolarProvider>
    );

    const { result } = renderHook(() => ({ plinto: usePlintoClient<typeof client>(), polar: usePolar() }), { wrapper });

    expect(result.current.plinto).toBe(client);
    expect(result.current.plinto.tenant).toBe('acme');
    expect(result.current.polar satisfies PolarClient).toBe(result.current.plinto.polar satisfies PolarPlugin);
  });

  it('say what is missing', () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});

    expect(() => renderHook(() => usePlintoClient())).toThrow('usePlintoClient() has no Plinto client.');
    expect(() => renderHook(() => usePolar())).toThrow('usePolar() has no client.');
  });
});
