// The plan as its customer sees it: where it stands, what comes next, and taking a cancellation back.
import { loadInitialState } from '@plinto/polar';
import { PolarSubscription } from '@plinto/polar/react';
import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { createRef, StrictMode } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ENGLISH } from '../../js/localization.ts';
import { Account, FREE, SUBSCRIPTION } from '../js/support/account.ts';
import { ORGANIZATION } from '../js/support/gateway.ts';
import { ADA, BOB } from '../js/support/people.ts';
import { PlainApp } from './support/app.tsx';
import { client, gateway, logged, polar, renewPolar, setStage } from './support/stage.ts';

let account: Account;
const CANCELED = { ...SUBSCRIPTION, cancel_at_period_end: true, ends_at: SUBSCRIPTION.current_period_end };
const RESUME = `/subscriptions/${SUBSCRIPTION.id}/resume`;

setStage({ stopClock: true });
beforeEach(() => {
  account = new Account(gateway);
  client.signIn(ADA);
});

const has = (subscription: object) => {
  account.bodies['/customer/subscriptions'] = { items: [subscription] };
};
const show = (children = <PolarSubscription />) => render(children, { wrapper: PlainApp });
const section = () => document.querySelector<HTMLElement>('[data-polar="subscription"]');
const keep = () => screen.findByRole('button', { name: 'Keep my plan' });

describe('PolarSubscription', () => {
  it('shows the plan, where it stands, and the next charge', async () => {
    show();
    await screen.findByText('Pro');

    expect(screen.getByRole('heading', { level: 2 }).textContent).toBe('Your plan');
    expect(section()?.dataset).toMatchObject({ state: 'ready', tone: 'good' });
    expect(screen.getByText('Active').dataset).toMatchObject({ status: 'active', tone: 'good' });
    expect(screen.getAllByRole('term').map(({ textContent }) => textContent)).toEqual(['Price', 'Next charge']);
    expect(screen.getAllByRole('definition').map(({ textContent }) => textContent)).toEqual([
      '$20 per month',
      '$20 on December 22, 2026',
    ]);
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('tells a scheduled change by the name of the plan to come', async () => {
    has({ ...SUBSCRIPTION, pending_update: { applies_at: SUBSCRIPTION.current_period_end, product_id: 'team' } });
    account.bodies['/products'] = {
      items: [{ product_id: 'team', name: 'Team', features: [], prices: [], quotes: [] }],
    };
    show();

    await screen.findByText('Changes on December 22, 2026 to Team');
  });

  it('takes a cancellation back, once for a double click, and keeps the focus', async () => {
    has(CANCELED);
    account.bodies[RESUME] = SUBSCRIPTION;
    show();
    const button = await keep();
    screen.getByText('Ends on December 22, 2026');
    button.focus();

    has(SUBSCRIPTION);
    fireEvent.click(button);
    expect(button.getAttribute('aria-busy')).toBe('true');
    expect(button.getAttribute('aria-disabled')).toBe('true');
    expect(button.hasAttribute('disabled')).toBe(false);
    fireEvent.click(button);
    await screen.findByText('Active');

    expect(account.asked(RESUME)).toBe(1);
    expect(screen.queryByRole('button')).toBeNull();
    await waitFor(() => expect(document.activeElement).toBe(section()));
  });

  it('shows what the change was answered with, even if nothing more can be fetched', async () => {
    has(CANCELED);
    account.bodies[RESUME] = SUBSCRIPTION;
    show();
    const button = await keep();

    delete account.bodies['/customer/subscriptions'];
    fireEvent.click(button);

    await screen.findByText('Active');
  });

  it('resumes a paused one at once', async () => {
    has({ ...SUBSCRIPTION, status: 'paused' });
    account.bodies[RESUME] = SUBSCRIPTION;
    show();

    fireEvent.click(await screen.findByRole('button', { name: 'Resume now' }));

    await screen.findByText('Active');
  });

  it('tells why it could not be taken back, and the button is alive', async () => {
    has(CANCELED);
    show();
    fireEvent.click(await keep());

    expect((await screen.findByRole('alert')).textContent).toBe(ENGLISH.errors.other);
    expect(logged.map(({ message }) => message)).toEqual([RESUME]);
    const button = await keep();
    expect(button.dataset.state).toBe('error');
    account.bodies[RESUME] = SUBSCRIPTION;
    fireEvent.click(button);
    await screen.findByText('Active');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it("runs the user's own onClick first, which may prevent the rest", async () => {
    has(CANCELED);
    show(
      <PolarSubscription.Root>
        <PolarSubscription.Resume onClick={(event) => event.preventDefault()} />
      </PolarSubscription.Root>,
    );

    fireEvent.click(await keep());

    expect((await keep()).dataset.state).toBe('idle');
    expect(account.asked(RESUME)).toBe(0);
  });

  it('asks and changes for the organization that is named', async () => {
    has(CANCELED);
    account.bodies[RESUME] = SUBSCRIPTION;
    show(<PolarSubscription organizationId={ORGANIZATION} />);
    fireEvent.click(await keep());
    await waitFor(() => expect(account.asked(RESUME)).toBe(1));

    expect(account.subjects('/customer/subscriptions')[0]).toBe(`${ADA} ${ORGANIZATION}`);
    expect(account.subjects(RESUME)).toEqual([`${ADA} ${ORGANIZATION}`]);
  });

  it('says that there is no plan', async () => {
    account.bodies['/customer/state'] = FREE;
    account.bodies['/customer/subscriptions'] = { items: [] };
    show();

    await screen.findByText('You have no plan.');
    expect(section()?.dataset.state).toBe('empty');
  });

  it('says that nobody is signed in', async () => {
    client.signOut();
    show();

    await screen.findByText('Sign in to see this.');
  });

  it('tells what failed, and tries again', async () => {
    delete account.bodies['/customer/subscriptions'];
    show();
    const alert = await screen.findByRole('alert');
    expect(section()?.dataset.state).toBe('error');

    has(SUBSCRIPTION);
    fireEvent.click(within(alert).getByRole('button', { name: 'Try again' }));

    await screen.findByText('Pro');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('shows nothing of one to another', async () => {
    show();
    await screen.findByText('Pro');

    gateway.answer('hang');
    await act(async () => {
      client.signIn(BOB);
      window.dispatchEvent(new Event('focus'));
    });

    await waitFor(() => expect(section()?.dataset.state).toBe('loading'));
    expect(screen.queryByText('Pro')).toBeNull();
  });

  it('lets each part be another element, and children stand among its buttons', async () => {
    has(CANCELED);
    const ref = createRef<HTMLButtonElement>();
    const rootRef = createRef<HTMLElement>();
    const { unmount } = show(
      <PolarSubscription.Root ref={rootRef} className="card">
        <PolarSubscription.Name asChild>
          <h3 className="mine">{'Plan'}</h3>
        </PolarSubscription.Name>
        <PolarSubscription.Facts>
          {(fact) => <p key={fact.name}>{`${fact.label}: ${fact.value}`}</p>}
        </PolarSubscription.Facts>
        <PolarSubscription.Resume asChild>
          <button type="button" ref={ref} disabled>
            Stay
          </button>
        </PolarSubscription.Resume>
      </PolarSubscription.Root>,
    );
    await screen.findByText('Price: $20 per month');

    expect(screen.getByRole('heading', { level: 3 }).dataset.polar).toBe('subscription-name');
    expect(rootRef.current?.className).toBe('card');
    expect(ref.current?.disabled).toBe(true);
    unmount();
    expect(rootRef.current).toBeNull();
    show(
      <PolarSubscription>
        <a href="/help">Help</a>
      </PolarSubscription>,
    );
    await screen.findByRole('link', { name: 'Help' });
    screen.getByRole('button', { name: 'Keep my plan' });
  });

  it('says which part stands outside', () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});

    expect(() => show(<PolarSubscription.Name />)).toThrow(
      /<PolarSubscription.Name> stands outside of <PolarSubscription.Root>/,
    );
  });

  it('begins with what a server has rendered', async () => {
    const state = await loadInitialState(polar, [['getCustomerState'], ['listSubscriptions'], ['listProducts']]);
    const page = (
      <StrictMode>
        <PlainApp initialState={state}>
          <PolarSubscription />
        </PlainApp>
      </StrictMode>
    );
    renewPolar();
    const container = document.createElement('div');
    container.innerHTML = renderToString(page);
    document.body.append(container);
    expect(container.textContent).toContain('$20 on December 22, 2026');

    // React 18 takes jsdom for a browser, and warns of what it would do on a server.
    const errors = vi.spyOn(console, 'error').mockClear();
    const root = await act(async () => hydrateRoot(container, page));

    expect(container.textContent).toContain('$20 on December 22, 2026');
    expect(errors).not.toHaveBeenCalled();
    act(() => root.unmount());
    container.remove();
  });
});
