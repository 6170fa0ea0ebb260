// A change of plan or seats: what it costs is shown before it is made, and it is made once.
import { PolarPlanChange } from '@plinto/polar/react';
import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { createRef, useState } from 'react';
import { renderToString } from 'react-dom/server';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ENGLISH } from '../../js/localization.ts';
import { Account, FREE, SUBSCRIPTION } from '../js/support/account.ts';
import { eventually } from '../js/support/eventually.ts';
import { ORGANIZATION, PRODUCT } from '../js/support/gateway.ts';
import { ADA, BOB } from '../js/support/people.ts';
import { App, PlainApp } from './support/app.tsx';
import { client, gateway, logged, setStage } from './support/stage.ts';

let account: Account;
const TEAM = '6e1c4df9-7b6d-4b64-8a1f-8c7b2a1d3e22';
const PREVIEW = `/subscriptions/${SUBSCRIPTION.id}/preview`;
const CHANGE = `/subscriptions/${SUBSCRIPTION.id}/change`;
const CHANGED = { ...SUBSCRIPTION, product_id: TEAM, product_name: 'Team', amount: 5000 };
const ESTIMATE = {
  currency: 'usd',
  proration_behavior: 'invoice',
  applies_at: '2026-12-07T06:00:00Z',
  lines: [
    {
      kind: 'credit',
      amount: -1000,
      product_id: PRODUCT,
      product_name: 'Pro',
      from: '2026-12-07T06:00:00Z',
      to: '2026-12-22T06:00:00Z',
    },
    {
      kind: 'charge',
      amount: 2500,
      product_id: TEAM,
      product_name: 'Team',
      seats: 3,
      from: '2026-12-07T06:00:00Z',
      to: '2026-12-22T06:00:00Z',
    },
  ],
  amount_now: 1500,
  amount_next: 5000,
  next_at: '2026-12-22T06:00:00Z',
  is_estimate: true,
};

setStage({ stopClock: true });
beforeEach(() => {
  account = new Account(gateway);
  account.bodies['/products'] = {
    items: [{ product_id: TEAM, slug: 'team', name: 'Team', features: [], is_recurring: true, prices: [], quotes: [] }],
  };
  account.bodies[PREVIEW] = ESTIMATE;
  account.bodies[CHANGE] = CHANGED;
  client.signIn(ADA);
});

const has = (subscription: object) => {
  account.bodies['/customer/subscriptions'] = { items: [subscription] };
};
const show = (children = <PolarPlanChange productId={TEAM} />) => render(children, { wrapper: PlainApp });
const root = () => document.querySelector<HTMLElement>('[data-polar="plan-change"]');
const part = (name: string) => document.querySelector<HTMLElement>(`[data-polar="plan-change-${name}"]`);
const confirm = (name = 'Change to Team') => screen.findByRole<HTMLButtonElement>('button', { name });
const asked = (path: string) => gateway.asked.filter((one) => one.path.endsWith(path));

describe('PolarPlanChange', () => {
  it('shows what is due now and next before anything is changed', async () => {
    show();
    expect(root()?.dataset.state).toBe('loading');
    await confirm();

    expect(root()?.dataset.state).toBe('ready');
    expect(screen.getByRole('heading', { level: 2 }).textContent).toBe('Change plan');
    expect(screen.getAllByRole('listitem').map(({ textContent, dataset }) => [dataset.kind, textContent])).toEqual([
      ['credit', 'Unused time on Pro -$10'],
      ['charge', 'Team · 3 seats until December 22, 2026 $25'],
    ]);
    expect(part('now')?.textContent).toBe('Due now $15');
    expect(part('next')?.textContent).toBe('Next payment $50 on December 22, 2026');
    screen.getByText('An estimate before tax.');
    expect(asked(PREVIEW).map(({ query }) => query)).toEqual([{ product_id: TEAM }]);
    expect(account.asked(CHANGE)).toBe(0);
  });

  it('makes the change once, as it was asked for, and says so', async () => {
    const onDone = vi.fn();
    show(<PolarPlanChange productId={TEAM} onDone={onDone} />);
    const button = await confirm();
    button.focus();

    has(CHANGED);
    fireEvent.click(button);
    expect(root()?.dataset.state).toBe('pending');
    expect(button.getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(button);
    expect((await screen.findByRole('status')).textContent).toBe('Your plan is changed.');

    expect(asked(CHANGE).map(({ body }) => body)).toEqual([{ product_id: TEAM }]);
    expect(onDone).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ productId: TEAM }));
    expect(root()?.dataset.state).toBe('done');
    expect(screen.queryByRole('listitem')).toBeNull();
    expect(screen.queryByRole('button')).toBeNull();
    await waitFor(() => expect(document.activeElement).toBe(root()));
    // What a change that is made would cost is no question.
    expect(account.asked(PREVIEW)).toBe(1);
  });

  it('sends how it is billed only where the caller said so', async () => {
    show(<PolarPlanChange slug="team" prorationBehavior="prorate" organizationId={ORGANIZATION} />);
    fireEvent.click(await confirm());
    await screen.findByText('Your plan is changed.');

    const said = { slug: 'team', proration_behavior: 'prorate', organization_id: ORGANIZATION };
    expect(asked(PREVIEW)[0]?.query).toEqual(said);
    expect(asked(CHANGE)[0]?.body).toEqual(said);
  });

  it('changes seats', async () => {
    show(<PolarPlanChange seats={5} />);
    fireEvent.click(await confirm('Change to 5 seats'));
    await screen.findByText('Your plan is changed.');

    expect(asked(PREVIEW)[0]?.query).toEqual({ seats: '5' });
    expect(asked(CHANGE)[0]?.body).toEqual({ seats: 5 });
  });

  it('says what is settled with the next payment, and not that nothing is due', async () => {
    account.bodies[PREVIEW] = { ...ESTIMATE, proration_behavior: 'prorate', amount_now: 0, amount_next: 6500 };
    show();
    await confirm();

    expect(part('now')?.textContent).toBe('Settled with the next payment $15');
    expect(part('next')?.textContent).toBe('Next payment $65 on December 22, 2026');
  });

  it('says what is credited', async () => {
    account.bodies[PREVIEW] = { ...ESTIMATE, amount_now: -700 };
    show();
    await confirm();

    expect(part('now')?.textContent).toBe('Credited to your balance $7');
  });

  it('says when a change takes effect that waits for the end of the period', async () => {
    const waits = { proration_behavior: 'next_period', applies_at: '2026-12-22T06:00:00Z', lines: [], amount_now: 0 };
    account.bodies[PREVIEW] = { ...ESTIMATE, ...waits };
    const pending = { pending_update: { applies_at: '2026-12-22T06:00:00Z', product_id: TEAM } };
    account.bodies[CHANGE] = { ...SUBSCRIPTION, ...pending };
    show();
    const button = await confirm();
    expect(part('now')?.textContent).toBe('The change takes effect on December 22, 2026.');
    expect(part('lines')).toBeNull();

    fireEvent.click(button);

    await screen.findByText('Changes on December 22, 2026 to Team');
  });

  it('tells why it could not be changed, beside the figures, and lets it be tried again', async () => {
    delete account.bodies[CHANGE];
    show();
    fireEvent.click(await confirm());

    expect((await screen.findByRole('alert')).textContent).toBe(ENGLISH.errors.other);
    expect(logged.map(({ message }) => message)).toEqual([CHANGE]);
    expect(root()?.dataset.state).toBe('error');
    expect(part('now')?.textContent).toBe('Due now $15');
    account.bodies[CHANGE] = CHANGED;
    fireEvent.click(await confirm());
    await screen.findByText('Your plan is changed.');
  });

  it('tells why it is not known what it costs, and asks again', async () => {
    delete account.bodies[PREVIEW];
    show();
    const alert = within(await screen.findByRole('alert'));
    alert.getByText(ENGLISH.errors.other);
    expect(screen.queryByRole('button', { name: 'Change to Team' })).toBeNull();

    account.bodies[PREVIEW] = ESTIMATE;
    fireEvent.click(alert.getByRole('button', { name: 'Try again' }));

    await confirm();
  });

  it.each<[string, string, () => void]>([
    [
      'is no plan',
      'You have no plan.',
      () => Object.assign(account.bodies, { '/customer/state': FREE, '/customer/subscriptions': { items: [] } }),
    ],
    ['is a plan that ends', ENGLISH.change.unchangeable, () => has({ ...SUBSCRIPTION, cancel_at_period_end: true })],
    ['is nobody', 'Sign in to see this.', () => client.signOut()],
  ])('asks nothing where there %s', async (_, text, arrange) => {
    arrange();
    show();

    await screen.findByText(text);

    expect(account.asked(PREVIEW)).toBe(0);
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('asks for each target by itself, and forgets that another one is done', async () => {
    const { rerender } = show();
    fireEvent.click(await confirm());
    await screen.findByText('Your plan is changed.');

    rerender(<PolarPlanChange seats={2} />);
    await confirm('Change to 2 seats');

    expect(screen.queryByText('Your plan is changed.')).toBeNull();
    expect(asked(PREVIEW).map(({ query }) => query)).toEqual([{ product_id: TEAM }, { seats: '2' }]);
  });

  it('gives the question up when it is closed', async () => {
    const { rerender } = show(<p>closed</p>);
    rerender(<PolarPlanChange open={false} productId={TEAM} />);
    expect(root()).toBeNull();
    expect(gateway.asked).toHaveLength(0);
    gateway.answer('hang');
    rerender(<PolarPlanChange open productId={TEAM} />);
    await gateway.arrived(1);

    rerender(<PolarPlanChange open={false} productId={TEAM} />);

    await eventually(() => expect(gateway.aborted).toBe(gateway.asked.length));
  });

  it('shows figures of one to nobody else', async () => {
    render(
      <App>
        <PolarPlanChange productId={TEAM} />
      </App>,
    );
    await confirm();

    gateway.answer('hang');
    await act(async () => client.signIn(BOB));

    expect(screen.queryByText('Due now')).toBeNull();
    expect(root()?.dataset.state).toBe('loading');
  });

  it('is a dialog with open, which Dismiss and the answer close', async () => {
    const closed = vi.fn();
    function Page() {
      const [open, setOpen] = useState(false);
      const close = () => {
        closed();
        setOpen(false);
      };
      return (
        <>
          <button type="button" onClick={() => setOpen(true)}>
            Upgrade
          </button>
          <PolarPlanChange open={open} productId={TEAM} onClose={close} onDone={close} />
        </>
      );
    }
    show(<Page />);
    fireEvent.click(screen.getByRole('button', { name: 'Upgrade' }));
    screen.getByRole('dialog', { name: 'Change plan' });
    fireEvent.click(screen.getByRole('button', { name: 'Not now' }));
    expect(screen.queryByRole('dialog')).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Upgrade' }));

    fireEvent.click(await confirm());

    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(closed).toHaveBeenCalledTimes(2);
    expect(account.asked(CHANGE)).toBe(1);
  });

  it('can be closed once it is done, with the focus on the way out', async () => {
    show(<PolarPlanChange open productId={TEAM} onClose={() => {}} />);
    const button = await confirm();
    button.focus();

    fireEvent.click(button);

    const close = await screen.findByRole('button', { name: 'Close' });
    await waitFor(() => expect(document.activeElement).toBe(close));
  });

  it('lets each part be another element', async () => {
    const ref = createRef<HTMLElement>();
    show(
      <PolarPlanChange.Root ref={ref} slug="team" className="card">
        <PolarPlanChange.Lines>{(line) => <li key={line.kind}>{line.amount}</li>}</PolarPlanChange.Lines>
        <PolarPlanChange.Next asChild>
          <h4>Then</h4>
        </PolarPlanChange.Next>
        <PolarPlanChange.Confirm onClick={(event) => event.preventDefault()}>Do it</PolarPlanChange.Confirm>
      </PolarPlanChange.Root>,
    );
    fireEvent.click(await confirm('Do it'));

    expect(screen.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual(['-1000', '2500']);
    expect(screen.getByRole('heading', { level: 4 }).dataset.polar).toBe('plan-change-next');
    expect(ref.current?.className).toBe('card');
    expect(account.asked(CHANGE)).toBe(0);
  });

  it('is not for two changes at a time', () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const both = { productId: TEAM, seats: 5 } as unknown as { productId: string };

    expect(() => show(<PolarPlanChange {...both} />)).toThrow(/one of productId, slug and seats/);
  });

  it('is loading on a server', () => {
    const markup = renderToString(
      <PlainApp>
        <PolarPlanChange productId={TEAM} />
      </PlainApp>,
    );

    expect(markup).toContain('data-state="loading"');
    expect(markup).toContain('Loading…');
  });
});
