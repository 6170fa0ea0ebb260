// The card and the panel around the button that leads to Polar's portal.
import { PolarCustomerPortal, PolarPortalCard, PolarProvider } from '@plinto/polar/react';
import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { type ComponentType, createRef, type ReactNode, StrictMode } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ENGLISH } from '../../js/localization.ts';
import { Account } from '../js/support/account.ts';
import { ORGANIZATION, PORTAL, refusal } from '../js/support/gateway.ts';
import { ADA } from '../js/support/people.ts';
import { App, PlainApp } from './support/app.tsx';
import { hydrate } from './support/hydrate.tsx';
import { assign, client, gateway, polar, setStage } from './support/stage.ts';

const words = ENGLISH.portal;
const VISA = {
  id: 'pm_1',
  type: 'card',
  is_default: false,
  brand: 'visa',
  last4: '4242',
  exp_month: 8,
  exp_year: 2030,
};
const AMEX = { ...VISA, id: 'pm_2', is_default: true, brand: 'american_express', last4: '0005', exp_month: 12 };
const PATH = '/payment-methods';

let account: Account;

setStage();
beforeEach(() => {
  account = new Account(gateway);
  account.bodies[PATH] = { items: [VISA, AMEX] };
  client.signIn(ADA);
});

const manage = () => screen.findByRole<HTMLButtonElement>('button', { name: words.manage });
const section = () => document.querySelector('section[data-polar="portal-card"]') as HTMLElement;
const isState = (state: string) => waitFor(() => expect(section().dataset.state).toBe(state));

interface CardProps {
  organizationId?: string;
  returnUrl?: string;
  id?: string;
  className?: string;
  children?: ReactNode;
}

describe.each<[string, ComponentType<CardProps>]>([
  ['PolarPortalCard', (props) => <PolarPortalCard {...props} />],
  ['PolarCustomerPortal as a card', (props) => <PolarCustomerPortal {...props} variant="card" />],
])('%s', (_, Card) => {
  it('shows what is paid with by default, and leads to the portal', async () => {
    render(<Card organizationId={ORGANIZATION} returnUrl="https://app.example/" id="billing" />, { wrapper: PlainApp });
    await isState('ready');

    expect(section().id).toBe('billing');
    expect(within(section()).getByRole('heading').textContent).toBe(words.title);
    expect(section().querySelector('dl')?.innerHTML).toBe(
      '<dt>Payment method</dt><dd>American express ending in 0005</dd><dd>expires 12/30</dd>',
    );
    fireEvent.click(await manage());
    await waitFor(() => expect(assign).toHaveBeenCalledExactlyOnceWith(PORTAL.body.portal_url));
    expect(gateway.asked.find(({ path }) => path.endsWith('/portal'))?.query).toEqual({
      organization_id: ORGANIZATION,
      return_url: 'https://app.example/',
    });
    expect(account.subjects(PATH)).toEqual([`${ADA} ${ORGANIZATION}`]);
  });

  it('says that none is saved', async () => {
    account.bodies[PATH] = { items: [] };
    render(<Card />, { wrapper: PlainApp });
    await isState('empty');

    expect(screen.getByText(words.noMethod)).toBeDefined();
    expect(await manage()).toBeDefined();
  });

  it('shows a method that is no card by its kind', async () => {
    account.bodies[PATH] = { items: [{ id: 'pm_3', type: 'sepa_debit', is_default: true }] };
    render(<Card />, { wrapper: PlainApp });
    await isState('ready');

    expect([...section().querySelectorAll('dd')].map(({ textContent }) => textContent)).toEqual(['Sepa debit']);
  });

  it('says why it cannot be known, and asks again', async () => {
    gateway.answer(refusal(403, 'ROLE_NOT_ALLOWED'));
    render(<Card />, { wrapper: PlainApp });
    expect((await screen.findByRole('alert')).textContent).toContain(ENGLISH.errors.ROLE_NOT_ALLOWED);
    account = new Account(gateway);
    account.bodies[PATH] = { items: [VISA] };

    fireEvent.click(screen.getByRole('button', { name: ENGLISH.common.retry }));

    await screen.findByText('Visa ending in 4242');
  });

  it('asks nothing for nobody, and leads nobody away', async () => {
    client.token = null;
    render(<Card />, { wrapper: PlainApp });
    await isState('signed-out');

    expect(screen.getByText(ENGLISH.common.signedOut)).toBeDefined();
    expect(screen.queryByRole('button')).toBeNull();
    expect(gateway.asked).toEqual([]);
  });

  it('shows nothing of one user to the next', async () => {
    render(
      <App>
        <Card />
      </App>,
    );
    await screen.findByText(/0005/);
    gateway.answer('hang');

    act(() => client.signOut());

    expect(section().textContent).not.toContain('0005');
  });

  it('has what it is given before the button', async () => {
    render(
      <Card>
        <p>Net 30</p>
      </Card>,
      { wrapper: PlainApp },
    );

    expect((await manage()).previousElementSibling?.textContent).toBe('Net 30');
  });

  it('is on the server what it is at the first render', async () => {
    const page = (
      <StrictMode>
        <PolarProvider polar={polar}>
          <Card className="billing" />
        </PolarProvider>
      </StrictMode>
    );
    const { html } = await hydrate(page);
    expect(html).toContain('data-state="loading"');
    await isState('ready');

    expect(section().className).toBe('billing');
  });
});

describe('PolarCustomerPortal', () => {
  it('is the button alone unless it is told otherwise', async () => {
    render(<PolarCustomerPortal />, { wrapper: PlainApp });

    expect((await manage()).outerHTML).toBe('<button type="button" data-state="idle">Manage Subscription</button>');
    expect(gateway.asked).toEqual([]);
  });

  it('as a panel has the orders too', async () => {
    const ref = createRef<HTMLButtonElement>();
    render(<PolarCustomerPortal variant="panel" ref={ref} />, { wrapper: PlainApp });
    await isState('ready');

    await screen.findByRole('heading', { name: ENGLISH.orders.title });

    expect(section().dataset.variant).toBe('panel');
    expect(ref.current).toBe(section());
    expect((await manage()).previousElementSibling?.getAttribute('data-polar')).toBe('orders');
  });

  it('as a panel has what it is given in place of them', async () => {
    render(<PolarCustomerPortal variant="panel">mine</PolarCustomerPortal>, { wrapper: PlainApp });
    await isState('ready');

    expect(section().textContent).toContain('mine');
    expect(section().querySelector('[data-polar="orders"]')).toBeNull();
  });

  it('as a card tells onError of what its button could not do', async () => {
    const onError = vi.fn();
    render(<PolarCustomerPortal variant="card" onError={onError} />, { wrapper: PlainApp });
    await isState('ready');
    gateway.answer(refusal(404, 'CUSTOMER_NOT_FOUND'));

    fireEvent.click(await manage());

    await waitFor(() => expect(onError.mock.lastCall?.[0]).toMatchObject({ code: 'CUSTOMER_NOT_FOUND' }));
  });
});
