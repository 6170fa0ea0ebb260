// The price list, over the real client against a real server: what it shows, and what may be chosen in it.
import { loadInitialState, type ProductOffer, type ProductQuote } from '@plinto/polar';
import { useProducts } from '@plinto/polar/react';
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { createRef, version } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { describe, expect, it, vi } from 'vitest';
import { PolarPricingTable } from '../../dist/components/PolarPricingTable/PolarPricingTable.js';
import { ENGLISH } from '../../js/localization.ts';
import { CHECKOUT, refusal } from '../js/support/gateway.ts';
import { PlainApp } from './support/app.tsx';
import { account, actionOf, checkouts, has, PRODUCTS, plan, plans, ready, setShop, show } from './support/shop.tsx';
import { assign, client, gateway, polar, renewPolar } from './support/stage.ts';

setShop();

/** As the core does, when it is let. */
function core() {
  const waiting: (() => void)[] = [];
  const quoteProduct = vi.fn(
    (product: ProductOffer, currency: string, { seats = 1 }: { seats?: number | undefined }) =>
      new Promise<ProductQuote>((resolve) => {
        const rate = product.prices[0]?.tiers?.[0]?.pricePerSeat ?? 0;
        waiting.push(() => resolve({ currency, amount: seats * rate, seats, isMetered: false }));
      }),
  );
  const answer = () =>
    act(async () => {
      for (const resolve of waiting.splice(0)) resolve();
    });
  return { quoteProduct, answer };
}

describe('PolarPricingTable', () => {
  it('shows the plans of the first interval with their prices, trials and features', async () => {
    show(<PolarPricingTable featureLabels={{ export: 'Export to CSV' }} />);
    await ready('Pro');

    expect(screen.getByRole('heading', { level: 2 }).textContent).toBe('Plans');
    expect(plans()).toEqual(['Free', 'Basic', 'Pro', 'Team']);
    const card = screen.getByRole('listitem', { name: 'Pro' });
    const texts = [...card.querySelectorAll('h3, p, span, li, button')].map(({ textContent }) => textContent);
    expect(texts).toEqual([
      'Pro',
      'For those who mean it.',
      '$20',
      'per month',
      '14 days free trial',
      'Export to CSV',
      'sso',
      'Start free trial',
    ]);
    expect((await plan('Team')).getByText('From $30')).toBeDefined();
    expect((await plan('Team')).getByText('$15 per seat')).toBeDefined();
    expect((await plan('Free')).getByText('Free', { selector: 'span' })).toBeDefined();
    expect((await actionOf('Basic')).textContent).toBe('Subscribe');
  });

  it('says that it loads, that nothing is for sale, and what failed, with a button that tries again', async () => {
    const answers = [refusal(404, 'NOT_FOUND'), { status: 200, body: { items: [] } }];
    gateway.answer((asked) =>
      asked.path.endsWith('/products') ? (answers.shift() ?? 'hang') : { status: 200, body: {} },
    );
    client.token = null;
    const { container } = show(<PolarPricingTable />);

    expect(screen.getByRole('status').textContent).toBe('Loading…');
    expect((await screen.findByRole('alert')).textContent).toContain(ENGLISH.errors.other);
    expect(container.querySelector('section')?.dataset.state).toBe('error');
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));

    await screen.findByText('Nothing is for sale.');
    expect(container.querySelector('section')?.dataset.state).toBe('empty');
  });

  it('two tables and a hook make one request for the products', async () => {
    const Count = () => <p>{useProducts().data?.items.length} products</p>;
    show(
      <>
        <PolarPricingTable />
        <PolarPricingTable products={['basic']} />
        <Count />
      </>,
    );
    await screen.findByText('6 products');
    await waitFor(() => expect(account.asked('/customer/subscriptions')).toBe(1));

    expect(screen.getAllByRole('heading', { level: 3, name: 'Basic' })).toHaveLength(2);
    expect(account.asked('/products')).toBe(1);
    expect(account.asked('/customer/state')).toBe(1);
  });

  it('a pricing table is built from the parts alone', async () => {
    const ref = createRef<HTMLElement>();
    const Table = PolarPricingTable;
    show(
      <Table.Root ref={ref} className="plans">
        <Table.Title asChild>
          <h1>Choose</h1>
        </Table.Title>
        <Table.Intervals>{({ key, saving }) => `${key} ${saving ?? 0}`}</Table.Intervals>
        <Table.List>
          {(plan) => (
            <Table.Plan key={plan.product.productId} plan={plan} className="card">
              <Table.Name className="name" />
              <Table.Price>{plan.price.amount} cents</Table.Price>
              <Table.Action className="go">Take {plan.product.name}</Table.Action>
            </Table.Plan>
          )}
        </Table.List>
      </Table.Root>,
    );
    fireEvent.click(await ready('Pro'));
    await waitFor(() => expect(assign).toHaveBeenCalledWith(CHECKOUT.body.checkout_url));

    expect(ref.current?.className).toBe('plans');
    expect(screen.getByRole('heading', { level: 1 }).dataset.polar).toBe('pricing-table-title');
    expect(screen.getAllByRole('radio').map(({ textContent }) => textContent)).toEqual([
      'month 0',
      `year ${1 - 20_000 / 24_000}`,
      'once 0',
    ]);
    const card = screen.getByRole('listitem', { name: 'Pro' });
    expect(card.className).toBe('card');
    expect(card.textContent).toBe('Pro2000 centsLoading...');
    expect((await actionOf('Basic')).className).toBe('go');
  });

  it('says which part stands outside of which', () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});

    expect(() => render(<PolarPricingTable.List />)).toThrow(
      '<PolarPricingTable.List> stands outside of <PolarPricingTable.Root>',
    );
    expect(() =>
      show(
        <PolarPricingTable.Root>
          <PolarPricingTable.Name />
        </PolarPricingTable.Root>,
      ),
    ).toThrow('<PolarPricingTable.Name> stands outside of <PolarPricingTable.Plan>');
    expect(() => render(<PolarPricingTable />)).toThrow('<PolarPricingTable> has no client');
  });

  it('shows the products that are named, in that order, and recommends one', async () => {
    show(<PolarPricingTable products={['team', PRODUCTS.basic.product_id]} highlighted="team" />);
    await ready('Team');

    expect(plans()).toEqual(['Team', 'Basic']);
    expect(screen.getByText('Recommended').dataset).toMatchObject({
      polar: 'pricing-table-badge',
      state: 'highlighted',
    });
    expect(screen.getByRole('listitem', { name: 'Team' }).dataset.highlighted).toBe('true');
    expect(screen.queryByRole('radiogroup')).toBeNull();
  });
});

describe('intervals and currencies', () => {
  it('are chosen by a click and by arrow keys, with one of them in the tab order', async () => {
    show(<PolarPricingTable />);
    const radios = await screen.findAllByRole<HTMLButtonElement>('radio');
    const [month, year, once] = radios as [HTMLButtonElement, HTMLButtonElement, HTMLButtonElement];
    const checked = () => radios.map((radio) => `${radio.getAttribute('aria-checked')} ${radio.tabIndex}`);

    expect(screen.getByRole('radiogroup', { name: 'Billing interval' })).toBeDefined();
    expect(radios.map(({ textContent }) => textContent?.trim())).toEqual(['Monthly', 'Yearly Save 17%', 'One time']);
    fireEvent.click(year);
    expect(plans()).toEqual(['Free', 'Pro for a year']);
    expect(checked()).toEqual(['false -1', 'true 0', 'false -1']);

    year.focus();
    fireEvent.keyDown(year, { key: 'ArrowRight' });
    expect(document.activeElement).toBe(once);
    expect(plans()).toEqual(['Book']);
    fireEvent.keyDown(once, { key: 'ArrowDown' });
    expect(document.activeElement).toBe(month);
    fireEvent.keyDown(month, { key: 'ArrowLeft' });
    expect(document.activeElement).toBe(once);
    fireEvent.keyDown(once, { key: 'ArrowUp' });
    expect(document.activeElement).toBe(year);
    expect(checked()).toEqual(['false -1', 'true 0', 'false -1']);
    fireEvent.keyDown(year, { key: 'Tab' });
    expect(checked()).toEqual(['false -1', 'true 0', 'false -1']);
  });

  it('begin with the defaults', async () => {
    show(<PolarPricingTable defaultInterval="year" defaultCurrency="eur" />);
    await ready('Pro for a year');

    expect(screen.getByRole<HTMLSelectElement>('combobox', { name: 'Currency' }).value).toBe('eur');
    expect(screen.getByText('€180')).toBeDefined();
  });

  it('begin with those of the subscription', async () => {
    has('proYearly', { recurring_interval: 'year', currency: 'eur' });
    show(<PolarPricingTable />);
    await waitFor(async () => expect((await actionOf('Pro for a year')).textContent).toBe('Current plan'));

    expect(screen.getByText('€180')).toBeDefined();
  });

  it('price what is bought in the currency that is shown', async () => {
    show(<PolarPricingTable />);
    await ready('Basic');

    fireEvent.change(screen.getByRole('combobox', { name: 'Currency' }), { target: { value: 'eur' } });
    expect((await plan('Basic')).getByText('€9')).toBeDefined();
    fireEvent.click(await actionOf('Basic'));
    await waitFor(() => expect(checkouts()).toHaveLength(1));

    expect(checkouts()).toEqual([{ product_id: PRODUCTS.basic.product_id, currency: 'eur' }]);
  });
});

describe('seats', () => {
  const stepper = async () => {
    const card = await plan('Team');
    return {
      fewer: card.getByRole('button', { name: 'Fewer seats' }),
      more: card.getByRole('button', { name: 'More seats' }),
      field: card.getByRole<HTMLInputElement>('spinbutton', { name: 'Seats' }),
      total: () =>
        screen.getByRole('listitem', { name: 'Team' }).querySelector<HTMLElement>('[data-polar=pricing-table-total]'),
    };
  };

  it('are chosen one by one, and their total is worked out while the last one stands', async () => {
    const { quoteProduct, answer } = core();
    show(<PolarPricingTable quoteProduct={quoteProduct} />);
    await ready('Team');
    const { fewer, more, field, total } = await stepper();

    expect(total()?.textContent).toBe('2 seats: $30');
    expect(total()?.getAttribute('aria-live')).toBe('polite');
    expect(fewer.getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(more);
    expect(field.value).toBe('3');
    expect(total()?.textContent).toBe('2 seats: $30');
    expect(total()?.dataset.state).toBe('pending');
    await answer();
    expect(total()?.textContent).toBe('3 seats: $45');
    expect(total()?.dataset.state).toBe('ready');

    fireEvent.click(more);
    expect(total()?.textContent).toBe('3 seats: $45');
    fireEvent.click(fewer);
    await answer();
    expect(total()?.textContent).toBe('3 seats: $45');
    // Each number is asked for once, and the fewest not at all.
    expect(quoteProduct.mock.calls.map(([product, currency, quantity]) => [product.slug, currency, quantity])).toEqual([
      ['team', 'usd', { seats: 3 }],
      ['team', 'usd', { seats: 4 }],
    ]);
  });

  // Where the tests run with React 18, Vite stands between the core and its binary.
  it.skipIf(version.startsWith('18'))('have their total from the core', async () => {
    show(<PolarPricingTable />);
    await ready('Team');
    const { more, total } = await stepper();

    fireEvent.click(more);
    await waitFor(() => expect(total()?.textContent).toBe('3 seats: $45'));
  });

  it('are typed, and become a number that is sold', async () => {
    const { quoteProduct, answer } = core();
    show(<PolarPricingTable quoteProduct={quoteProduct} />);
    await ready('Team');
    const { field, fewer, more, total } = await stepper();
    const type = (value: string) => fireEvent.change(field, { target: { value } });

    type('1');
    expect(field.value).toBe('1');
    expect(quoteProduct).not.toHaveBeenCalled();
    type('12');
    await answer();
    expect(total()?.textContent).toBe('12 seats: $180');
    type('999');
    fireEvent.blur(field);
    expect(field.value).toBe('20');
    expect(more.getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(more);
    expect(field.value).toBe('20');
    type('');
    fireEvent.keyDown(field, { key: 'Enter' });
    expect(field.value).toBe('20');
    type('0');
    fireEvent.blur(field);
    expect(field.value).toBe('2');
    expect(fewer.getAttribute('aria-disabled')).toBe('true');
    await answer();
    expect(total()?.textContent).toBe('2 seats: $30');
  });

  it('keep the total that is known where none can be worked out', async () => {
    show(<PolarPricingTable quoteProduct={() => Promise.reject(new Error('no core'))} />);
    await ready('Team');
    const { more, total } = await stepper();

    fireEvent.click(more);
    await waitFor(() => expect(total()?.dataset.state).toBe('failed'));

    expect(total()?.textContent).toBe('2 seats: $30');
  });

  it('are bought in the number that is chosen', async () => {
    show(<PolarPricingTable quoteProduct={core().quoteProduct} successUrl="https://app.example/done" />);
    const button = await ready('Team');
    fireEvent.click((await stepper()).more);

    fireEvent.click(button);
    await waitFor(() => expect(checkouts()).toHaveLength(1));

    expect(checkouts()).toEqual([
      {
        product_id: PRODUCTS.team.product_id,
        currency: 'usd',
        seats: 3,
        success_url: 'https://app.example/done',
      },
    ]);
  });

  it('may be chosen otherwise', async () => {
    const { quoteProduct, answer } = core();
    show(
      <PolarPricingTable.Root quoteProduct={quoteProduct}>
        <PolarPricingTable.List>
          {(plan) => (
            <PolarPricingTable.Plan key={plan.product.productId} plan={plan}>
              <PolarPricingTable.Name />
              <PolarPricingTable.Quantity>
                {({ value, set }) => (
                  <button type="button" onClick={() => set(value * 50)}>
                    many
                  </button>
                )}
              </PolarPricingTable.Quantity>
              <PolarPricingTable.Total />
            </PolarPricingTable.Plan>
          )}
        </PolarPricingTable.List>
      </PolarPricingTable.Root>,
    );

    fireEvent.click(await screen.findByRole('button', { name: 'many' }));
    await answer();

    expect(screen.getByText('20 seats: $300')).toBeDefined();
  });
});

describe('a server', () => {
  it('renders what the page begins with, and what the browser has not fetched yet', async () => {
    has('pro');
    const initialState = await loadInitialState(polar, [['listProducts'], ['getCustomerState'], ['listSubscriptions']]);
    for (const initial of [initialState, undefined]) {
      const page = (state: typeof initialState | undefined) => (
        <PlainApp initialState={state}>
          <PolarPricingTable highlighted="pro" />
        </PlainApp>
      );
      const html = renderToString(page(initial));
      const complained = [vi.spyOn(console, 'error').mockClear(), vi.spyOn(console, 'warn')];
      const root = document.createElement('div');
      root.innerHTML = html;
      document.body.append(root);
      renewPolar();

      const hydrated = await act(async () => hydrateRoot(root, page(initial)));

      for (const complaint of complained) expect(complaint).not.toHaveBeenCalled();
      expect(html.includes('Current plan')).toBe(initial !== undefined);
      expect(html.includes('Loading')).toBe(initial === undefined);
      act(() => hydrated.unmount());
      root.remove();
    }
  });
});
