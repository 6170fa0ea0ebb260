// Better Auth's calls on the real server: an organization from nothing to a plan that is paid for.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { betterAuthClient, createPolarClient } from '@plinto/polar';
import { payCheckout } from '../../scripts/lib/emulator.mjs';
import { usageEvent } from '../../scripts/lib/stack.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { startWorld } from './support/world.mjs';

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

const clientOf = (token) =>
  betterAuthClient(createPolarClient({ baseUrl: world.urls.server, getAccessToken: () => token }));

it("Better Auth's calls buy, list and record for an organization, and only for its members", async () => {
  const authClient = clientOf(world.tokens.owner);
  const query = { referenceId: world.organizationId };
  const { id } = await world.emulator.product();

  const checkout = await authClient.checkout({ products: id, ...query, redirect: false });
  assert.equal(checkout.error, null);
  await payCheckout(world.urls.emulator, new URL(checkout.data.url).pathname.split('/').at(-1));
  const state = await waitFor('an active subscription', async () => {
    const { data } = await authClient.customer.state({ query });
    return data.activeSubscriptions.length > 0 && data.access.allowed && data;
  });
  assert.deepEqual(
    state.activeSubscriptions.map(({ productId, status }) => ({ productId, status })),
    [{ productId: id, status: 'active' }],
  );

  const { data: orders } = await authClient.customer.orders.list({ query: { ...query, page: 1, limit: 1 } });
  assert.equal(orders.result.items[0].billingReason, 'subscription_create');
  assert.deepEqual(orders.result.pagination, { hasNextPage: false });
  const { data: portal } = await authClient.customer.portal({ ...query, redirect: false });
  assert.match(portal.url, /\/portal\?/);
  const { data: receipt } = await authClient.usage.ingest({ event: usageEvent, metadata: { quantity: 3 }, ...query });
  assert.equal(receipt.quantity, 3);
  await waitFor('the event at Polar', async () => (await world.emulator.events(world.organizationId)).length === 1);

  // Theirs answers whoever is signed in, and names anybody.
  const { data, error } = await clientOf(world.tokens.stranger).customer.subscriptions.list({ query });
  assert.equal(data, null);
  assert.equal(error.code, 'ORGANIZATION_ACCESS_DENIED');
});
