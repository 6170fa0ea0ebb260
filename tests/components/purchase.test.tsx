// How somebody comes by a plan of the price list, by who they are and what they have: which button does what, and never twice.
import type { PolarErrorCode } from '@plinto/polar';
import { useCheckout } from '@plinto/polar/react';
import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { PolarPricingTable } from '../../dist/components/PolarPricingTable/PolarPricingTable.js';
import { ENGLISH } from '../../js/localization.ts';
import { SUBSCRIPTION } from '../js/support/account.ts';
import { type Asked, CHECKOUT, ORGANIZATION, refusal } from '../js/support/gateway.ts';
import { BOB } from '../js/support/people.ts';
import { App } from './support/app.tsx';
import { account, actionOf, checkouts, has, PRODUCTS, plan, plans, ready, setShop, show } from './support/shop.tsx';
import { assign, client, gateway, logged } from './support/stage.ts';

setShop();

describe('a plan', () => {
  it('is bought by a checkout, once for a double click, with the focus where it is', async () => {
    show(<PolarPricingTable organizationId={ORGANIZATION} returnUrl="https://app.example/pricing" />);
    const button = await ready('Pro');
    button.focus();

    act(() => {
      button.click();
      button.click();
    });
    expect(button.textContent).toBe('Loading...');
    expect(button.getAttribute('aria-busy')).toBe('true');
    await waitFor(() => expect(assign).toHaveBeenCalledExactlyOnceWith(CHECKOUT.body.checkout_url));

    expect(document.activeElement).toBe(button);
    expect(checkouts()).toEqual([
      {
        product_id: PRODUCTS.pro.product_id,
        organization_id: ORGANIZATION,
        return_url: 'https://app.example/pricing',
        currency: 'usd',
      },
    ]);
  });

  it('is current, an upgrade or a downgrade for who has one, and nothing is bought twice', async () => {
    has('pro');
    const onChange = vi.fn();
    show(<PolarPricingTable onChange={onChange} />);
    await ready('Basic');

    const labels = await Promise.all(
      ['Free', 'Basic', 'Pro', 'Team'].map(async (name) => (await actionOf(name)).textContent),
    );
    expect(labels).toEqual(['Downgrade', 'Downgrade', 'Current plan', 'Upgrade']);
    const current = await actionOf('Pro');
    expect(current.getAttribute('aria-disabled')).toBe('true');
    expect(current.disabled).toBe(false);
    expect((await plan('Pro')).getByText('Current plan', { selector: 'span' }).dataset.state).toBe('current');
    expect((await plan('Pro')).queryByText('14 days free trial')).toBeNull();
    fireEvent.click(current);
    expect(onChange).not.toHaveBeenCalled();
    fireEvent.click(await actionOf('Team'));

    expect(onChange).toHaveBeenCalledOnce();
    expect(onChange.mock.calls[0]?.[0]).toMatchObject({
      product: { productId: PRODUCTS.team.product_id },
      relation: 'upgrade',
      quantity: { value: 2 },
      subscriptionId: SUBSCRIPTION.id,
    });
    expect(checkouts()).toEqual([]);
  });

  it('is come by through a checkout that takes the place of a free subscription', async () => {
    has('free', { amount: 0 });
    show(<PolarPricingTable />);
    const button = await ready('Pro');

    expect(button.textContent).toBe('Upgrade');
    fireEvent.click(button);
    await waitFor(() => expect(checkouts()).toHaveLength(1));

    expect(checkouts()).toEqual([
      { product_id: PRODUCTS.pro.product_id, currency: 'usd', subscription_id: SUBSCRIPTION.id },
    ]);
  });

  it('is scheduled where the subscription changes to it', async () => {
    const applies_at = '2026-12-22T06:00:00Z';
    has('pro', { pending_update: { applies_at, product_id: PRODUCTS.basic.product_id } });
    show(<PolarPricingTable />);
    await ready('Team');

    const button = await actionOf('Basic');
    expect(button.textContent).toBe('Starts on December 22, 2026');
    expect(button.getAttribute('aria-disabled')).toBe('true');
    expect(screen.getByRole('listitem', { name: 'Basic' }).dataset.state).toBe('scheduled');
  });

  it('is shown in Change until it is dismissed, or until somebody else signs in', async () => {
    has('pro');
    render(
      <PolarPricingTable.Root>
        <PolarPricingTable.List />
        <PolarPricingTable.Change>
          {({ product, quantity }, dismiss) => (
            <button type="button" onClick={dismiss}>
              {product.name} {quantity?.value}
            </button>
          )}
        </PolarPricingTable.Change>
      </PolarPricingTable.Root>,
      { wrapper: App },
    );

    fireEvent.click(await ready('Team'));
    fireEvent.click(screen.getByRole('button', { name: 'Team 2' }));
    expect(screen.queryByRole('button', { name: 'Team 2' })).toBeNull();
    fireEvent.click(await actionOf('Basic'));
    expect(screen.getByRole('button', { name: 'Basic' })).toBeDefined();
    act(() => client.signIn(BOB));
    await waitFor(() => expect(account.subjects('/customer/state')).toContain(BOB));

    expect(screen.queryByRole('button', { name: 'Basic' })).toBeNull();
    expect(checkouts()).toEqual([]);
  });

  it('is handed to onSelect first, which may stop it', async () => {
    const seen: string[] = [];
    show(
      <PolarPricingTable
        onSelect={({ product, action }, event) => {
          seen.push(`${product.name} ${action}`);
          event.preventDefault();
        }}
      />,
    );

    fireEvent.click(await ready('Basic'));

    expect(seen).toEqual(['Basic checkout']);
    expect((await actionOf('Basic')).dataset.state).toBe('idle');
    expect(checkouts()).toEqual([]);
  });

  it('says in its button what failed, until it is pressed again', async () => {
    const rest = account;
    let fails = true;
    const answers = (asked: Asked) => {
      const route = asked.path.replace('/api/v1/polar', '');
      if (route === '/checkout') return fails ? refusal(403, 'ROLE_NOT_ALLOWED') : CHECKOUT;
      return { status: 200, body: rest.bodies[route] };
    };
    gateway.answer(answers);
    show(<PolarPricingTable />);
    const button = await ready('Basic');

    fireEvent.click(button);
    await waitFor(() => expect(button.textContent).toBe(ENGLISH.errors.ROLE_NOT_ALLOWED));
    expect(button.dataset.state).toBe('error');
    expect(screen.getByRole('alert').textContent).toBe(ENGLISH.errors.ROLE_NOT_ALLOWED);
    expect(logged.map(({ code }) => code)).toEqual(['ROLE_NOT_ALLOWED']);
    fails = false;
    fireEvent.click(button);
    expect(button.textContent).toBe('Loading...');
    await waitFor(() => expect(assign).toHaveBeenCalledOnce());
  });

  it('says nothing of that to who signs in next', async () => {
    gateway.answer((asked) => {
      const route = asked.path.replace('/api/v1/polar', '');
      return route === '/checkout' ? refusal(403, 'ROLE_NOT_ALLOWED') : { status: 200, body: account.bodies[route] };
    });
    render(<PolarPricingTable />, { wrapper: App });
    const button = await ready('Basic');
    fireEvent.click(button);
    await waitFor(() => expect(button.textContent).toBe(ENGLISH.errors.ROLE_NOT_ALLOWED));

    act(() => client.signIn(BOB));
    await ready('Basic');

    expect((await actionOf('Basic')).textContent).toBe('Subscribe');
  });

  it('tells its own onError in place of that', async () => {
    gateway.answer((asked) => {
      const route = asked.path.replace('/api/v1/polar', '');
      return route === '/checkout' ? refusal(403, 'ROLE_NOT_ALLOWED') : { status: 200, body: account.bodies[route] };
    });
    const codes: PolarErrorCode[] = [];
    show(
      <PolarPricingTable.Root products={['basic']}>
        <PolarPricingTable.List>
          {(plan) => (
            <PolarPricingTable.Plan key={plan.product.productId} plan={plan}>
              <PolarPricingTable.Name />
              <PolarPricingTable.Action onError={({ code }) => codes.push(code)} />
            </PolarPricingTable.Plan>
          )}
        </PolarPricingTable.List>
      </PolarPricingTable.Root>,
    );
    const button = await ready('Basic');

    fireEvent.click(button);
    await waitFor(() => expect(codes).toEqual(['ROLE_NOT_ALLOWED']));

    expect(button.textContent).toBe('Subscribe');
  });
});

describe('who is there', () => {
  it('is signed out: plans are shown, and bought by a checkout that the server decides about', async () => {
    client.token = null;
    show(<PolarPricingTable />);

    fireEvent.click(await ready('Basic'));
    await waitFor(() => expect(checkouts()).toHaveLength(1));

    expect(account.asked('/customer/state')).toBe(0);
  });

  it('is signed out: onSignIn takes the plan in place of a checkout', async () => {
    client.token = null;
    const onSignIn = vi.fn();
    show(<PolarPricingTable onSignIn={onSignIn} />);

    fireEvent.click(await ready('Basic'));

    expect(onSignIn.mock.calls[0]?.[0]).toMatchObject({ product: { slug: 'basic' }, relation: 'buy' });
    expect(checkouts()).toEqual([]);
  });

  it('is not asked to sign in who is signed in', async () => {
    const onSignIn = vi.fn();
    show(<PolarPricingTable onSignIn={onSignIn} />);

    fireEvent.click(await ready('Basic'));
    await waitFor(() => expect(checkouts()).toHaveLength(1));

    expect(onSignIn).not.toHaveBeenCalled();
  });

  it('can buy nothing while it is not known what they have', async () => {
    gateway.answer((asked) =>
      asked.path.endsWith('/products') ? { status: 200, body: account.bodies['/products'] } : 'hang',
    );
    const onSelect = vi.fn();
    show(<PolarPricingTable onSelect={onSelect} />);
    const button = await actionOf('Basic');

    expect(button.getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(button);

    expect(onSelect).not.toHaveBeenCalled();
    expect(checkouts()).toEqual([]);
  });

  it('can buy nothing while a payment is being confirmed', async () => {
    account.checkout = 'confirmed';
    const Return = () => <p role="status">{useCheckout({ checkoutId: CHECKOUT.body.checkout_id }).state}</p>;
    show(
      <>
        <Return />
        <PolarPricingTable />
      </>,
    );
    await waitFor(() => expect(screen.getByRole('status').textContent).toBe('confirming'));
    await waitFor(() => expect(account.asked('/customer/subscriptions')).toBeGreaterThan(0));
    await screen.findByRole('listitem', { name: 'Pro' });
    fireEvent.click(await actionOf('Pro'));

    account.checkout = 'succeeded';
    has('pro');
    await waitFor(async () => expect((await actionOf('Pro')).textContent).toBe('Current plan'));

    expect(checkouts()).toEqual([]);
  });

  it('can buy nothing where that cannot be known, and sees why, and tries again', async () => {
    const state = account.bodies['/customer/state'];
    account.bodies['/customer/state'] = undefined;
    show(<PolarPricingTable />);

    const alert = await screen.findByRole('alert');
    expect(plans()).toContain('Basic');
    expect((await actionOf('Basic')).getAttribute('aria-disabled')).toBe('true');
    account.bodies['/customer/state'] = state;
    fireEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
    await ready('Basic');

    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('sees nothing of who was there before', async () => {
    has('pro');
    render(<PolarPricingTable />, { wrapper: App });
    await ready('Basic');
    expect((await actionOf('Pro')).textContent).toBe('Current plan');

    has(undefined);
    act(() => client.signIn(BOB));
    expect(screen.queryByText('Current plan')).toBeNull();
    await ready('Pro');

    expect((await actionOf('Pro')).textContent).toBe('Start free trial');
  });
});
