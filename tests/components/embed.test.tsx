// The checkout within the page: Polar's page is played by messages from the frame's window.
import { PolarCheckoutButton, type PolarCheckoutButtonProps, useCheckout, useCustomerState } from '@plinto/polar/react';
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { useState } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ENGLISH } from '../../js/localization.ts';
import { Account, FREE, STATE } from '../js/support/account.ts';
import { eventually } from '../js/support/eventually.ts';
import { CHECKOUT, DATA, PRODUCT } from '../js/support/gateway.ts';
import { ADA, BOB, tokenOf } from '../js/support/people.ts';
import { PlainApp } from './support/app.tsx';
import { setDialogs } from './support/dialog.ts';
import { assign, client, gateway, setStage } from './support/stage.ts';

const ORIGIN = 'https://polar.example';
const CHECKOUT_ID = CHECKOUT.body.checkout_id;
const SUCCESS_URL = 'https://app.example/done?customer_session_token=polar_cst_1';

let account: Account;
const onSuccess = vi.fn();
const onClose = vi.fn();
const onError = vi.fn();

setStage();
setDialogs();
beforeEach(() => {
  vi.stubGlobal('location', { href: 'https://app.example/pricing', origin: 'https://app.example', assign });
  account = new Account(gateway);
  account.bodies['/customer/state'] = FREE;
  client.signIn(ADA);
  sessionStorage.clear();
  for (const told of [onSuccess, onClose, onError]) told.mockReset();
});

function Plan() {
  const { data } = useCustomerState();
  const { state } = useCheckout();
  return <output>{`${data?.tier ?? 'free'} ${state}`}</output>;
}

const page = (props: Partial<PolarCheckoutButtonProps> = {}) => (
  <PlainApp>
    <Plan />
    <PolarCheckoutButton
      {...({ productId: PRODUCT, mode: 'embed', onClose, onError, ...props } as PolarCheckoutButtonProps)}
    />
  </PlainApp>
);

const button = () => screen.getByRole<HTMLButtonElement>('button', { name: /Subscribe|Loading/ });
const dialog = () => screen.findByRole<HTMLDialogElement>('dialog');
const frame = () => document.querySelector('iframe') as HTMLIFrameElement;
const isGone = () => waitFor(() => expect(document.querySelector('dialog')).toBeNull());

/** Opens the dialog by a click on the button, which had the focus. */
async function open(props?: Partial<PolarCheckoutButtonProps>) {
  const rendered = render(page(props));
  button().focus();
  fireEvent.click(button());
  await dialog();
  return rendered;
}

/** A message as Polar's page sends it. */
function say(event: string, more: object = {}, from: Partial<MessageEventInit> = {}) {
  const data = { type: 'POLAR_CHECKOUT', event, ...more };
  return act(async () => {
    window.dispatchEvent(
      new MessageEvent('message', { source: frame()?.contentWindow ?? null, origin: ORIGIN, data, ...from }),
    );
  });
}

const paid = () => {
  account.checkout = 'succeeded';
  account.bodies['/customer/state'] = STATE;
};

describe('the dialog', () => {
  it("shows Polar's page for this one, and is named", async () => {
    await open({ theme: 'dark', nonce: 'r4nd0m' });

    expect((await dialog()).getAttribute('aria-label')).toBe('Checkout');
    expect((await dialog()).getAttribute('aria-modal')).toBe('true');
    expect(frame().title).toBe('Checkout');
    expect(frame().src).toBe(
      `${CHECKOUT.body.checkout_url}?embed=true&embed_origin=https%3A%2F%2Fapp.example&theme=dark`,
    );
    expect(frame().allow).toContain(`payment 'self' ${ORIGIN}`);
    expect((await dialog()).querySelector('style')?.getAttribute('nonce')).toBe('r4nd0m');
    expect(account.asked('/checkout')).toBe(1);
    const sold = gateway.asked.find(({ path }) => path.endsWith('/checkout'));
    expect(sold?.body).toEqual({ product_id: PRODUCT, embed_origin: 'https://app.example' });
    expect(assign).not.toHaveBeenCalled();
  });

  it('says in English what the localization says in English', async () => {
    await open();

    expect((await dialog()).textContent).toContain(`${ENGLISH.common.loading}${ENGLISH.common.close}`);
    expect((await dialog()).getAttribute('aria-label')).toBe(ENGLISH.checkout.dialog);
  });

  it('says that it loads until it does, and keeps the button busy meanwhile', async () => {
    await open();
    expect((await dialog()).dataset.state).toBe('loading');
    expect((await dialog()).querySelector('[role="status"]')?.hasAttribute('hidden')).toBe(false);

    await say('loaded');

    expect((await dialog()).dataset.state).toBe('loaded');
    expect((await dialog()).querySelector('[role="status"]')?.hasAttribute('hidden')).toBe(true);
    expect(document.activeElement).toBe(frame());
    expect(button().getAttribute('aria-busy')).toBe('true');
    fireEvent.click(button());
    expect(document.querySelectorAll('dialog')).toHaveLength(1);
  });

  it.each([
    ["Polar's page says so", () => say('close')],
    ['of Escape', async () => void fireEvent.keyDown(await dialog(), { key: 'Escape' })],
    ['of the close button', async () => void fireEvent.click(await screen.findByRole('button', { name: 'Close' }))],
    ['the browser closes it', async () => void fireEvent(await dialog(), new Event('cancel', { cancelable: true }))],
  ])('closes because %s: the focus is back, nothing is left, and the button works again', async (_, close) => {
    await open();
    await say('loaded');

    await act(close);
    await isGone();

    expect(onClose).toHaveBeenCalledOnce();
    expect(document.activeElement).toBe(button());
    expect(document.querySelector('body style, head style')).toBeNull();
    await waitFor(() => expect(button().dataset.state).toBe('idle'));
    fireEvent.click(button());
    await dialog();
    expect(account.asked('/checkout')).toBe(2);
  });

  it.each([
    ['another window', { source: window }],
    ['another origin', { origin: 'https://evil.example' }],
    ['another protocol', { data: { type: 'POLAR_PAYMENT_METHOD', event: 'close' } }],
    ['nobody knows what', { data: null }],
  ])('takes no message of %s', async (_, from) => {
    await open();
    await say('loaded');

    await say('close', {}, from);
    await say('success', { redirect: true, successURL: 'https://evil.example' }, from);

    expect((await dialog()).dataset.state).toBe('loaded');
    expect(assign).not.toHaveBeenCalled();
  });

  it('does not close once the payment is sent off, until it is declined', async () => {
    await open();
    await say('loaded');
    await say('confirmed');

    await say('close');
    fireEvent.keyDown(await dialog(), { key: 'Escape' });
    fireEvent(await dialog(), new Event('close'));
    expect((await dialog()).open).toBe(true);
    await say('loaded');
    await say('close');

    await isGone();
    expect(onClose).toHaveBeenCalledOnce();
  });

  it('does not lock the buyer in for a payment that is not heard of any more', async () => {
    await open();
    await say('loaded');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await say('confirmed');

    await act(() => vi.advanceTimersByTimeAsync(30_000));
    await say('close');

    expect(document.querySelector('dialog')).toBeNull();
  });
});

describe('what was bought', () => {
  const order = { ...DATA.body.orders[0], created_at: '2026-11-22T06:00:00Z' };

  it('is told once the server knows it, with its order, and the page shows it', async () => {
    account.bodies['/customer/orders'] = { items: [order], next_cursor: null };
    await open({ onSuccess });
    await say('loaded');
    await say('confirmed');
    paid();

    await say('success', { successURL: SUCCESS_URL, redirect: true });
    await waitFor(() => expect(onSuccess).toHaveBeenCalledOnce());

    expect(onSuccess.mock.lastCall?.[0]).toMatchObject({
      checkoutId: CHECKOUT_ID,
      successUrl: SUCCESS_URL,
      redirect: true,
      checkout: { status: 'succeeded' },
      order: { id: order.id },
    });
    expect(document.querySelector('dialog')).toBeNull();
    expect(onClose).not.toHaveBeenCalled();
    await waitFor(() => expect(screen.getByRole('status').textContent).toBe('pro confirmed'));
    await waitFor(() => expect(button().dataset.state).toBe('idle'));
    expect(assign).not.toHaveBeenCalled();
    expect(sessionStorage).toHaveLength(0);
  });

  it.each([
    ['of before', { ...order, created_at: '2026-11-20T06:00:00Z' }],
    ['of another product', { ...order, product_id: CHECKOUT_ID }],
  ])('is told without an order %s', async (_, other) => {
    account.bodies['/customer/orders'] = { items: [other], next_cursor: null };
    await open({ onSuccess });
    paid();

    await say('success', { successURL: SUCCESS_URL, redirect: true });
    await waitFor(() => expect(onSuccess).toHaveBeenCalledOnce());

    expect(onSuccess.mock.lastCall?.[0].order).toBeUndefined();
  });

  it('is asked for until the server knows it', async () => {
    await open({ onSuccess });
    account.checkout = 'confirmed';
    await say('success', { successURL: SUCCESS_URL, redirect: true });
    await waitFor(() => expect(account.asked(`/checkout/${CHECKOUT_ID}`)).toBeGreaterThan(1));
    expect(onSuccess).not.toHaveBeenCalled();

    paid();

    await waitFor(() => expect(onSuccess).toHaveBeenCalledOnce());
  });

  it('is told to the next page where nobody here listens: the browser goes to the success URL', async () => {
    await open();
    await say('loaded');
    await say('confirmed');

    await say('success', { successURL: SUCCESS_URL, redirect: true });

    expect(assign).toHaveBeenCalledExactlyOnceWith(SUCCESS_URL);
    expect(button().dataset.state).toBe('pending');
    expect(JSON.parse(sessionStorage.getItem('plinto_polar_left') ?? '')).toMatchObject({ checkoutId: CHECKOUT_ID });
  });

  it('goes to no success URL that is a script', async () => {
    await open();

    await say('success', { successURL: 'javascript:alert(1)', redirect: true });

    expect(assign).not.toHaveBeenCalled();
  });

  it("stays with Polar's thanks where the seller has no success URL", async () => {
    await open({ onSuccess });
    await say('loaded');
    paid();

    await say('success', { successURL: `${ORIGIN}/checkout/confirmation`, redirect: false });
    await waitFor(() => expect(onSuccess).toHaveBeenCalledOnce());

    expect((await dialog()).dataset.state).toBe('success');
    await say('close');
    await isGone();
    expect(onClose).not.toHaveBeenCalled();
    await waitFor(() => expect(button().dataset.state).toBe('idle'));
  });

  it('is looked for where the buyer closes it before it is known', async () => {
    await open({ onSuccess });
    await say('loaded');
    await say('confirmed');
    await say('loaded');
    paid();

    await say('close');

    await waitFor(() => expect(screen.getByRole('status').textContent).toBe('pro confirmed'));
  });
});

describe('a page that cannot be framed', () => {
  const isLed = () => waitFor(() => expect(assign).toHaveBeenCalledExactlyOnceWith(CHECKOUT.body.checkout_url));
  const violation = (more: object) =>
    act(async () => {
      const event = { effectiveDirective: 'frame-src', disposition: 'enforce', blockedURI: `${ORIGIN}/checkout` };
      document.dispatchEvent(Object.assign(new Event('securitypolicyviolation'), event, more));
    });

  it('is gone to, ten seconds after it did not show itself', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    render(page());
    fireEvent.click(button());
    await eventually(() => expect(frame()).not.toBeNull());

    await act(() => vi.advanceTimersByTimeAsync(9_999));
    expect(assign).not.toHaveBeenCalled();
    await act(() => vi.advanceTimersByTimeAsync(1));

    expect(assign).toHaveBeenCalledExactlyOnceWith(CHECKOUT.body.checkout_url);
    expect(document.querySelector('dialog')).toBeNull();
    expect(account.asked('/checkout')).toBe(1);
    expect(button().dataset.state).toBe('pending');
  });

  it("is gone to at once where the page's own CSP forbids it", async () => {
    await open();
    await violation({ blockedURI: 'https://elsewhere.example/' });
    await violation({ disposition: 'report' });
    await violation({ effectiveDirective: 'connect-src' });
    expect(assign).not.toHaveBeenCalled();

    await violation({});

    await isLed();
  });
});

describe('whoever else comes', () => {
  it.each([
    ['signs out', () => client.signOut()],
    ['is somebody else', () => client.signIn(BOB)],
  ])('finds nothing of it when the user %s', async (_, happen) => {
    render(page({ onSuccess }));
    // The client of this page hears of it when it looks.
    await waitFor(() => expect(account.asked('/customer/state')).toBe(1));
    fireEvent.click(button());
    await dialog();
    await say('loaded');

    await act(async () => {
      happen();
      window.dispatchEvent(new Event('focus'));
    });

    await isGone();
    expect(button().dataset.state).toBe('idle');
    expect(onClose).not.toHaveBeenCalled();
    expect(onError).not.toHaveBeenCalled();
  });

  it('is shown no checkout that somebody else asked for', async () => {
    render(page());
    await waitFor(() => expect(account.asked('/customer/state')).toBe(1));
    let answer = () => {};
    const released = new Promise<void>((resolve) => {
      answer = resolve;
    });
    gateway.answer(async () => {
      await released;
      return CHECKOUT;
    });
    fireEvent.click(button());
    await waitFor(() => expect(account.asked('/checkout')).toBe(1));
    client.token = tokenOf(BOB);
    answer();

    await waitFor(() => expect(button().dataset.state).toBe('idle'));

    expect(document.querySelector('dialog')).toBeNull();
  });

  it('finds nothing of it when the button is gone', async () => {
    const { rerender } = await open({ onSuccess });
    await say('loaded');

    rerender(<PlainApp>elsewhere</PlainApp>);

    expect(document.querySelector('dialog')).toBeNull();
    expect(document.querySelector('iframe')).toBeNull();
  });
});

describe('the options', () => {
  it('of a dialog without mode="embed" are a mistake that says so', () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});

    expect(() => render(page({ mode: undefined, onSuccess }))).toThrow(/mode="embed"/);
    expect(() => render(page({ mode: 'redirect', onSuccess }))).not.toThrow();
  });

  it('leave nothing on the <button>', () => {
    render(page({ theme: 'dark', nonce: 'r4nd0m', onSuccess }));

    expect(button().getAttributeNames().sort()).toEqual(['data-state', 'type']);
  });

  it('come in the language of the page', async () => {
    const words = { ...ENGLISH, checkout: { ...ENGLISH.checkout, dialog: 'Zahlung', opening: 'Moment…' } };
    const { PolarProvider } = await import('@plinto/polar/react');
    function App() {
      const [own] = useState(words);
      return (
        <PolarProvider client={client} localization={own}>
          {page().props.children}
        </PolarProvider>
      );
    }
    const { createPolarPlugin } = await import('@plinto/polar');
    createPolarPlugin().install(client);
    render(<App />);

    fireEvent.click(button());
    await screen.findByRole('dialog', { name: 'Zahlung' });

    expect(screen.getByText('Moment…')).toBeDefined();
  });
});
