// A hundred who reserve at once from one balance, while servers are killed between a grant and its answer: never more is
// granted than there is, and nothing stays set aside. `npm run test:full -- --only leases`
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '../../scripts/lib/postgres.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { Chance, sized } from './chance.mjs';
import { creditedCustomer, killNowAndThen, leasedEvent, Reservers } from './reservers.mjs';
import { startScene } from './scene.mjs';

const attempts = sized(10_000);
const credits = sized(1_000);
const clients = 100;
/** Longer than it takes to reserve, to commit and to release. */
const expiresIn = 180;
const userId = '5e4de000-0000-4000-8000-000000000001';

const engines = {
  'one server on SQLite': { servers: 1, start: async () => undefined },
  'three servers on one PostgreSQL': { servers: 3, start: startPostgres },
};

for (const [name, { servers, start }] of Object.entries(engines)) {
  describe(`${clients} clients with ${attempts} attempts on a balance of ${credits}, ${name}`, () => {
    const chance = Chance.announced(`leases, ${name}`);
    const started = Date.now();
    let postgres;
    let scene;
    let reservers;
    let leases;
    let lastGrant;
    before(async () => {
      postgres = await start();
      scene = await startScene({ databaseUrl: postgres?.url, servers, seed: chance.between(1, 1_000_000) });
      await creditedCustomer(scene.polar, userId, credits);
      reservers = new Reservers(scene, chance, userId);
      // Deliveries from before the credits are still on their way.
      await scene.quiet();
      for (const place of scene.servers) {
        await waitFor('the credits', async () => (await reservers.balance(place)) === credits);
      }
    });
    after(async () => {
      await scene?.stop();
      await postgres?.stop();
    });

    it('grants as much as there is, and no more', async () => {
      const begun = Date.now();
      const stopKilling = killNowAndThen(scene, chance);
      await reservers.reserve({ attempts, clients, expiresIn });
      lastGrant = Date.now();
      const kills = await stopKilling();

      leases = [...reservers.granted.values()];
      console.log(
        `${leases.length} granted, ${reservers.refused} refused, ${reservers.repeated} tries without an answer, ` +
          `${kills} kills, ${Math.round((lastGrant - begun) / 1000)} s`,
      );
      assert.ok(lastGrant - begun < expiresIn * 1_000, 'it took so long that leases have expired meanwhile');
      assert.equal(new Set(leases).size, leases.length);
      assert.equal(leases.length, credits);
      for (const place of scene.servers) assert.equal(await reservers.balance(place), 0);
    });

    it('bills what is committed, once, and frees what is released', async () => {
      const part = Math.floor(leases.length / 3);
      const stopKilling = killNowAndThen(scene, chance);
      await reservers.end(leases.slice(0, part), 'commit', clients);
      await reservers.end(leases.slice(part, 2 * part), 'release', clients);
      // As often as anybody likes.
      await reservers.end(leases.slice(0, part), 'commit', clients);
      await stopKilling();

      assert.equal(await reservers.balance(), part);
      await scene.quiet();
      const marks = (await scene.polar.usage()).map(({ metadata }) => metadata.mark);
      assert.deepEqual(marks.sort(), leases.slice(0, part).sort());
    });

    it('leaves nothing set aside once the rest has expired', async () => {
      const committed = Math.floor(leases.length / 3);
      // PostgreSQL's clock is the machine's.
      if (postgres === undefined) {
        await scene.pass(expiresIn);
      } else {
        await sleep(lastGrant + (expiresIn + 1) * 1_000 - Date.now());
      }

      for (const place of scene.servers) assert.equal(await reservers.balance(place), credits - committed);
      const { status, body } = await scene.ask(userId, 'POST', '/usage/reserve', {
        event_name: leasedEvent,
        quantity: credits - committed,
      });
      assert.equal(status, 201, JSON.stringify(body));
      assert.equal(body.balance, 0);
      console.log(`${Math.round((Date.now() - started) / 1000)} s`);
    });

    it('has given nothing up', () => scene.assertNothingParked());
  });
}
