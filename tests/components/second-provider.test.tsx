// A customer whose payments another provider takes: the same parts, with what it cannot do, and with money that takes its time.
import { createPolarClient } from '@plinto/polar';
import {
  PolarCancel,
  PolarCheckoutButton,
  PolarCheckoutReturn,
  PolarNotice,
  PolarOrders,
  PolarPlanChange,
  PolarPricingTable,
  PolarProvider,
  PolarSubscription,
} from '@plinto/polar/react';
import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ENGLISH } from '../../js/localization.ts';
import { Account, FREE, STATE, SUBSCRIPTION } from '../js/support/account.ts';
import { CHECKOUT, DATA, PRODUCT, refusal } from '../js/support/gateway.ts';
import { ADA, tokenOf } from '../js/support/people.ts';
import { PlainApp } from './support/app.tsx';
import { setDialogs } from './support/dialog.ts';
import { assign, client, gateway, logged, polar, setStage } from './support/stage.ts';

const CHECKOUT_ID = CHECKOUT.body.checkout_id;
const [ORDER] = DATA.body.orders;
/** Bought once, to be paid at a shop. */
const CASH = {
  ...ORDER,
  id: 'ord_2xEMU0001aaaaAAAA',
  status: 'pending',
  paid: false,
  billing_reason: 'purchase',
  product_id: PRODUCT,
  product_name: null,
  total_amount: 34_900,
  due_amount: 34_900,
  currency: 'mxn',
};
const PAID = { ...CASH, status: 'paid', paid: true, due_amount: 0 };
/** One that its provider ends, and nothing else. */
const PESOS = {
  ...SUBSCRIPTION,
  id: 'sub_2xEMU0002dddd',
  product_name: null,
  amount: 39_900,
  currency: 'mxn',
  actions: ['cancel'],
};
const DUE = ENGLISH.checkout.waitingMore.replace('{amount}', 'MX$349');

let account: Account;

setStage();
setDialogs();
beforeEach(() => {
  account = new Account(gateway);
  account.bodies['/customer/state'] = FREE;
  account.bodies['/customer/subscriptions'] = { items: [] };
  client.signIn(ADA);
  sessionStorage.clear();
  const href = `https://app.example/done?checkout_id=${CHECKOUT_ID}`;
  vi.stubGlobal('location', { href, search: new URL(href).search, origin: 'https://app.example', assign });
});

const show = (children: React.ReactNode) => render(children, { wrapper: PlainApp });
const part = (name: string) => document.querySelector<HTMLElement>(`[data-polar="${name}"]`);
const bodies = (path: string) =>
  gateway.asked.filter((asked) => asked.path.endsWith(path)).map(({ body }) => body as Record<string, unknown>);
const has = (orders: object[]) => {
  account.bodies['/customer/orders'] = { items: orders };
};
const subscribes = (subscription: { id: string }) => {
  account.bodies['/customer/state'] = { ...STATE, subscription_id: subscription.id };
  account.bodies['/customer/subscriptions'] = { items: [subscription] };
};

describe('a purchase that waits for its payment', () => {
  beforeEach(() => {
    account.checkout = 'confirmed';
    has([ORDER as object, CASH]);
  });

  it('is waiting on the page after paying, with what is due, until it is paid', async () => {
    show(<PolarCheckoutReturn />);

    await screen.findByText(ENGLISH.checkout.waiting);

    expect(part('checkout-return')?.dataset.state).toBe('waiting');
    expect(part('checkout-return-description')?.textContent).toBe(DUE);
    expect(screen.getAllByRole('button').map(({ textContent }) => textContent)).toEqual(['Check again', 'Continue']);
    account.checkout = 'succeeded';
    fireEvent.click(screen.getByRole('button', { name: 'Check again' }));
    await screen.findByText(ENGLISH.checkout.confirmed);
  });

  it('is none of another product, nor a renewal that is due', async () => {
    const other = { ...CASH, product_id: '5d90216c-74eb-4e5b-9c85-703f4e5d6c78' };
    has([other, { ...CASH, billing_reason: 'subscription_cycle' }]);
    show(<PolarCheckoutReturn />);

    await screen.findByText(ENGLISH.checkout.confirming);
    await waitFor(() => expect(account.asked('/customer/orders')).toBeGreaterThan(1));

    expect(part('checkout-return')?.dataset.state).toBe('confirming');
  });

  it('stands in the place of the plan, where there is none', async () => {
    show(<PolarSubscription />);

    await screen.findByText(`${ENGLISH.checkout.waiting}. ${DUE}`);

    expect(part('subscription')?.dataset.state).toBe('empty');
  });

  it('is waiting among the orders, by its name in the price list and without an invoice', async () => {
    show(<PolarOrders />);
    await screen.findByText('Pro · Purchase');

    const [, row] = screen.getAllByRole('listitem').map(({ children }) => [...children].map((one) => one.textContent));

    expect(row?.slice(1)).toEqual(['Pro · Purchase', ENGLISH.checkout.waiting, 'MX$349']);
  });

  it('asks for the orders once, for the plan and the list', async () => {
    show(
      <>
        <PolarSubscription />
        <PolarOrders />
      </>,
    );
    await screen.findByText(`${ENGLISH.checkout.waiting}. ${DUE}`);

    expect(account.asked('/customer/orders')).toBe(1);
  });
});

describe('a subscription whose provider only ends it', () => {
  beforeEach(() => subscribes(PESOS));

  it('is shown as any other', async () => {
    show(<PolarSubscription />);

    await screen.findByText('MX$399 per month');

    expect(part('subscription-name')?.textContent).toBe('Pro');
  });

  it('is not changed: what can be done instead is said, and no price is asked for', async () => {
    show(<PolarPlanChange slug="team" onClose={() => {}} />);

    await screen.findByText(ENGLISH.change.unchangeable);

    expect(screen.getAllByRole('button').map(({ textContent }) => textContent)).toEqual(['Not now']);
    expect(gateway.asked.filter(({ path }) => path.endsWith('/preview'))).toEqual([]);
  });

  it('is canceled and kept after all as any other', async () => {
    const canceled = { ...PESOS, cancel_at_period_end: true, ends_at: PESOS.current_period_end, actions: ['resume'] };
    account.bodies[`/subscriptions/${PESOS.id}/cancel`] = canceled;
    account.bodies[`/subscriptions/${PESOS.id}/resume`] = PESOS;
    show(
      <>
        <PolarNotice />
        <PolarCancel />
      </>,
    );

    fireEvent.click(await screen.findByRole('button', { name: 'Cancel plan' }));
    subscribes(canceled);
    fireEvent.click(part('cancel-confirm') as Element);

    await screen.findAllByText('Your plan ends on December 22, 2026.');
    subscribes(PESOS);
    fireEvent.click(part('cancel-undo') as Element);
    await screen.findByRole('button', { name: 'Cancel plan' });
  });

  it('cannot be kept once its end is under way', async () => {
    subscribes({ ...PESOS, cancel_at_period_end: true, ends_at: PESOS.current_period_end, actions: [] } as never);
    show(
      <>
        <PolarNotice />
        <PolarCancel />
        <PolarSubscription />
      </>,
    );

    await screen.findAllByText('Your plan ends on December 22, 2026.');

    expect(screen.queryByRole('button')).toBeNull();
  });
});

describe('what a provider cannot do', () => {
  it('is said in the place of an invoice', async () => {
    vi.stubGlobal('open', () => null);
    const list = { status: 200, body: { items: [PAID] } };
    gateway.answer(({ path }) => (path.endsWith('/invoice') ? refusal(409, 'PROVIDER_UNSUPPORTED') : list));
    show(<PolarOrders />);

    fireEvent.click(await screen.findByRole('button', { name: 'Invoice' }));

    await screen.findByRole('button', { name: ENGLISH.errors.PROVIDER_UNSUPPORTED });
    expect(logged.map(({ code }) => code)).toEqual(['PROVIDER_UNSUPPORTED']);
  });

  it('is said of a checkout that is not set up', async () => {
    gateway.answer(refusal(409, 'PROVIDER_NOT_CONFIGURED'));
    render(
      <PolarProvider polar={polar} localization={ENGLISH}>
        <PolarCheckoutButton slug="pro" />
      </PolarProvider>,
    );

    fireEvent.click(screen.getByRole('button'));

    await waitFor(() => expect(screen.getByRole('button').title).toBe(ENGLISH.errors.PROVIDER_NOT_CONFIGURED));
  });

  it('does not keep a checkout from being paid: where its page can be in no other, the browser goes there', async () => {
    gateway.answer(({ body }) =>
      (body as { embed_origin?: string }).embed_origin
        ? refusal(409, 'PROVIDER_UNSUPPORTED', { field: 'embed_origin' })
        : CHECKOUT,
    );
    show(<PolarCheckoutButton slug="kit" country="MX" mode="embed" />);

    fireEvent.click(screen.getByRole('button'));

    await waitFor(() => expect(assign).toHaveBeenCalledExactlyOnceWith(CHECKOUT.body.checkout_url));
    expect(bodies('/checkout').map(({ embed_origin }) => embed_origin)).toEqual(['https://app.example', undefined]);
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(screen.getByRole('button').dataset.state).toBe('pending');
  });

  it('is an error where anything else of the embedded checkout is refused', async () => {
    const onError = vi.fn();
    gateway.answer(refusal(409, 'PROVIDER_UNSUPPORTED', { field: 'seats' }));
    show(<PolarCheckoutButton slug="kit" mode="embed" seats={2} onError={onError} />);

    fireEvent.click(screen.getByRole('button'));

    await waitFor(() => expect(onError).toHaveBeenCalledOnce());
    expect(onError.mock.calls[0]?.[0]).toMatchObject({ code: 'PROVIDER_UNSUPPORTED', field: 'seats' });
    expect(assign).not.toHaveBeenCalled();
  });
});

describe('the country', () => {
  const country = async () => {
    await waitFor(() => expect(bodies('/checkout')).toHaveLength(1));
    return bodies('/checkout')[0]?.country;
  };
  const ofMexico = () => createPolarClient({ baseUrl: gateway.url, getAccessToken: () => tokenOf(ADA), country: 'MX' });

  it('is that of the client, where a checkout names none', async () => {
    show(<PolarCheckoutButton slug="pro" polar={ofMexico()} />);
    fireEvent.click(screen.getByRole('button'));
    expect(await country()).toBe('MX');
  });

  it('is that of the button before that', async () => {
    show(<PolarCheckoutButton slug="pro" country="DE" polar={ofMexico()} />);
    fireEvent.click(screen.getByRole('button'));
    expect(await country()).toBe('DE');
  });

  it('is that of the price list', async () => {
    account.bodies['/products'] = {
      items: [
        {
          ...{ product_id: PRODUCT, slug: 'pro', name: 'Pro', features: [], is_recurring: true },
          ...{ recurring_interval: 'month', recurring_interval_count: 1 },
          prices: [{ id: 'pro-monthly', amount_type: 'fixed', currency: 'mxn', amount: 39_900 }],
          quotes: [{ currency: 'mxn', amount: 39_900, is_metered: false }],
        },
      ],
    };
    const { container } = show(<PolarPricingTable country="MX" />);
    const button = await screen.findByRole('button', { name: 'Subscribe' });
    await waitFor(() => expect(button.getAttribute('aria-disabled')).toBeNull());
    fireEvent.click(button);
    expect(await country()).toBe('MX');
    expect(container.querySelector('section')?.hasAttribute('country')).toBe(false);
  });
});
