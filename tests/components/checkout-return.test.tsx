// The page that buyers come back to: what became of their payment, said once it is known.
import { PolarCheckoutReturn, PolarProvider } from '@plinto/polar/react';
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { createRef, StrictMode } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ENGLISH } from '../../js/localization.ts';
import { Account, FREE, STATE } from '../js/support/account.ts';
import { eventually } from '../js/support/eventually.ts';
import { CHECKOUT, ORGANIZATION, refusal } from '../js/support/gateway.ts';
import { ADA, BOB, tokenOf } from '../js/support/people.ts';
import { PlainApp } from './support/app.tsx';
import { hydrate } from './support/hydrate.tsx';
import { assign, client, gateway, logged, polar, setStage } from './support/stage.ts';

const CHECKOUT_ID = CHECKOUT.body.checkout_id;
const PATH = `/checkout/${CHECKOUT_ID}`;
const words = ENGLISH.checkout;

let account: Account;

setStage();
beforeEach(() => {
  account = new Account(gateway);
  account.bodies['/customer/state'] = FREE;
  client.signIn(ADA);
  sessionStorage.clear();
  atAddress(`?plan=pro&checkout_id=${CHECKOUT_ID}`);
});

const atAddress = (search: string) =>
  vi.stubGlobal('location', { href: `https://app.example/done${search}`, search, assign });
const title = () => screen.queryByRole('heading')?.textContent;
const isSaid = (text: string) => waitFor(() => expect(title()).toBe(text));
const buttons = () => screen.queryAllByRole('button').map(({ textContent }) => textContent);
const pay = () => {
  account.checkout = 'succeeded';
  account.bodies['/customer/state'] = STATE;
};

describe('PolarCheckoutReturn', () => {
  it('says that it is being confirmed, then that it is paid, and is gone when the buyer is done', async () => {
    const onDone = vi.fn();
    const { container } = render(<PolarCheckoutReturn onDone={onDone} />, { wrapper: PlainApp });
    const section = () => container.querySelector('section') as HTMLElement;
    await isSaid(words.confirming);
    expect(section().dataset).toMatchObject({ polar: 'checkout-return', state: 'confirming' });
    expect(section().getAttribute('aria-live')).toBe('polite');
    expect(screen.getByText(words.confirmingMore).dataset.polar).toBe('checkout-return-description');
    expect(buttons()).toEqual([]);
    const before = section();

    pay();
    await isSaid(words.confirmed);

    // The same element: what changes in it is read out.
    expect(section()).toBe(before);
    expect(section().dataset.state).toBe('confirmed');
    expect(screen.getByText(words.confirmedMore)).toBeDefined();
    expect(buttons()).toEqual([words.done]);
    fireEvent.click(screen.getByRole('button'));
    expect(onDone).toHaveBeenCalledOnce();
    expect(container.innerHTML).toBe('');
  });

  it('takes the checkout by a prop before that of the address, for an organization', async () => {
    pay();
    atAddress('?checkout_id=another');
    render(<PolarCheckoutReturn checkoutId={CHECKOUT_ID} organizationId={ORGANIZATION} />, { wrapper: PlainApp });

    await isSaid(words.confirmed);

    expect(account.subjects(PATH)).toEqual([`${ADA} ${ORGANIZATION}`]);
  });

  it('renders nothing where nobody came from a checkout', async () => {
    atAddress('?plan=pro');
    const { container } = render(<PolarCheckoutReturn />, { wrapper: PlainApp });
    await act(() => new Promise((resolve) => setTimeout(resolve, 50)));

    expect(container.innerHTML).toBe('');
    expect(gateway.asked).toEqual([]);
  });

  it('says that it failed, and lets the buyer go on', async () => {
    account.checkout = 'failed';
    render(<PolarCheckoutReturn />, { wrapper: PlainApp });

    await isSaid(words.failed);

    expect(screen.getByText(words.failedMore)).toBeDefined();
    expect(buttons()).toEqual([words.done]);
  });

  it('does not say that it failed where it cannot be known, and asks again', async () => {
    gateway.answer(refusal(403, 'ROLE_NOT_ALLOWED'));
    render(<PolarCheckoutReturn />, { wrapper: PlainApp });
    await isSaid(words.unknown);
    expect(screen.getByText(ENGLISH.errors.ROLE_NOT_ALLOWED)).toBeDefined();
    expect(logged.map(({ code }) => code)).toEqual(['ROLE_NOT_ALLOWED']);
    expect(buttons()).toEqual([words.again, words.done]);
    account = new Account(gateway);
    pay();

    fireEvent.click(screen.getByRole('button', { name: words.again }));

    await isSaid(words.confirmed);
  });

  it('says that it is late, that nothing need be paid again, and asks again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    render(<PolarCheckoutReturn />, { wrapper: PlainApp });
    await eventually(() => expect(account.asked(PATH)).toBe(1));
    await act(() => vi.advanceTimersByTimeAsync(30_000));
    expect(title()).toBe(words.late);
    expect(screen.getByText(words.lateMore)).toBeDefined();
    expect(buttons()).toEqual([words.again, words.done]);
    vi.useRealTimers();
    pay();

    fireEvent.click(screen.getByRole('button', { name: words.again }));

    await isSaid(words.confirmed);
  });

  it('tells nobody else of it', async () => {
    pay();
    const { container } = render(<PolarCheckoutReturn />, { wrapper: PlainApp });
    await isSaid(words.confirmed);
    client.token = tokenOf(BOB);

    await act(async () => void window.dispatchEvent(new Event('focus')));

    expect(container.innerHTML).toBe('');
  });

  it('is made of parts that can be replaced one at a time', async () => {
    pay();
    const ref = createRef<HTMLElement>();
    const onClick = vi.fn((event: React.MouseEvent) => event.preventDefault());
    render(
      <PolarCheckoutReturn.Root ref={ref} className="mine" asChild>
        <article>
          <PolarCheckoutReturn.Title>Welcome</PolarCheckoutReturn.Title>
          <PolarCheckoutReturn.Done asChild onClick={onClick}>
            <a href="/app">Go on</a>
          </PolarCheckoutReturn.Done>
        </article>
      </PolarCheckoutReturn.Root>,
      { wrapper: PlainApp },
    );
    await isSaid('Welcome');
    await waitFor(() => expect(ref.current?.dataset.state).toBe('confirmed'));

    expect(ref.current?.tagName).toBe('ARTICLE');
    expect(ref.current?.className).toBe('mine');
    fireEvent.click(screen.getByRole('link'));
    expect(onClick).toHaveBeenCalledOnce();
    expect(title()).toBe('Welcome');
  });

  it('says where a part belongs that stands outside', () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});

    expect(() => render(<PolarCheckoutReturn.Title />, { wrapper: PlainApp })).toThrow(/PolarCheckoutReturn\.Root/);
  });

  it('is on the server what it is at the first render', async () => {
    const page = (
      <StrictMode>
        <PolarProvider polar={polar}>
          <PolarCheckoutReturn checkoutId={CHECKOUT_ID} />
          <PolarCheckoutReturn />
        </PolarProvider>
      </StrictMode>
    );
    const { html, container } = await hydrate(page);
    expect(html.match(/<h2/g)).toHaveLength(1);
    await eventually(() => expect(container.querySelectorAll('h2')).toHaveLength(2));
  });
});
