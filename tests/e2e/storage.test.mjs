// The same story on SQLite and on PostgreSQL: sign-up, checkout, payment, data, usage, a back end's key, a restart.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Child } from '../../scripts/lib/child.mjs';
import { payCheckout } from '../../scripts/lib/emulator.mjs';
import { binary } from '../../scripts/lib/paths.mjs';
import { startPostgres } from '../../scripts/lib/postgres.mjs';
import { run } from '../../scripts/lib/run.mjs';
import { usageEvent } from '../../scripts/lib/stack.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { assertRefused, startWorld } from './world.mjs';

const engines = {
  SQLite: async () => undefined,
  PostgreSQL: startPostgres,
};

for (const [engine, start] of Object.entries(engines)) {
  describe(`on ${engine}`, () => {
    let postgres;
    let world;
    let databaseUrl;
    before(async () => {
      postgres = await start();
      world = await startWorld(postgres === undefined ? {} : { serverEnv: { DATABASE_URL: postgres.url } });
      databaseUrl = postgres?.url ?? `sqlite:${world.database}`;
    });
    after(async () => {
      await world?.stop();
      await postgres?.stop();
    });

    const asOwner = (method, path, more = {}) => world.call(method, path, { token: world.tokens.owner, ...more });
    const operator = (...args) => run(binary, args, { env: { DATABASE_URL: databaseUrl }, quiet: true });

    it('a sign-up becomes a customer, a paid checkout a subscription, and only for those who may see it', async () => {
      await waitFor('the customer of the sign-up', () => world.emulator.customer(world.ownerId));
      const { items } = await world.emulator.get('/v1/products/?is_recurring=true');
      const body = { product_id: items[0].id, organization_id: world.organizationId };
      const headers = { 'idempotency-key': 'story' };
      const checkout = await asOwner('POST', '/checkout', { body, headers });
      const again = await asOwner('POST', '/checkout', { body, headers });
      assert.equal(checkout.status, 201, JSON.stringify(checkout.body));
      assert.deepEqual(again.body, checkout.body);

      await payCheckout(world.urls.emulator, checkout.body.client_secret);
      const path = `/customer/data?organization_id=${world.organizationId}`;
      const data = await waitFor('the subscription', async () => {
        const answer = await asOwner('GET', path);
        return answer.body.subscriptions?.length > 0 && answer.body.orders.length > 0 && answer.body;
      });

      assert.equal(data.subscriptions[0].status, 'active');
      assert.equal(data.orders[0].paid, true);
      assertRefused(await world.call('GET', path, { token: world.tokens.stranger }), 403, 'ORGANIZATION_ACCESS_DENIED');
    });

    it('usage that is sent twice is reported to Polar once', async () => {
      const body = { event_name: usageEvent, quantity: 3, external_id: 'story', properties: { mark: engine } };
      const answers = [await asOwner('POST', '/usage', { body }), await asOwner('POST', '/usage', { body })];

      assert.deepEqual(
        answers.map(({ status }) => status),
        [202, 202],
      );
      const reported = async () => {
        const events = await world.emulator.events(world.ownerId);
        const ours = events.filter(({ metadata }) => metadata.mark === engine);
        return ours.length > 0 && ours;
      };
      assert.equal((await waitFor('the event at Polar', reported)).length, 1);
    });

    it("a back end's key is made, used, listed and removed while the server runs", async () => {
      const [key] = (await operator('key', 'add', '--scope', 'customer:read', '--name', 'reports')).split('\n');
      const path = `/customer/data?organization_id=${world.organizationId}`;

      const allowed = await world.call('GET', path, { token: key });
      const portal = await world.call('GET', `/customer/portal?organization_id=${world.organizationId}`, {
        token: key,
      });
      const listed = (await operator('key', 'list')).trim().split('\t');
      await operator('key', 'remove', listed[0]);

      assert.equal(allowed.status, 200, JSON.stringify(allowed.body));
      assert.equal(portal.status, 403);
      assert.deepEqual([listed[2], listed[3]], ['customer:read', 'reports']);
      assert.ok(!listed.includes(key));
      assert.equal((await operator('key', 'list')).trim(), '');
      await waitFor('the end of the key', async () => (await world.call('GET', path, { token: key })).status === 401);
    });

    it('a second server on the same database knows what the first was told', {
      skip: engine === 'SQLite',
    }, async () => {
      const second = new Child('a second server', [binary, 'serve'], {
        env: { ...world.settings, PORT: '0' },
      });
      const [, url] = await second.line(/listening on (\S+)/);

      const answer = await fetch(`${url}/polar/customer/data?organization_id=${world.organizationId}`, {
        headers: { authorization: `Bearer ${world.tokens.owner}` },
      });
      const { subscriptions } = await answer.json();
      await second.stop();

      assert.equal(subscriptions.length, 1);
    });
  });
}
