// What was charged, as its customer sees it: a page at a time, with refunds and invoices.
import { PolarOrders } from '@plinto/polar/react';
import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { createRef } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ENGLISH } from '../../js/localization.ts';
import { type Asked, DATA, refusal, subjectOf } from '../js/support/gateway.ts';
import { ADA, BOB } from '../js/support/people.ts';
import { PlainApp } from './support/app.tsx';
import { assign, client, gateway, logged, setStage } from './support/stage.ts';

const [ORDER] = DATA.body.orders;
const SECOND = {
  ...ORDER,
  id: '5d90216c-74eb-4e5b-9c85-703f4e5d6c78',
  product_name: 'Pro',
  billing_reason: 'subscription_cycle',
  status: 'partially_refunded',
  total_amount: 2050,
  refunded_amount: 500,
  refunded_tax_amount: 50,
  created_at: '2026-10-22T23:30:00Z',
};
/** The tab that invoices are shown in. */
const tab = { opener: window as unknown, location: { replace: vi.fn<(url: string) => void>() }, close: vi.fn() };
const open = vi.fn<() => typeof tab | null>();

setStage({ stopClock: true });
beforeEach(() => {
  client.signIn(ADA);
  tab.opener = window;
  tab.location.replace.mockReset();
  tab.close.mockReset();
  open.mockReset().mockReturnValue(tab);
  vi.stubGlobal('open', open);
});
afterEach(() => vi.unstubAllGlobals());

/** Answers each page by its cursor, and invoices as told. */
function serve(pages: Record<string, object>, invoice: (asked: Asked) => object = () => ({})) {
  gateway.answer((asked) => {
    if (!asked.path.endsWith('/invoice')) return { status: 200, body: pages[asked.query.cursor ?? ''] ?? {} };
    const answer = invoice(asked);
    return 'status' in answer ? (answer as ReturnType<typeof refusal>) : { status: 200, body: answer };
  });
}
const show = (children = <PolarOrders />) => render(children, { wrapper: PlainApp });
const rows = () => screen.getAllByRole('listitem').map(({ children }) => [...children].map((one) => one.textContent));
const button = (name: string) => screen.findByRole<HTMLButtonElement>('button', { name });
const invoice = async () =>
  (await screen.findAllByRole<HTMLButtonElement>('button', { name: 'Invoice' }))[0] as Element;

describe('PolarOrders', () => {
  it('lists what was charged, for what, and what was paid back of it', async () => {
    serve({ '': { items: [{ ...ORDER, product_name: 'Pro' }, SECOND] } });
    show();
    await screen.findByRole('list');

    expect(screen.getByRole('heading', { level: 2 }).textContent).toBe('Invoices');
    expect(rows()).toEqual([
      ['November 22, 2026', 'Pro \u00b7 First payment', 'Paid', '$20', 'Invoice'],
      ['October 22, 2026', 'Pro \u00b7 Renewal', '$5.50 refunded', '$20.50', 'Invoice'],
    ]);
    expect(gateway.asked).toMatchObject([{ path: '/api/v1/polar/customer/orders', query: { limit: '10' } }]);
  });

  it('shows words that Polar has added as they are, and no invoice of what was never charged', async () => {
    serve({
      '': {
        items: [
          { ...ORDER, status: 'void', billing_reason: 'gift' },
          { ...SECOND, status: 'later' },
        ],
      },
    });
    show();
    await screen.findByRole('list');

    expect(rows()[0]).toEqual(['November 22, 2026', 'gift', 'Void', '$20']);
    expect(screen.getAllByRole('button')).toHaveLength(1);
  });

  it('turns to older orders and back', async () => {
    serve({ '': { items: [ORDER], next_cursor: 'two' }, two: { items: [SECOND] } });
    show();

    fireEvent.click(await button('Older'));
    await screen.findByText('October 22, 2026');
    expect(screen.queryByRole('button', { name: 'Older' })).toBeNull();
    fireEvent.click(await button('Newer'));
    await screen.findByText('November 22, 2026');

    expect(screen.queryByRole('button', { name: 'Newer' })).toBeNull();
    // The price list, which names the product, is asked for when it is.
    const asked = gateway.asked.filter(({ path }) => path.endsWith('/customer/orders'));
    expect(asked.map(({ query }) => query.cursor)).toEqual([undefined, 'two']);
  });

  it('says that nothing was charged, and that nobody is signed in', async () => {
    serve({ '': { items: [] } });
    show();
    await screen.findByText('Nothing was charged yet.');

    act(() => client.signOut());
    act(() => void window.dispatchEvent(new Event('focus')));

    await screen.findByText('Sign in to see this.');
  });

  it('says why it failed, and tries again in place', async () => {
    gateway.answer(refusal(500, 'STORE_FAILED'));
    show();
    const retry = await button('Try again');
    expect(within(screen.getByRole('alert')).getByText(ENGLISH.errors.other)).toBeDefined();
    expect(logged.map(({ code }) => code)).toEqual(['STORE_FAILED']);

    serve({ '': { items: [ORDER] } });
    fireEvent.click(retry);

    await screen.findByText('November 22, 2026');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('shows nothing of one user to the next', async () => {
    gateway.answer((asked) => ({ status: 200, body: { items: [{ ...ORDER, product_name: subjectOf(asked) }] } }));
    show();
    await screen.findByText(`${ADA} \u00b7 First payment`);

    act(() => client.signIn(BOB));
    act(() => void window.dispatchEvent(new Event('focus')));

    await screen.findByText(`${BOB} \u00b7 First payment`);
    expect(document.body.textContent).not.toContain(ADA);
  });

  it('is built from the parts alone, with elements of the page in their place', async () => {
    serve({ '': { items: [ORDER] } });
    const ref = createRef<HTMLElement>();
    show(
      <PolarOrders.Root ref={ref} className="own" limit={3}>
        <PolarOrders.Title asChild>
          <h3>Bills</h3>
        </PolarOrders.Title>
        <PolarOrders.List>
          {(order) => (
            <PolarOrders.Item key={order.id} order={order}>
              <PolarOrders.Amount className="sum" />
            </PolarOrders.Item>
          )}
        </PolarOrders.List>
      </PolarOrders.Root>,
    );
    await screen.findByRole('list');

    expect(ref.current?.className).toBe('own');
    expect(screen.getByRole('heading', { level: 3 }).dataset.polar).toBe('orders-title');
    expect(rows()).toEqual([['$20']]);
    expect(document.querySelector('.sum')?.getAttribute('data-polar')).toBe('orders-amount');
  });

  it('says which part stands outside', () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});

    expect(() => show(<PolarOrders.Title />)).toThrow(
      '<PolarOrders.Title> stands outside of <PolarOrders.Root>. Put it inside.',
    );
  });
});

describe('an invoice', () => {
  const URL_OF = 'https://polar.example/invoice.pdf';

  it('opens in a tab of its own, which is opened at the click and knows nothing of this one', async () => {
    serve({ '': { items: [ORDER] } }, () => ({ url: URL_OF }));
    show();

    fireEvent.click(await invoice());
    expect(open).toHaveBeenCalledOnce();
    fireEvent.click(screen.getByRole('button', { name: 'Loading…' }));

    await waitFor(() => expect(tab.location.replace).toHaveBeenCalledExactlyOnceWith(URL_OF));
    expect(tab.opener).toBeNull();
    expect(open).toHaveBeenCalledOnce();
    expect(gateway.asked.filter(({ path }) => path.endsWith(`/orders/${ORDER?.id}/invoice`))).toHaveLength(1);
  });

  it('is shown in this tab where the browser opens no other', async () => {
    open.mockReturnValue(null);
    serve({ '': { items: [ORDER] } }, () => ({ url: URL_OF }));
    show();

    fireEvent.click(await invoice());

    await waitFor(() => expect(assign).toHaveBeenCalledExactlyOnceWith(URL_OF));
  });

  it.each([
    ['that the server refuses', () => refusal(409, 'CONFLICT'), ENGLISH.errors.CONFLICT],
    [
      'that needs an address',
      () =>
        refusal(409, 'CONFLICT', { diagnosis: 'MissingInvoiceBillingDetails: Billing name and address are required.' }),
      ENGLISH.errors.MissingInvoiceBillingDetails,
    ],
    ['whose address is a script', () => ({ url: 'javascript:alert(1)' }), ENGLISH.errors.other],
  ])('%s closes the tab and says what to do in its place', async (_, answer, said) => {
    serve({ '': { items: [ORDER] } }, answer);
    show();

    fireEvent.click(await invoice());

    const failed = await screen.findByRole('button', { name: said });
    expect(failed.dataset.state).toBe('error');
    expect(tab.close).toHaveBeenCalledOnce();
    expect(tab.location.replace).not.toHaveBeenCalled();
    expect(logged).toHaveLength(1);
  });

  it('says it in its place too where onError is told', async () => {
    serve({ '': { items: [ORDER] } }, () => refusal(409, 'CONFLICT'));
    const onError = vi.fn();
    show(
      <PolarOrders.Root>
        <PolarOrders.List>
          {(order) => (
            <PolarOrders.Item key={order.id} order={order}>
              <PolarOrders.Invoice onError={onError} />
            </PolarOrders.Item>
          )}
        </PolarOrders.List>
      </PolarOrders.Root>,
    );

    fireEvent.click(await invoice());

    await screen.findByRole('button', { name: ENGLISH.errors.CONFLICT });
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'CONFLICT' }));
    expect(logged).toEqual([]);
  });

  it('is not asked for when your own handler prevents it', async () => {
    serve({ '': { items: [ORDER] } });
    show(
      <PolarOrders.Root>
        <PolarOrders.List>
          {(order) => (
            <PolarOrders.Item key={order.id} order={order}>
              <PolarOrders.Invoice onClick={(event) => event.preventDefault()} />
            </PolarOrders.Item>
          )}
        </PolarOrders.List>
      </PolarOrders.Root>,
    );

    fireEvent.click(await invoice());

    expect(open).not.toHaveBeenCalled();
  });
});
