// The hooks that read, over the real client against a real server: shared, kept, and begun with what a server rendered.
import { loadInitialState } from '@plinto/polar';
import {
  useAccess,
  useCheckout,
  useCustomerState,
  useOrders,
  useProducts,
  useSubscription,
  useUsage,
} from '@plinto/polar/react';
import { act, render, renderHook, screen, waitFor } from '@testing-library/react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Account, FREE, STATE, SUBSCRIPTION } from '../js/support/account.ts';
import { eventually } from '../js/support/eventually.ts';
import { DATA, ORGANIZATION, PRODUCT, refusal } from '../js/support/gateway.ts';
import { ADA, BOB, tokenOf } from '../js/support/people.ts';
import { PlainApp } from './support/app.tsx';
import { client, gateway, polar, renewPolar, setStage } from './support/stage.ts';

let account: Account;

setStage({ stopClock: true });
beforeEach(() => {
  account = new Account(gateway);
  client.signIn(ADA);
});

const wrapper = PlainApp;
const focus = () => act(async () => void window.dispatchEvent(new Event('focus')));

describe('hooks', () => {
  it('ask once, however many show the answer', async () => {
    function Page() {
      const { data } = useSubscription();
      const again = useSubscription();
      const state = useCustomerState();
      return <p role="status">{[data?.productName, again.data?.status, state.data?.tier].join(' ')}</p>;
    }
    render(<Page />, { wrapper });
    await waitFor(() => expect(screen.getByRole('status').textContent).toBe('Pro active pro'));

    expect(account.asked('/customer/state')).toBe(1);
    expect(account.asked('/customer/subscriptions')).toBe(1);
  });

  it('show at once what another component has, and ask no more', async () => {
    const first = renderHook(() => useCustomerState(), { wrapper });
    await waitFor(() => expect(first.result.current.data).toBeDefined());

    const second = renderHook(() => useCustomerState(), { wrapper });

    expect(second.result.current.data).toBe(first.result.current.data);
    expect(account.asked('/customer/state')).toBe(1);
  });

  it('ask for each organization by itself', async () => {
    const { result } = renderHook(
      () => [useCustomerState(), useCustomerState({ organizationId: ORGANIZATION })] as const,
      { wrapper },
    );
    await waitFor(() => expect(result.current.every(({ data }) => data !== undefined)).toBe(true));

    expect(account.subjects('/customer/state').sort()).toEqual([ADA, `${ADA} ${ORGANIZATION}`].sort());
  });

  it('keep the data while it is fetched anew, and the very same where nothing changed', async () => {
    const { result } = renderHook(() => useCustomerState(), { wrapper });
    await waitFor(() => expect(result.current.data).toBeDefined());
    const { data } = result.current;

    let refetched: Promise<void> = Promise.resolve();
    act(() => {
      refetched = result.current.refetch();
    });
    expect(result.current).toMatchObject({ isFetching: true, isLoading: false });
    expect(result.current.data).toBe(data);
    await act(() => refetched);
    expect(result.current.data).toBe(data);
    account.bodies['/customer/state'] = FREE;
    await act(() => result.current.refetch());

    expect(result.current.data).toMatchObject({ access: { allowed: false } });
    expect(account.asked('/customer/state')).toBe(3);
  });

  it('ask anew for what a call has changed while nobody showed it', async () => {
    const before = renderHook(() => useOrders(), { wrapper });
    await waitFor(() => expect(before.result.current.data).toBeDefined());
    before.unmount();
    await polar.cancelSubscription(SUBSCRIPTION.id);
    account.bodies['/customer/orders'] = { items: [], next_cursor: null };

    const after = renderHook(() => useOrders(), { wrapper });

    await waitFor(() => expect(after.result.current.data?.items).toEqual([]));
    expect(account.asked('/customer/orders')).toBe(2);
  });

  it('give functions and empty lists that are the same at each render', async () => {
    account.bodies['/customer/subscriptions'] = { items: [] };
    const hook = () => [useCustomerState(), useSubscription(), useCheckout({ organizationId: ORGANIZATION })] as const;
    const { result, rerender } = renderHook(hook, { wrapper });
    const [state, { refetch, subscriptions }, { open, retry, dismiss }] = result.current;
    await waitFor(() => expect(result.current[1].isLoading).toBe(false));

    rerender();

    expect(result.current[0].refetch).toBe(state.refetch);
    expect(result.current[1].refetch).toBe(refetch);
    expect(subscriptions).toEqual([]);
    expect(result.current[2]).toMatchObject({ open, retry, dismiss });
  });

  it('give a request up that nobody waits for', async () => {
    gateway.answer('hang');
    const { unmount } = renderHook(() => useCustomerState(), { wrapper });
    await gateway.arrived();

    unmount();

    await eventually(() => expect(gateway.aborted).toBe(1));
  });
});

describe('useSubscription', () => {
  const ended = { ...SUBSCRIPTION, id: 'ended', ended_at: '2026-11-21T06:00:00Z' };
  const unpaid = { ...SUBSCRIPTION, id: 'unpaid', status: 'unpaid' };

  it.each([
    ['the one that gives the plan', STATE, [ended, unpaid, SUBSCRIPTION], SUBSCRIPTION.id],
    ['without a plan, the newest that has not ended', FREE, [ended, unpaid, SUBSCRIPTION], 'unpaid'],
    ['none where all have ended', FREE, [ended], undefined],
  ])('is about %s', async (_, state, items, id) => {
    account.bodies['/customer/state'] = state;
    account.bodies['/customer/subscriptions'] = { items };
    const { result } = renderHook(() => useSubscription(), { wrapper });
    await waitFor(() => expect(result.current.isLoading).toBe(false));

    expect(result.current.data?.id).toBe(id);
    expect(result.current.subscriptions).toHaveLength(items.length);
  });

  it('is new after a call has changed it, and says that it is about to be', async () => {
    const { result } = renderHook(() => useSubscription(), { wrapper });
    await waitFor(() => expect(result.current.data).toBeDefined());
    const canceled = { ...SUBSCRIPTION, cancel_at_period_end: true };
    account.bodies['/customer/subscriptions'] = { items: [canceled] };

    await act(() => polar.cancelSubscription(SUBSCRIPTION.id));
    expect(result.current).toMatchObject({ isConfirming: true, data: { cancelAtPeriodEnd: false } });
    await waitFor(() => expect(result.current.isConfirming).toBe(false));

    expect(result.current.data?.cancelAtPeriodEnd).toBe(true);
  });
});

describe('useAccess', () => {
  it('says yes when the server has, and never before', async () => {
    const said: boolean[] = [];
    const { result } = renderHook(
      () => {
        const access = useAccess({ feature: 'export', organizationId: ORGANIZATION });
        said.push(access.isAllowed);
        return access;
      },
      { wrapper },
    );
    expect(said.every((yes) => !yes)).toBe(true);
    await waitFor(() => expect(result.current.isAllowed).toBe(true));

    expect(gateway.asked.at(-1)?.query).toEqual({ feature: 'export', organization_id: ORGANIZATION });
  });

  it.each([
    ['the server says no', { status: 200, body: { allowed: false, reason: 'not_in_plan' } }],
    ['the server cannot say', refusal(403, 'ORGANIZATION_ACCESS_DENIED')],
  ])('says no when %s', async (_, answer) => {
    gateway.answer(answer);
    const { result } = renderHook(() => useAccess({ tier: 'pro' }), { wrapper });
    await waitFor(() => expect(result.current.isLoading).toBe(false));

    expect(result.current.isAllowed).toBe(false);
  });

  it('says no while nobody is signed in, and asks nothing', async () => {
    client.token = null;
    const { result } = renderHook(() => useAccess(), { wrapper });
    await waitFor(() => expect(result.current.isSignedOut).toBe(true));

    expect(result.current).toMatchObject({ isAllowed: false, isLoading: false });
    expect(gateway.asked).toEqual([]);
  });
});

describe('useProducts', () => {
  it('needs nobody to be signed in, and stays when somebody leaves', async () => {
    const { result } = renderHook(() => useProducts(), { wrapper });
    await waitFor(() => expect(result.current.data?.items).toMatchObject([{ productId: PRODUCT, slug: 'pro' }]));

    client.token = null;
    await focus();
    await focus();

    expect(result.current).toMatchObject({ isSignedOut: false, data: { items: [{ slug: 'pro' }] } });
    expect(account.asked('/products')).toBe(1);
  });
});

describe('useOrders and useUsage', () => {
  it('take the options of their calls', async () => {
    const { result } = renderHook(
      () => [useOrders({ limit: 5, cursor: 'c' }), useUsage({ by: 'month', eventName: 'api_call' })] as const,
      { wrapper },
    );
    await waitFor(() => expect(result.current.every(({ data }) => data !== undefined)).toBe(true));

    expect(result.current[0].data?.items).toMatchObject([{ totalAmount: DATA.body.orders[0]?.total_amount }]);
    expect(gateway.asked.map(({ query }) => query)).toEqual(
      expect.arrayContaining([
        { limit: '5', cursor: 'c' },
        { by: 'month', event_name: 'api_call' },
      ]),
    );
  });
});

describe('options that are others at each render', () => {
  it('are asked about a bounded number of times', async () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
    let time = 0;
    renderHook(() => useUsage({ from: new Date(++time).toISOString() }), { wrapper });

    await eventually(() => expect(warned).toHaveBeenCalled());

    expect(gateway.asked.length).toBeLessThanOrEqual(11);
  });
});

describe('a page that a server has rendered', () => {
  function Page() {
    const { data, isLoading, isSignedOut } = useSubscription();
    const { data: products } = useProducts();
    const plan = isSignedOut ? 'signed out' : isLoading ? 'loading' : data?.productName;
    return (
      <p role="status">
        {plan}, {products?.items.length ?? 'no'} products
      </p>
    );
  }
  const questions = [['getCustomerState'], ['listSubscriptions'], ['listProducts']] as const;
  const page = (initialState: Awaited<ReturnType<typeof loadInitialState>> | undefined) => (
    <PlainApp initialState={initialState}>
      <Page />
    </PlainApp>
  );
  const text = () => screen.getByRole('status').textContent;

  /** Renders on a server, and takes over in the page with what came over the wire. */
  async function hydrate(initialState: Parameters<typeof page>[0]) {
    const html = renderToString(page(initialState));
    const wired = initialState && JSON.parse(JSON.stringify(initialState));
    const complained = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn')];
    const root = document.createElement('div');
    root.innerHTML = html;
    document.body.append(root);
    const shown: string[] = [];
    const observer = new MutationObserver(() => shown.push(root.innerHTML));
    observer.observe(root, { subtree: true, childList: true, characterData: true });
    // The page's own client, which knows nobody yet.
    renewPolar();
    const hydrated = await act(async () => hydrateRoot(root, page(wired)));
    for (const complaint of complained) expect(complaint).not.toHaveBeenCalled();
    const leave = () => {
      act(() => hydrated.unmount());
      root.remove();
    };
    return { html, shown, leave };
  }

  it('begins with what the server has fetched, and asks nothing again', async () => {
    const initialState = await loadInitialState(polar, questions);
    gateway.forget();

    const { html, shown, leave } = await hydrate(initialState);

    expect(initialState.user).toBe(ADA);
    expect(html).toContain('Pro<!-- -->, <!-- -->1<!-- --> products');
    expect(text()).toBe('Pro, 1 products');
    expect(shown).toEqual([]);
    expect(gateway.asked).toEqual([]);
    leave();
  });

  it('is asked for in the page where the server fetched nothing', async () => {
    const { html, leave } = await hydrate(undefined);

    expect(html).toContain('loading');
    await waitFor(() => expect(text()).toBe('Pro, 1 products'));
    leave();
  });

  it('drops what was fetched for somebody else', async () => {
    const initialState = await loadInitialState(polar, questions);
    gateway.answer('hang');
    client.token = tokenOf(BOB);

    const { leave } = await hydrate(initialState);

    expect(text()).toBe('loading, 1 products');
    // What is asked for Bob now, beside the three questions of before.
    await gateway.arrived(5);
    leave();
  });

  it('begins signed out where the server knew nobody', async () => {
    client.token = null;
    const initialState = await loadInitialState(polar, questions);
    expect(account.asked('/customer/state')).toBe(0);

    const { html, leave } = await hydrate(initialState);

    expect(html).toContain('signed out');
    expect(text()).toBe('signed out, 1 products');
    leave();
  });

  it('asks again for what the server could not fetch', async () => {
    account.bodies['/customer/subscriptions'] = undefined;
    const initialState = await loadInitialState(polar, questions);
    account.bodies['/customer/subscriptions'] = { items: [SUBSCRIPTION] };

    const { html, leave } = await hydrate(initialState);

    expect(html).toContain('loading');
    await waitFor(() => expect(text()).toBe('Pro, 1 products'));
    expect(account.asked('/customer/state')).toBe(1);
    leave();
  });

  it('shows one request nothing of another, on a server with one client for all', async () => {
    const ofAda = await loadInitialState(polar, questions);
    const html = renderToString(page(ofAda));
    client.token = tokenOf(BOB);

    expect(html).toContain('Pro');
    expect(renderToString(page(undefined))).toContain('loading');
    account.bodies['/customer/subscriptions'] = { items: [] };
    account.bodies['/customer/state'] = FREE;
    expect(renderToString(page(await loadInitialState(polar, questions)))).not.toContain('Pro');
  });
});
