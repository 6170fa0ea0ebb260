// What a customer should hear of, and what to do about it.
import { PolarNotice, useSubscription } from '@plinto/polar/react';
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { ENGLISH } from '../../js/localization.ts';
import { Account, FREE, STATE, SUBSCRIPTION } from '../js/support/account.ts';
import { ORGANIZATION, PORTAL } from '../js/support/gateway.ts';
import { ADA } from '../js/support/people.ts';
import { PlainApp } from './support/app.tsx';
import { assign, client, gateway, logged, setStage } from './support/stage.ts';

let account: Account;
const RESUME = `/subscriptions/${SUBSCRIPTION.id}/resume`;
const CANCELED = { ...SUBSCRIPTION, cancel_at_period_end: true, ends_at: SUBSCRIPTION.current_period_end };
const PAST_DUE = { ...SUBSCRIPTION, status: 'past_due', past_due_at: SUBSCRIPTION.current_period_start };

setStage({ stopClock: true });
beforeEach(() => {
  account = new Account(gateway);
  client.signIn(ADA);
});

const has = (subscription: object, access: object = STATE.access) => {
  account.bodies['/customer/subscriptions'] = { items: [subscription] };
  account.bodies['/customer/state'] = { ...STATE, access };
};
const show = (children = <PolarNotice />) => render(children, { wrapper: PlainApp });
const notice = () => document.querySelector<HTMLElement>('[data-polar="notice"]');

/** Says when what the parts wait for is there. */
function Known() {
  return useSubscription().isLoading ? null : <p>known</p>;
}

describe('PolarNotice', () => {
  it('tells that a trial ends, and what is charged then', async () => {
    has({ ...SUBSCRIPTION, status: 'trialing', trial_end: SUBSCRIPTION.current_period_end });
    show();

    expect((await screen.findByRole('status')).textContent).toBe(
      'Your trial ends on December 22, 2026.You will be charged $20 then.',
    );
    expect(notice()?.dataset).toMatchObject({ kind: 'trialEnds', tone: 'good' });
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('tells of a payment that failed, with the grace left, and leads to the portal', async () => {
    has(PAST_DUE, { allowed: true, reason: 'past_due_in_grace', until: '2026-11-29T06:00:00Z' });
    show(<PolarNotice organizationId={ORGANIZATION} />);
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('You keep access until November 29, 2026.');
    expect(alert.dataset).toMatchObject({ kind: 'pastDue', tone: 'warning' });

    const button = screen.getByRole('button', { name: 'Update payment method' });
    fireEvent.click(button);
    fireEvent.click(button);
    await waitFor(() => expect(assign).toHaveBeenCalledExactlyOnceWith(PORTAL.body.portal_url));

    expect(account.subjects('/customer/portal')).toEqual([`${ADA} ${ORGANIZATION}`]);
    expect(button.getAttribute('aria-busy')).toBe('true');
  });

  it('tells when the grace is over', async () => {
    has(PAST_DUE, { allowed: false, reason: 'past_due_grace_over' });
    show();

    expect((await screen.findByRole('alert')).textContent).toContain('Your access is paused until it is paid.');
    expect(notice()?.dataset).toMatchObject({ kind: 'pastDueEnded', tone: 'bad' });
    screen.getByRole('button', { name: 'Update payment method' });
  });

  it('tells why the portal could not be opened', async () => {
    has(PAST_DUE, { allowed: false, reason: 'past_due_grace_over' });
    delete account.bodies['/customer/portal'];
    show();
    fireEvent.click(await screen.findByRole('button'));

    await screen.findByText(ENGLISH.errors.other);
    expect(logged.map(({ message }) => message)).toEqual(['/customer/portal']);
    expect(screen.getByRole('button').dataset.state).toBe('error');
  });

  it('tells that a canceled plan ends, and goes when that is taken back', async () => {
    has(CANCELED);
    account.bodies[RESUME] = SUBSCRIPTION;
    show();
    expect((await screen.findByRole('status')).textContent).toContain('Your plan ends on December 22, 2026.');
    expect(notice()?.dataset.kind).toBe('canceled');

    has(SUBSCRIPTION);
    fireEvent.click(screen.getByRole('button', { name: 'Keep my plan' }));
    await waitFor(() => expect(notice()).toBeNull());

    expect(account.asked(RESUME)).toBe(1);
  });

  it.each<[string, () => void]>([
    ['the plan runs on', () => has(SUBSCRIPTION)],
    [
      'nothing was bought',
      () => Object.assign(account.bodies, { '/customer/state': FREE, '/customer/subscriptions': { items: [] } }),
    ],
    ['it cannot be known', () => void delete account.bodies['/customer/state']],
  ])('renders nothing when %s', async (_, arrange) => {
    arrange();
    show(
      <>
        <PolarNotice />
        <Known />
      </>,
    );
    await screen.findByText('known');

    expect(notice()).toBeNull();
  });

  it('goes when its user signs out', async () => {
    has(CANCELED);
    show();
    await screen.findByRole('status');

    client.signOut();
    await act(async () => void window.dispatchEvent(new Event('focus')));

    await waitFor(() => expect(notice()).toBeNull());
  });

  it('lets each part be another element', async () => {
    has(CANCELED);
    show(
      <PolarNotice.Root asChild>
        <aside className="banner">
          <PolarNotice.Text asChild>
            <strong>Soon over</strong>
          </PolarNotice.Text>
          <PolarNotice.Action className="link">Stay</PolarNotice.Action>
        </aside>
      </PolarNotice.Root>,
    );
    const text = await screen.findByText('Soon over');

    expect(text.dataset.polar).toBe('notice-text');
    expect(text.parentElement?.tagName).toBe('ASIDE');
    expect(text.parentElement?.dataset.kind).toBe('canceled');
    expect(screen.getByRole('button', { name: 'Stay' }).className).toBe('link');
  });
});
