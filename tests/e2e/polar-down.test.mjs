// Polar down, silent or failing: every call ends soon with a typed error, nothing is half-stored, usage is kept.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { usageEvent } from '../../scripts/lib/stack.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { readRows } from './support/database.mjs';
import { startWorld } from './support/world.mjs';

let world;
before(async () => {
  world = await startWorld();
  // Sign-ups reach Polar in the background: the customers must be there before rows are compared.
  for (const id of [world.ownerId, world.memberId]) {
    await waitFor('the customers at Polar', () => world.emulator.customer(id));
  }
});
// Polar that was away is asked once a minute at least whether it is back (docs/operations.md).
const back = { withinMs: 70_000 };
afterEach(async () => {
  await world.link.become('passing');
  const portal = () => world.call('GET', '/customer/portal', { token: world.tokens.owner });
  await waitFor('Polar to be asked again', async () => (await portal()).status === 200, back);
});
after(() => world?.stop());

const outages = {
  closed: ['UPSTREAM_FAILED', 'UPSTREAM_TIMEOUT'],
  silent: ['UPSTREAM_TIMEOUT', 'CHECKOUT_OUTCOME_UNKNOWN'],
  failing: ['UPSTREAM_FAILED', 'CHECKOUT_OUTCOME_UNKNOWN'],
};
const statuses = { UPSTREAM_FAILED: 502, UPSTREAM_TIMEOUT: 504, CHECKOUT_OUTCOME_UNKNOWN: 502 };

function assertOutage({ status, body, seconds }, codes) {
  assert.ok(codes.includes(body?.error?.code), JSON.stringify(body));
  assert.equal(status, statuses[body.error.code]);
  assert.ok(seconds < 10, `it took ${seconds} s`);
}

describe('Polar out of reach', () => {
  for (const [mode, codes] of Object.entries(outages)) {
    it(`ends a checkout with a typed error within 10 s and stores nothing when Polar is ${mode}`, async () => {
      await waitFor('the database at rest', atRest());
      const before = await readRows(world.database);
      await world.link.become(mode);

      const body = { product_id: world.product.id, success_url: `${world.urls.page}/done` };
      const answer = await world.call('POST', '/checkout', { token: world.tokens.owner, body });

      assertOutage(answer, codes);
      assert.deepEqual(await readRows(world.database), before);
    });

    it(`ends a portal session with a typed error within 10 s when Polar is ${mode}`, async () => {
      await world.link.become(mode);

      const answer = await world.call('GET', '/customer/portal', { token: world.tokens.owner });

      assertOutage(answer, codes);
    });
  }

  it('takes an idempotency key again after an outage', async () => {
    const headers = { 'idempotency-key': 'tried-in-an-outage' };
    const body = { product_id: world.product.id, success_url: `${world.urls.page}/done` };
    const attempt = () => world.call('POST', '/checkout', { token: world.tokens.owner, body, headers });

    await world.link.become('closed');
    const during = await attempt();
    await world.link.become('passing');

    assertOutage(during, outages.closed);
    await waitFor('the same key to be taken', async () => (await attempt()).status === 201, back);
  });

  it('keeps usage until Polar is back, and reports it once', async () => {
    await world.link.become('closed');
    const mark = 'outage';
    const body = { event_name: usageEvent, quantity: 3, external_id: 'recorded-in-an-outage', properties: { mark } };
    const record = () => world.call('POST', '/usage', { token: world.tokens.owner, body });

    const [first, again] = [await record(), await record()];
    await world.link.become('passing');

    assert.deepEqual([first.status, again.status], [202, 202], JSON.stringify([first.body, again.body]));
    const events = await waitFor('the event at Polar', () => atPolar(mark), { withinMs: 60_000 });
    assert.equal(events.length, 1);
    assert.equal(events[0].metadata.quantity, 3);
  });
});

// Polar does not show the external ids of events: they are told apart by a property.
async function atPolar(mark) {
  const events = (await world.emulator.events(world.ownerId)).filter(({ metadata }) => metadata.mark === mark);
  return events.length > 0 && events;
}

/** True once two looks, half a second apart, saw the same rows: what the sign-ups set off is done. */
function atRest() {
  let last = '';
  let since = 0;
  return async () => {
    const rows = JSON.stringify(await readRows(world.database));
    if (rows !== last) since = Date.now();
    last = rows;
    return Date.now() - since >= 500;
  };
}
