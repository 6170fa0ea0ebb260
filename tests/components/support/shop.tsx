// What the tests of the price list begin with: what is for sale, who has what, and where the list says it.
import { render, screen, waitFor, within } from '@testing-library/react';
import type { ReactNode } from 'react';
import { beforeEach, expect } from 'vitest';
import { Account, FREE, STATE, SUBSCRIPTION } from '../../js/support/account.ts';
import { ADA } from '../../js/support/people.ts';
import { PlainApp } from './app.tsx';
import { client, gateway, setStage } from './stage.ts';

export let account: Account;

/** For each test of a file: Ada is signed in, has nothing, and the clock stands. */
export function setShop(): void {
  setStage({ stopClock: true });
  beforeEach(() => {
    account = new Account(gateway);
    account.bodies['/products'] = { items: Object.values(PRODUCTS) };
    has(undefined);
    client.signIn(ADA);
  });
}

const idOf = (number: number) => `5d0b3cf8-6a5c-4a53-9f0e-7b6a1f0c2d0${number}`;
const monthly = { is_recurring: true, recurring_interval: 'month', recurring_interval_count: 1 };
const fixed = (usd: number, eur: number) => ({
  prices: [
    { id: `usd-${usd}`, amount_type: 'fixed', currency: 'usd', amount: usd },
    { id: `eur-${eur}`, amount_type: 'fixed', currency: 'eur', amount: eur },
  ],
  quotes: [
    { currency: 'usd', amount: usd, is_metered: false },
    { currency: 'eur', amount: eur, is_metered: false },
  ],
});
/** What is for sale. */
export const PRODUCTS = {
  free: { product_id: idOf(0), slug: 'free', name: 'Free', features: [], ...monthly, ...fixed(0, 0) },
  basic: { product_id: idOf(1), slug: 'basic', name: 'Basic', features: [], ...monthly, ...fixed(1_000, 900) },
  pro: {
    product_id: idOf(2),
    slug: 'pro',
    name: 'Pro',
    tier: 'pro',
    description: 'For those who mean it.',
    features: ['export', 'sso'],
    trial_interval: 'day',
    trial_interval_count: 14,
    ...monthly,
    ...fixed(2_000, 1_800),
  },
  team: {
    product_id: idOf(3),
    slug: 'team',
    name: 'Team',
    features: [],
    ...monthly,
    prices: [
      {
        id: 'seats',
        amount_type: 'seat_based',
        currency: 'usd',
        minimum_quantity: 2,
        maximum_quantity: 20,
        tiers: [{ min_seats: 1, price_per_seat: 1_500 }],
      },
    ],
    quotes: [{ currency: 'usd', amount: 3_000, seats: 2, is_metered: false }],
  },
  proYearly: {
    product_id: idOf(4),
    slug: 'pro-yearly',
    name: 'Pro for a year',
    tier: 'pro',
    features: [],
    ...monthly,
    recurring_interval: 'year',
    ...fixed(20_000, 18_000),
  },
  book: { product_id: idOf(5), slug: 'book', name: 'Book', features: [], is_recurring: false, ...fixed(900, 800) },
};
export type Name = keyof typeof PRODUCTS;

/** What the signed-in user has. */
export function has(plan: Name | undefined, more: object = {}) {
  const subscription = { ...SUBSCRIPTION, product_id: PRODUCTS[plan ?? 'free'].product_id, ...more };
  account.bodies['/customer/state'] = plan ? STATE : FREE;
  account.bodies['/customer/subscriptions'] = { items: plan ? [subscription] : [] };
}

export const show = (table: ReactNode) => render(table, { wrapper: PlainApp });
export const plan = async (name: string) => within(await screen.findByRole('listitem', { name }));
export const actionOf = async (name: string) => (await plan(name)).getAllByRole('button').at(-1) as HTMLButtonElement;
/** When it is known what the buyer has. */
export const ready = async (name: string) => {
  await waitFor(async () => expect((await actionOf(name)).getAttribute('aria-disabled')).not.toBe('true'));
  return actionOf(name);
};
export const checkouts = () => gateway.asked.filter(({ path }) => path.endsWith('/checkout')).map(({ body }) => body);
export const plans = () => screen.getAllByRole('heading', { level: 3 }).map(({ textContent }) => textContent);
