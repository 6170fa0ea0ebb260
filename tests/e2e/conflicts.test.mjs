// Sixty-four clients on one customer at the same time, on PostgreSQL: whatever gets in whose way, no user hears of it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startPostgres } from '../../scripts/lib/postgres.mjs';
import { usageEvent } from '../../scripts/lib/stack.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { startWorld } from './support/world.mjs';

const clients = 64;
const unlimited = { RATE_LIMIT_PER_USER: '0', RATE_LIMIT_PER_KEY: '0', RATE_LIMIT_PER_ADDRESS: '0' };

describe('an organization that 64 clients read, change and erase at the same time', () => {
  let postgres;
  let world;
  let subscription;
  before(async () => {
    postgres = await startPostgres();
    world = await startWorld({ serverEnv: { ...unlimited, DATABASE_URL: postgres.url } });
    subscription = await buy();
  });
  after(async () => {
    await world?.stop();
    await postgres?.stop();
  });

  const asOwner = (method, path, options = {}) => world.call(method, path, { token: world.tokens.owner, ...options });
  const query = () => `?organization_id=${world.organizationId}`;
  const ofOrganization = (more = {}) => ({ organization_id: world.organizationId, ...more });

  async function buy() {
    const body = ofOrganization({ product_id: world.product.id });
    const checkout = await asOwner('POST', '/checkout', { body });
    assert.equal(checkout.status, 201, JSON.stringify(checkout.body));
    const paid = await fetch(`${world.urls.emulator}/v1/checkouts/client/${checkout.body.client_secret}/confirm`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        confirmation_token_id: 'ctoken_visa',
        customer_name: 'Olivia Owner',
        customer_email: 'billing@acme.test',
        customer_billing_address: { country: 'FR' },
      }),
    });
    assert.equal(paid.status, 200, await paid.text());
    return waitFor('the subscription', async () => {
      const { body: data } = await asOwner('GET', `/customer/data${query()}`);
      return data.subscriptions?.[0];
    });
  }

  // The same ten events for everybody, in everybody's own order.
  const events = (client) =>
    Array.from({ length: 10 }, (_, i) => ({
      event_name: usageEvent,
      quantity: 1,
      external_id: `shared-${(i * (client % 2 === 0 ? 3 : 7) + client) % 10}`,
    }));

  const actions = [
    () => asOwner('DELETE', `/customer${query()}`),
    () => asOwner('POST', '/customer', { body: ofOrganization() }),
    (client) => asOwner('POST', '/usage/batch', { body: ofOrganization({ events: events(client) }) }),
    (client) => asOwner('POST', '/usage', { body: ofOrganization(events(client)[0]) }),
    (client) =>
      asOwner('POST', '/checkout', {
        body: ofOrganization({ product_id: world.product.id }),
        headers: { 'idempotency-key': `shared-${client % 4}` },
      }),
    () => asOwner('POST', `/subscriptions/${subscription.id}/cancel`, { body: ofOrganization() }),
    () => asOwner('POST', `/subscriptions/${subscription.id}/resume`, { body: ofOrganization() }),
    () => asOwner('GET', `/customer/state${query()}`),
    () => asOwner('GET', `/access${query()}`),
  ];

  it('answers all of them without a failure of its own', async () => {
    const answers = [];
    const act = async (client) => {
      for (let turn = 0; turn < actions.length; ++turn) {
        answers.push(await actions[(client + turn) % actions.length](client));
      }
    };

    await Promise.all(Array.from({ length: clients }, (_, client) => act(client)));

    const failed = answers.filter(({ status }) => status === 500);
    assert.equal(answers.length, clients * actions.length);
    assert.deepEqual(
      failed.map(({ body }) => body),
      [],
    );
    assert.ok(answers.filter(({ status }) => status < 300).length > answers.length / 3, 'hardly anything was tried');
  });

  it('is afterwards what Polar says of it', async () => {
    const ensured = await asOwner('POST', '/customer', { body: ofOrganization() });
    assert.ok(ensured.status < 300, JSON.stringify(ensured.body));

    const state = await waitFor('the state', async () => {
      const { body } = await asOwner('GET', `/customer/state${query()}`);
      return body.access?.allowed === true && body;
    });

    assert.equal(state.status, 'active');
  });

  it('has reported each event to Polar', async () => {
    const reported = await waitFor('the events at Polar', async () => {
      const events = await world.emulator.events(world.organizationId);
      return events.length >= 10 && events;
    });

    // Polar keeps one event for each id.
    assert.equal(reported.length, 10);
  });
});
