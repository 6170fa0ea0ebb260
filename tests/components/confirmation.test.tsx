// What a page knows after a checkout, a portal visit or a change: it asks until the server has it, and says so.
import { PolarCustomerPortal, useCheckout, useCustomerState } from '@plinto/polar/react';
import { act, fireEvent, render, renderHook, screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Account, FREE, STATE } from '../js/support/account.ts';
import { eventually } from '../js/support/eventually.ts';
import { CHECKOUT, ORGANIZATION, PRODUCT, refusal } from '../js/support/gateway.ts';
import { ADA, BOB, tokenOf } from '../js/support/people.ts';
import { PlainApp } from './support/app.tsx';
import { assign, client, gateway, renewPolar, setStage } from './support/stage.ts';

const CHECKOUT_ID = CHECKOUT.body.checkout_id;

let account: Account;

setStage();
beforeEach(() => {
  account = new Account(gateway);
  account.bodies['/customer/state'] = FREE;
  client.signIn(ADA);
  sessionStorage.clear();
});

const wrapper = PlainApp;
const both = (checkoutId?: string) =>
  renderHook(() => ({ checkout: useCheckout({ checkoutId }), customer: useCustomerState() }), { wrapper });
/** The page is left for Polar's, and shown again by the back button. */
const comeBack = () =>
  act(async () => {
    for (const type of ['pagehide', 'pageshow'])
      window.dispatchEvent(Object.assign(new Event(type), { persisted: true }));
  });
const pay = () => {
  account.checkout = 'succeeded';
  account.bodies['/customer/state'] = STATE;
};

describe('a buyer who comes from a paid checkout', () => {
  it('sees at once that it is being confirmed, then the plan, and then that it is confirmed', async () => {
    const seen: string[] = [];
    const { result } = renderHook(
      () => {
        const [checkout, customer] = [useCheckout({ checkoutId: CHECKOUT_ID }), useCustomerState()];
        seen.push(`${checkout.state} ${customer.data?.tier} ${customer.isConfirming}`);
        return checkout;
      },
      { wrapper },
    );
    expect(result.current.state).toBe('confirming');
    await eventually(() => expect(account.asked(`/checkout/${CHECKOUT_ID}`)).toBe(1));
    account.checkout = 'confirmed';
    await eventually(() => expect(account.asked(`/checkout/${CHECKOUT_ID}`)).toBe(2));
    expect(result.current.state).toBe('confirming');
    pay();
    await waitFor(() => expect(result.current.state).toBe('confirmed'));

    expect([...new Set(seen)]).toEqual([
      'confirming undefined false',
      'confirming undefined true',
      'confirming pro true',
      'confirmed pro false',
    ]);
    act(() => result.current.dismiss());
    expect(result.current.state).toBe('idle');
  });

  it.each(['failed', 'expired'])('sees that it %s', async (status) => {
    account.checkout = status;

    const { result } = both(CHECKOUT_ID);
    await waitFor(() => expect(result.current.checkout.state).toBe('failed'));
  });

  it('sees why it cannot be known, and may ask again', async () => {
    gateway.answer(refusal(403, 'ROLE_NOT_ALLOWED'));
    const { result } = both(CHECKOUT_ID);
    await waitFor(() => expect(result.current.checkout.state).toBe('failed'));
    expect(result.current.checkout.error?.code).toBe('ROLE_NOT_ALLOWED');

    account = new Account(gateway);
    pay();
    act(() => result.current.checkout.retry());

    await waitFor(() => expect(result.current.checkout.state).toBe('confirmed'));
  });

  it('sees that it is late after 30 seconds, and that nothing more is asked', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const { result } = both(CHECKOUT_ID);
    await eventually(() => expect(account.asked(`/checkout/${CHECKOUT_ID}`)).toBe(1));

    await act(() => vi.advanceTimersByTimeAsync(29_000));
    expect(result.current.checkout.state).toBe('confirming');
    await act(() => vi.advanceTimersByTimeAsync(1_000));
    expect(result.current.checkout.state).toBe('late');
    const asked = account.asked(`/checkout/${CHECKOUT_ID}`);
    await act(() => vi.advanceTimersByTimeAsync(60_000));

    expect(asked).toBeLessThanOrEqual(9);
    expect(account.asked(`/checkout/${CHECKOUT_ID}`)).toBe(asked);
  });

  it('is told once, however often the page shows it', async () => {
    pay();
    const { result, unmount } = both(CHECKOUT_ID);
    await waitFor(() => expect(result.current.checkout.state).toBe('confirmed'));
    act(() => result.current.checkout.dismiss());
    unmount();

    const again = both(CHECKOUT_ID);
    await waitFor(() => expect(again.result.current.customer.data).toBeDefined());

    expect(again.result.current.checkout.state).toBe('idle');
    expect(account.asked(`/checkout/${CHECKOUT_ID}`)).toBe(1);
  });

  it('is told although the page changed its components meanwhile', async () => {
    const { result, unmount } = both(CHECKOUT_ID);
    await eventually(() => expect(account.asked(`/checkout/${CHECKOUT_ID}`)).toBe(1));
    expect(result.current.checkout.state).toBe('confirming');
    unmount();
    await act(async () => {});
    pay();

    const again = both();

    await waitFor(() => expect(again.result.current.checkout.state).toBe('confirmed'));
  });

  it('is told after signing in, where the session had ended meanwhile', async () => {
    pay();
    const ada = client.token;
    client.token = '';
    const { result } = both(CHECKOUT_ID);
    await waitFor(() => expect(result.current.customer.isSignedOut).toBe(true));
    expect(result.current.checkout.state).toBe('idle');
    client.token = ada;

    await act(async () => void window.dispatchEvent(new Event('focus')));

    await waitFor(() => expect(result.current.checkout.state).toBe('confirmed'));
  });

  it('is told nothing of what somebody else paid', async () => {
    const { result } = both(CHECKOUT_ID);
    await eventually(() => expect(account.asked(`/checkout/${CHECKOUT_ID}`)).toBe(1));
    gateway.answer('hang');
    client.token = tokenOf(BOB);

    await act(async () => void window.dispatchEvent(new Event('focus')));

    expect(result.current.customer.isConfirming).toBe(false);
    expect(result.current.customer.data).toBeUndefined();
    expect(result.current.checkout.state).toBe('idle');
  });

  it('leaves nothing of it to the next user', async () => {
    pay();
    const { result } = both(CHECKOUT_ID);
    await waitFor(() => expect(result.current.checkout.state).toBe('confirmed'));
    client.token = tokenOf(BOB);

    await act(async () => void window.dispatchEvent(new Event('focus')));

    expect(result.current.checkout.state).toBe('idle');
  });
});

describe('a buyer who comes back by the back button', () => {
  /** Opens a checkout from the page and leaves. */
  async function leave() {
    const hook = both();
    await waitFor(() => expect(hook.result.current.customer.data).toBeDefined());
    await act(() => hook.result.current.checkout.open({ productId: PRODUCT }));
    expect(assign).toHaveBeenCalledOnce();
    expect(hook.result.current.checkout.state).toBe('opening');
    return hook;
  }

  it('sees what they have paid for', async () => {
    const { result } = await leave();
    pay();

    await comeBack();
    await waitFor(() => expect(result.current.checkout.state).toBe('confirmed'));

    expect(result.current.customer.data?.tier).toBe('pro');
    expect(sessionStorage).toHaveLength(0);
  });

  it('sees nothing of a checkout that they left unpaid', async () => {
    const { result } = await leave();

    await comeBack();
    await eventually(() => expect(account.asked(`/checkout/${CHECKOUT_ID}`)).toBe(1));

    expect(result.current.checkout.state).toBe('idle');
    expect(result.current.customer.isConfirming).toBe(false);
  });

  it('is told nothing when they are somebody else', async () => {
    const { result } = await leave();
    pay();
    client.token = tokenOf(BOB);

    await comeBack();
    await waitFor(() => expect(result.current.customer.data).toBeDefined());

    expect(result.current.checkout.state).toBe('idle');
    expect(account.asked(`/checkout/${CHECKOUT_ID}`)).toBe(0);
  });

  it('is known by a new page of the same tab as well', async () => {
    const { unmount } = await leave();
    unmount();
    vi.spyOn(performance, 'timeOrigin', 'get').mockReturnValue(performance.timeOrigin + 1);
    renewPolar();
    pay();

    const { result } = both();

    await waitFor(() => expect(result.current.checkout.state).toBe('confirmed'));
  });

  it('is not known by the page that is about to leave', async () => {
    await leave();

    const { result } = both();
    await act(() => new Promise((resolve) => setTimeout(resolve, 50)));

    expect(result.current.customer.isConfirming).toBe(false);
    expect(account.asked(`/checkout/${CHECKOUT_ID}`)).toBe(0);
  });

  it('is told of the organization that they bought for, and of no other', async () => {
    const hook = renderHook(() => useCheckout({ organizationId: ORGANIZATION }), { wrapper });
    const other = renderHook(() => useCheckout(), { wrapper });
    await act(() => hook.result.current.open({ productId: PRODUCT }));
    pay();

    await comeBack();
    await waitFor(() => expect(hook.result.current.state).toBe('confirmed'));

    expect(other.result.current.state).toBe('idle');
    expect(account.subjects(`/checkout/${CHECKOUT_ID}`)).toEqual([`${ADA} ${ORGANIZATION}`]);
  });
});

describe('a customer who comes back from the portal', () => {
  function Page() {
    const { data, isConfirming } = useCustomerState();
    return (
      <>
        <PolarCustomerPortal />
        <p role="status">{`${data?.tier ?? 'free'} ${isConfirming ? 'confirming' : 'known'}`}</p>
      </>
    );
  }
  const text = () => screen.getByRole('status').textContent;
  async function visit() {
    render(<Page />, { wrapper });
    await eventually(() => expect(account.asked('/customer/state')).toBe(1));
    fireEvent.click(screen.getByRole('button'));
    await eventually(() => expect(assign).toHaveBeenCalled());
    await comeBack();
  }

  it('sees the change when the server has it', async () => {
    await visit();
    expect(text()).toBe('free confirming');

    account.bodies['/customer/state'] = STATE;
    await waitFor(() => expect(text()).toBe('pro known'));

    expect(sessionStorage).toHaveLength(0);
  });

  it('sees within ten seconds that nothing has changed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    await visit();
    expect(text()).toBe('free confirming');

    await act(() => vi.advanceTimersByTimeAsync(10_000));

    expect(text()).toBe('free known');
  });
});

describe('useCheckout', () => {
  it('says why a checkout could not be opened', async () => {
    gateway.answer(refusal(422, 'PRODUCT_UNKNOWN'));
    const { result } = renderHook(() => useCheckout(), { wrapper });

    await act(() => result.current.open({ productId: PRODUCT }));

    expect(result.current).toMatchObject({ state: 'idle', error: { code: 'PRODUCT_UNKNOWN' } });
  });

  it('opens nothing for a page that is left', async () => {
    let answer = () => {};
    gateway.answer(async () => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return CHECKOUT;
    });
    const { result, unmount } = renderHook(() => useCheckout(), { wrapper });
    const opened = result.current.open({ productId: PRODUCT });
    await gateway.arrived();

    unmount();
    answer();
    await opened;

    expect(assign).not.toHaveBeenCalled();
  });
});
