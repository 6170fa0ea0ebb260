// DELETE /customer: afterwards nothing in the database names whoever was erased, and webhooks do not bring them back.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { payCheckout } from '../../scripts/lib/emulator.mjs';
import { run } from '../../scripts/lib/run.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { startWorld } from './support/world.mjs';

const name = 'Sam Stranger';
const email = 'sam@else.test';

// Every table of the database, as text.
const program = `
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=10)
for (table,) in database.execute("select name from sqlite_master where type = 'table'").fetchall():
    for row in database.execute(f"select * from {table}"):
        print(table, *row)
`;

describe('a person who asks to be forgotten', () => {
  let world;
  before(async () => {
    world = await startWorld();
    samId = JSON.parse(Buffer.from(world.tokens.stranger.split('.')[1], 'base64url').toString()).sub;
  });
  after(() => world?.stop());

  let samId;
  const asSam = (method, path, body) => world.call(method, path, { token: world.tokens.stranger, body });
  const stored = async () => (await run('python3', ['-c', program, world.database], { quiet: true })).split('\n');
  const naming = async () => (await stored()).filter((row) => row.includes(email) || row.includes(name));
  const forgotten = async () => {
    let left = [];
    const gone = async () => {
      left = await naming();
      return left.length === 0;
    };
    await waitFor('nothing that names them', gone).catch(() => assert.deepEqual(left, []));
  };
  const buy = async () => {
    const checkout = await asSam('POST', '/checkout', { product_id: world.product.id });
    assert.equal(checkout.status, 201, JSON.stringify(checkout.body));
    await payCheckout(world.urls.emulator, checkout.body.client_secret, { name, email });
    await waitFor('the purchase', async () => {
      const { body } = await asSam('GET', '/customer/data');
      return body.subscriptions?.length > 0 && body.orders.length > 0 && body.benefits.length > 0;
    });
  };

  it('is in no table any more, neither by name nor by e-mail', async () => {
    await buy();
    assert.ok((await naming()).length > 3, 'the test would find nothing to erase');

    const erased = await asSam('DELETE', '/customer');

    assert.equal(erased.status, 200, JSON.stringify(erased.body));
    assert.equal(erased.body.customers, 1);
    assert.equal(erased.body.subscriptions, 1);
    // Deliveries that were still on their way are erased as they are worked off.
    await forgotten();
  });

  it('has what Polar still has for them as soon as they come back', async () => {
    const state = await asSam('GET', '/customer/state');

    assert.equal(state.status, 200);
    assert.equal(state.body.status, 'active');
    assert.equal(state.body.access.allowed, true);
  });

  it('is forgotten by Polar too where that is asked for', async () => {
    const erased = await asSam('DELETE', '/customer?polar=true');

    assert.equal(erased.status, 200, JSON.stringify(erased.body));
    await forgotten();
    assert.equal(await world.emulator.customer(samId), undefined);
    assert.equal((await asSam('GET', '/access')).body.allowed, false);
  });
});
