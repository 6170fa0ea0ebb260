// A server that is killed again and again while deliveries and usage come in: whatever it has acknowledged takes effect
// once. `npm run test:full -- --only kill`
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '../../scripts/lib/postgres.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { Chance, sized } from './chance.mjs';
import { Customers } from './customers.mjs';
import { startScene } from './scene.mjs';
import { assertNone, toldAgain, wrongWords } from './told.mjs';
import { UsageLoad } from './usage.mjs';

const kills = sized(200);
const customers = 24;
/** A life is shorter than this after the server listens. One in five may end while it starts. */
const longestLifeMs = 1_000;
const longestStartMs = 200;

const engines = { SQLite: async () => undefined, PostgreSQL: startPostgres };

for (const [engine, start] of Object.entries(engines)) {
  describe(`a server on ${engine} that is killed ${kills} times under load`, () => {
    const chance = Chance.announced(`kill, ${engine}`);
    let started;
    let postgres;
    let scene;
    let buyers;
    let usage;
    before(async () => {
      started = Date.now();
      postgres = await start();
      scene = await startScene({ databaseUrl: postgres?.url, seed: chance.between(1, 1_000_000) });
      buyers = await Customers.create(scene, chance, customers);
      await buyers.settle();
      usage = new UsageLoad(scene, chance, buyers);
    });
    after(async () => {
      await scene?.stop();
      await postgres?.stop();
    });

    it('comes back each time', async () => {
      const [server] = scene.servers;
      let isUnderLoad = true;
      const changing = (async () => {
        while (isUnderLoad) {
          await buyers.change();
          await sleep(chance.between(0, 100));
        }
      })();
      usage.start(4, 10);
      let beforeListening = 0;
      await killServer(server);
      for (let i = 1; i < kills; i += 1) {
        if (chance.hits(0.2)) {
          const before = scene.lines.length;
          server.launch();
          await sleep(chance.between(1, longestStartMs));
          await killServer(server);
          if (!scene.lines.slice(before).some(({ line }) => line.startsWith('listening'))) beforeListening += 1;
        } else {
          await server.start();
          await sleep(chance.between(1, longestLifeMs));
          await killServer(server);
        }
      }
      isUnderLoad = false;
      await changing;
      await server.start();
      await usage.stop();

      console.log(
        `${kills} kills, ${beforeListening} of them before the server listened; ` +
          `changes at Polar: ${JSON.stringify(buyers.made)}; ` +
          `usage: ${usage.acknowledged.size} acknowledged, ${usage.repeated} tries not`,
      );
    });

    it('is delivered in the end what it had missed', async () => {
      await scene.allDelivered();
      await scene.quiet();

      console.log(scene.front.summary());
    });

    it('has reported to Polar, once, each usage event that it acknowledged', () => usage.settle());

    it('sums exactly what it acknowledged, decimals too', async () => assertNone(await usage.wrongSums()));

    it('knows what Polar knows', async () => {
      await buyers.settle();
      assert.match(await scene.command('reconcile'), /, 0 repairs$/m);
      const repairs = scene.lines.filter(({ line }) => line.includes('mirror repaired')).length;
      console.log(`${repairs} times Polar was asked for what a delivery that failed had not told yet`);
    });

    it('has told the application of each customer in order, and last what holds', async () => {
      const allowed = await buyers.allowed();
      const wrong = () => wrongWords(scene.application, allowed);
      // What was being sent when a server died is held for half a minute.
      await waitFor('the last notification', () => wrong().length === 0, { withinMs: 45_000 }).catch(() => undefined);
      assertNone(wrong());
      console.log(
        `${scene.application.told.length} notifications, ${toldAgain(scene.application)} of them once more; ` +
          `${Math.round((Date.now() - started) / 1000)} s`,
      );
    });

    it('has given nothing up', () => scene.assertNothingParked());
  });
}

/** It must still live until then. */
async function killServer({ child }) {
  process.kill(child.pid, 0);
  child.kill('SIGKILL');
  await child.stop();
}
