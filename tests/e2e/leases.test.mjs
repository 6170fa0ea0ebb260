// Credits and limits with the real server and the back end's client: reserved by many at once on both databases, killed
// in between; and what the application is told. All of it, with 10,000 attempts: tests/trials/leases.test.mjs.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createServerClient } from '@plinto/polar/server';
import { startPostgres } from '../../scripts/lib/postgres.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { Chance } from '../trials/chance.mjs';
import { creditedCustomer, killNowAndThen, leasedEvent, Reservers } from '../trials/reservers.mjs';
import { startScene } from '../trials/scene.mjs';

const userId = '5e4de000-0000-4000-8000-000000000002';
const credits = 50;
const engines = {
  'one server on SQLite': { servers: 1, start: async () => undefined },
  'three servers on one PostgreSQL': { servers: 3, start: startPostgres },
};

for (const [name, { servers, start }] of Object.entries(engines)) {
  describe(`100 clients who reserve from a balance of ${credits}, ${name}`, () => {
    const chance = Chance.announced(`leases, ${name}`);
    let postgres;
    let scene;
    let reservers;
    before(async () => {
      postgres = await start();
      scene = await startScene({ databaseUrl: postgres?.url, servers, seed: 7 });
      await creditedCustomer(scene.polar, userId, credits);
      reservers = new Reservers(scene, chance, userId);
      // Deliveries from before the credits are still on their way.
      await scene.quiet({ forMs: 1_500 });
      await waitFor('the credits', async () => (await reservers.balance()) === credits);
    });
    after(async () => {
      await scene?.stop();
      await postgres?.stop();
    });

    it('are granted as much as there is, though servers are killed before they have answered', async () => {
      const stopKilling = killNowAndThen(scene, chance, { everyMs: 300 });
      await reservers.reserve({ attempts: 400, clients: 100, expiresIn: 3_600 });
      await stopKilling();

      const leases = [...reservers.granted.values()];
      assert.equal(leases.length, credits);
      assert.equal(new Set(leases).size, credits);
      for (const place of scene.servers) assert.equal(await reservers.balance(place), 0);

      await reservers.end(leases.slice(0, 20), 'commit', 20);
      await reservers.end(leases.slice(20, 30), 'release', 10);
      assert.equal(await reservers.balance(), 10);
      await scene.quiet({ forMs: 500 });
      const marks = (await scene.polar.usage()).map(({ metadata }) => metadata.mark);
      assert.deepEqual(marks.sort(), leases.slice(0, 20).sort());
    });

    it('have nothing set aside once the leases have expired', {
      skip: servers > 1 && "by PostgreSQL's clock",
    }, async () => {
      await scene.pass(3_600);
      assert.equal(await reservers.balance(), credits - 20);
    });
  });
}

describe('a back end', () => {
  let scene;
  let polar;
  before(async () => {
    scene = await startScene({ seed: 8 });
    await creditedCustomer(scene.polar, userId, 10);
    const scopes = 'access:read,usage:read,usage:write';
    const [serviceKey] = (await scene.command('key', 'add', '--scope', scopes)).match(/plinto_sk_\w+/);
    polar = createServerClient({ baseUrl: scene.servers[0].url, serviceKey });
    await scene.quiet({ forMs: 1_500 });
    await waitFor('the credits', async () => {
      const { balance } = await polar.getAccess({ userId, meter: leasedEvent });
      return balance === 10;
    });
  });
  after(() => scene?.stop());

  const told = (kind) =>
    scene.application.told
      .map(({ body }) => JSON.parse(body))
      .filter(({ type, data }) => type === 'usage.threshold' && data.kind === kind);

  it('reserves, commits what was really used, or gives it back', async () => {
    const lease = await polar.reserveUsage({ userId, eventName: leasedEvent, quantity: 8, expiresIn: 600 });
    assert.equal(lease.balance, 2);
    assert.equal(await polar.hasAccess({ userId, meter: leasedEvent, required: 3 }), false);
    await assert.rejects(polar.reserveUsage({ userId, eventName: leasedEvent, quantity: 2.5 }), {
      code: 'USAGE_BALANCE_EXHAUSTED',
      status: 402,
      field: 'quantity',
    });
    const { balance, eventId } = await polar.commitUsage(lease.leaseId, { userId, quantity: 0.25 });
    assert.equal(balance, 9.75);
    assert.equal(eventId, `lease-${lease.leaseId}`);
    const other = await polar.reserveUsage({ userId, eventName: leasedEvent, meter: 'Tokens', quantity: 9.75 });
    assert.equal((await polar.releaseUsage(other.leaseId, { userId })).balance, 9.75);
    await assert.rejects(polar.commitUsage(other.leaseId, { userId, quantity: 1 }), { code: 'LEASE_ENDED' });
  });

  it('caps an event, and the application is told at 80 % and at 100 %, of the limit and of the credits', async () => {
    const which = { userId, eventName: leasedEvent, period: 'month' };
    const limit = await polar.setUsageLimit({ ...which, maximum: 20 });
    assert.deepEqual([limit.used, limit.remaining], [0.25, 19.75]);
    await polar.ingestUsageEvent({ userId, eventName: leasedEvent, quantity: 16 });
    await polar.ingestUsageEvent({ userId, eventName: leasedEvent, quantity: 3.75 });
    await assert.rejects(polar.ingestUsageEvent({ userId, eventName: leasedEvent, quantity: 0.1 }), {
      code: 'USAGE_LIMIT_REACHED',
      status: 403,
    });

    await waitFor('the notifications', () => told('limit').length + told('credits').length === 4);
    assert.deepEqual(
      told('limit').map(({ data }) => [data.threshold, data.used, data.maximum]),
      [
        [80, '16.25', '20'],
        [100, '20', '20'],
      ],
    );
    assert.deepEqual(
      told('credits').map(({ data }) => [data.threshold, data.user_id, data.event_name]),
      [
        [80, userId, leasedEvent],
        [100, userId, leasedEvent],
      ],
    );
    const { items } = await polar.listUsageLimits({ userId });
    assert.equal(items[0].remaining, 0);
    assert.deepEqual(await polar.removeUsageLimit(which), { removed: true });
    await polar.ingestUsageEvent({ userId, eventName: leasedEvent, quantity: 0.1 });
  });
});
