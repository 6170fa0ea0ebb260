// The pages of a list, one after the other.
import { createPolarClient, paginate } from '@plinto/polar';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Gateway, ORGANIZATION, refusal } from './support/gateway.ts';
import { ADA, tokenOf } from './support/people.ts';

let gateway: Gateway;
const client = () => createPolarClient({ baseUrl: gateway.url, getAccessToken: () => tokenOf(ADA) });

beforeAll(async () => {
  gateway = await Gateway.start();
});
beforeEach(() => gateway.forget());
afterAll(() => gateway.stop());

const order = (id: string) => ({ id, status: 'paid', paid: true, total_amount: 1, currency: 'usd' });

it('gives the pages of a list by their cursors, and asks for one when it is wanted', async () => {
  gateway.answer(({ query: { cursor = '1' } }) => ({
    status: 200,
    body: { items: [order(cursor)], ...(cursor !== '3' && { next_cursor: String(Number(cursor) + 1) }) },
  }));
  const seen: string[] = [];

  for await (const { items } of paginate(client(), 'listOrders', { limit: 1, organizationId: ORGANIZATION })) {
    seen.push(...items.map(({ id }) => id));
    expect(gateway.asked).toHaveLength(seen.length);
  }

  expect(seen).toEqual(['1', '2', '3']);
  expect(gateway.asked.map(({ query }) => query)).toEqual(
    [undefined, '2', '3'].map((cursor) => ({ limit: '1', organization_id: ORGANIZATION, ...(cursor && { cursor }) })),
  );
});

it('gives the pages of a summary by their numbers', async () => {
  gateway.answer(({ query: { page = '1' } }) => ({
    status: 200,
    body: {
      from: '2026-11-01',
      to: '2026-12-01',
      items: [],
      pagination: { page: Number(page), has_next_page: page !== '2' },
    },
  }));
  const pages: number[] = [];

  for await (const { pagination } of paginate(client(), 'getUsageSummary')) pages.push(pagination.page);

  expect(pages).toEqual([1, 2]);
});

it('asks no further once nobody wants more, and rejects where a page does', async () => {
  gateway.answer({ status: 200, body: { items: [], next_cursor: 'more' } }, refusal(403, 'ROLE_NOT_ALLOWED'));

  for await (const _ of paginate(client(), 'listMeters')) break;
  expect(gateway.asked).toHaveLength(1);

  const all = async () => {
    for await (const _ of paginate(client(), 'listMeters'));
  };
  await expect(all()).rejects.toMatchObject({ code: 'ROLE_NOT_ALLOWED' });
});
