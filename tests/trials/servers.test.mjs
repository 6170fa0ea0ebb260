// Three servers on one PostgreSQL under load: one is killed, one is stopped for longer than its leases last.
// `npm run test:full -- --only servers`
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

const rounds = sized(3);
const customers = 24;
/** Rows of a queue are held for 60 s at most, notifications for 30. */
const stoppedMs = 75_000;

describe(`three servers on one PostgreSQL, ${rounds} times one killed and one stopped for ${stoppedMs / 1000} s`, () => {
  const chance = Chance.announced('servers');
  const started = Date.now();
  let postgres;
  let scene;
  let buyers;
  let usage;
  before(async () => {
    postgres = await startPostgres();
    scene = await startScene({ databaseUrl: postgres.url, servers: 3, seed: chance.between(1, 1_000_000) });
    buyers = await Customers.create(scene, chance, customers);
    await buyers.settle();
    usage = new UsageLoad(scene, chance, buyers);
    // So that one that dies or stands still often does so while it tells the application something.
    scene.application.delayMs = () => chance.between(0, 300);
  });
  after(async () => {
    await scene?.stop();
    await postgres?.stop();
  });

  it('go on working', async () => {
    const { servers, front } = scene;
    let isUnderLoad = true;
    const changing = (async () => {
      while (isUnderLoad) {
        await buyers.change();
        await sleep(chance.between(0, 200));
      }
    })();
    usage.start(6, 20);
    const urls = (places) => places.map(({ url }) => url);
    for (let round = 0; round < rounds; round += 1) {
      const stopped = servers[round % 3];
      const killed = servers[(round + 1) % 3];
      await sleep(chance.between(3_000, 6_000));

      stopped.child.kill('SIGSTOP');
      const stoppedAt = Date.now();
      await sleep(chance.between(500, 3_000));
      killed.child.kill('SIGKILL');
      await killed.child.stop();
      // As a load balancer does that asks for /readyz.
      await sleep(2_000);
      front.targets = urls(servers.filter((place) => place !== stopped && place !== killed));
      await sleep(chance.between(5_000, 20_000));
      await killed.start();
      front.targets = urls(servers.filter((place) => place !== stopped));
      await sleep(stoppedMs - (Date.now() - stoppedAt));
      stopped.child.kill('SIGCONT');
      front.targets = urls(servers);
    }
    await sleep(5_000);
    isUnderLoad = false;
    await changing;
    await usage.stop();
    scene.application.delayMs = () => 0;
    console.log(
      `changes at Polar: ${JSON.stringify(buyers.made)}; ` +
        `usage: ${usage.acknowledged.size} acknowledged, ${usage.repeated} tries not`,
    );
  });

  it('are delivered in the end what they had missed', async () => {
    await scene.allDelivered();
    await scene.quiet();
    console.log(scene.front.summary());
  });

  it('have reported to Polar, once, each usage event that one of them acknowledged', () => usage.settle());

  it('know what Polar knows', async () => {
    for (const place of scene.servers) await buyers.settle({ place });
  });

  it('have told the application of each customer in order, and last what holds', async () => {
    const allowed = await buyers.allowed();
    const wrong = () => wrongWords(scene.application, allowed);
    await waitFor('the last notification', () => wrong().length === 0, { withinMs: 75_000 }).catch(() => undefined);
    assertNone(wrong());
    console.log(
      `${scene.application.told.length} notifications, ${toldAgain(scene.application)} of them once more; ` +
        `${Math.round((Date.now() - started) / 1000)} s`,
    );
  });

  it('have given nothing up', () => scene.assertNothingParked());

  it('stop in order', async () => {
    for (const place of scene.servers) assert.equal(await place.stop(), 0);
  });
});
