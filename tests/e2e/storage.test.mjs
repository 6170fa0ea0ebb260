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
import { assertRefused, startWorld } from './support/world.mjs';

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

    it('a quantity keeps its last digit on the way to Polar and into the summary', async () => {
      const scopes = 'usage:write,usage:read';
      const [key] = (await operator('key', 'add', '--scope', scopes, '--name', 'decimals')).split('\n');
      const query = `?organization_id=${world.organizationId}`;
      // As text: JavaScript would write some of them anew.
      const quantities = ['0.1', '0.2', '-0.3', '0.0000001', '0.30000000000000004', '9007199254740991'];
      const events = quantities.map(
        (quantity, i) =>
          `{"event_name":"decimal","external_id":"d${i}","quantity":${quantity},"properties":{"kept":"${quantity}"}}`,
      );
      const body = `{"events":[${events.join(',')}]}`;
      const answer = await world.call('POST', `/usage/batch${query}`, { token: key, body });
      assert.deepEqual(
        answer.body.results.map(({ status }) => status),
        quantities.map(() => 'accepted'),
      );

      const reported = async () => {
        const found = await world.emulator.events(world.organizationId);
        const ours = found.filter(({ name }) => name === 'decimal');
        return ours.length === quantities.length && ours;
      };
      for (const { metadata } of await waitFor('the events at Polar', reported)) {
        assert.equal(metadata.quantity, Number(metadata.kept));
      }
      const { body: sums } = await world.call('GET', `/usage/summary${query}&event_name=decimal`, { token: key });
      assert.equal(sums.items[0].quantity_decimal, '9007199254740991.30000010000000004');
    });

    it('an event that Polar refuses is listed with the reason, corrected, and billed once', async () => {
      await world.link.become('refusing');
      const body = { event_name: usageEvent, external_id: 'refused', quantity: 3, properties: { refused: engine } };
      assert.equal((await asOwner('POST', '/usage', { body })).status, 202);
      const list = async () => (await operator('usage', 'list', '--refused')).trim().split('\n');
      const [line] = await waitFor('the refusal', async () => {
        const lines = await list();
        return lines[0].includes('Not today') && lines;
      });
      const [id, , , subject, event, , quantity] = line.split('\t');
      assert.deepEqual([subject, event, quantity], [`user ${world.ownerId}`, 'refused', '3']);
      await world.link.become('passing');

      await assert.rejects(operator('usage', 'correct', id, '--quantity', '1,5'), /: quantity: Must be a number/);
      await assert.rejects(
        operator('usage', 'correct', id, '--properties', '{"_cost":5}'),
        /: properties\._cost: Must be an object/,
      );
      await assert.rejects(operator('usage', 'correct', id), /--event-name, --quantity, --properties or --timestamp/);
      await operator('usage', 'correct', id, '--quantity', '0.5');
      // New usage has the server look at once, and not only within the minute.
      await asOwner('POST', '/usage', { body: { event_name: usageEvent, external_id: 'next' } });

      const reported = async () => {
        const events = await world.emulator.events(world.ownerId);
        const ours = events.filter(({ metadata }) => metadata.refused === engine);
        return ours.length > 0 && ours;
      };
      const [first, ...others] = await waitFor('the corrected event at Polar', reported, { withinMs: 90_000 });
      assert.equal(first.metadata.quantity, 0.5);
      assert.equal(others.length, 0);
      assert.equal((await list())[0], '');
      await assert.rejects(operator('usage', 'correct', id, '--quantity', '1'), /Polar has it/);
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
