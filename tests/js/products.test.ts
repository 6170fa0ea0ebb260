// What `npx @plinto/polar dev` and `init` make of an account's products.
import { createPolarEmulator, PolarError } from '@plinto/polar/testing';
import { expect, it } from 'vitest';
import { unknownEvents } from '../../dist/js/cli/api.js';
import { exampleSlug, type ListedProduct, productsOf } from '../../dist/js/cli/products.js';

const product = (name: string, cents: number, recurring_interval: string | null = 'month'): ListedProduct => ({
  id: `id of ${name}`,
  name,
  recurring_interval,
  prices: cents === 0 ? [{ amount_type: 'free' }] : [{ amount_type: 'fixed', price_amount: cents }],
});

it('lists products from the lowest tier to the highest, whatever the order at Polar', () => {
  const listed = [product('Lifetime', 100, null), product('Pro yearly', 20_000, 'year'), product('Free', 0)];

  const products = productsOf([...listed, product('Business', 4_900), product('Pro', 2_000)]);

  expect(Object.entries(products).map(([slug, { tier }]) => `${slug}: ${tier}`)).toEqual([
    'free: free',
    'pro-yearly: pro',
    'pro: pro',
    'business: business',
    'lifetime: lifetime',
  ]);
  expect(products['pro-yearly']?.product_id).toBe('id of Pro yearly');
});

it('tells products of one name apart, and finds letters for every name', () => {
  const products = productsOf([
    product('Größe M!', 100),
    product('grosse m', 200),
    product('Größe-M', 300),
    product('☃', 0),
  ]);

  expect(Object.keys(products)).toEqual(['product', 'gro-e-m', 'grosse-m', 'gro-e-m-2']);
});

it('reads every kind of price', async () => {
  const polar = await createPolarEmulator();
  const { items } = await polar.api<{ items: ListedProduct[] }>('GET', '/v1/products/');

  const products = productsOf(items);

  expect(Object.keys(products).at(-1)).toBe('lifetime');
  expect(products['pro-yearly']?.tier).toBe('pro');
  expect(exampleSlug(items, products)).toBe('team');
  expect(Object.keys(products).indexOf('free')).toBeLessThan(Object.keys(products).indexOf('team'));
  expect(Object.keys(products).indexOf('team')).toBeLessThan(Object.keys(products).indexOf('pro'));
});

it('makes an endpoint without the events that Polar refuses by their place', () => {
  const refusal = (detail: object[]) =>
    new PolarError({
      ...failed,
      status: 422,
      details: { body: JSON.stringify({ error: 'RequestValidationError', detail }) },
    });
  const failed = { code: 'UPSTREAM_FAILED', family: 'remote', message: 'Polar answered 422' } as const;

  expect([...unknownEvents(refusal([{ loc: ['body', 'events', 3] }, { loc: ['body', 'events', 7, 'x'] }]))]).toEqual([
    3, 7,
  ]);
  expect(unknownEvents(refusal([{ loc: ['body', 'events', 3] }, { loc: ['body', 'url'] }])).size).toBe(0);
  expect(unknownEvents(new PolarError({ ...failed, status: 500 })).size).toBe(0);
});
