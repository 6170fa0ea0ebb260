// Our clock ten minutes ahead of Polar's, and ten minutes behind. `npm run test:full -- --only outages`
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { assertSaid, startBusyScene, waitForProblem } from './busy-scene.mjs';
import { Chance } from './chance.mjs';

const chance = Chance.announced('clock');
const off = 600;

for (const [name, seconds] of Object.entries({ ahead: off, behind: -off })) {
  describe(`our clock ten minutes ${name}`, () => {
    it('has deliveries refused with 403, is said to be wrong, and costs nothing once it is right', async () => {
      const scene = await startBusyScene(chance, {});
      const [server] = scene.servers;
      try {
        await sleep(2_000);
        const from = scene.lines.length;
        const first = scene.front.deliveries.length;
        scene.serverClock.advance(seconds);
        await sleep(20_000);
        // One or two may have been on their way.
        const answered = scene.front.deliveries.slice(first + 5).filter(({ status }) => status !== undefined);
        assert.deepEqual([...new Set(answered.map(({ status }) => status))], [403]);
        const refused = 'plinto_polar_http_requests_total{method="POST",route="/webhooks",status="403"}';
        assert.ok((await server.metric(refused)) > 0);
        await assertSaid(
          scene,
          from,
          new RegExp(`clock is \\d+ s ${name === 'ahead' ? 'ahead of' : 'behind'} Polar's`),
        );
        await waitForProblem(server, 'clock_off', true);

        scene.serverClock.advance(-seconds);
        await waitFor('deliveries to be taken', async () => {
          await scene.pass(60);
          return scene.front.deliveries.at(-1)?.status === 202;
        });
        await waitForProblem(server, 'clock_off', false);
        // What such a clock has put off is due again within an hour.
        await scene.pass(3_600);
        await scene.assertWhole();
      } finally {
        await scene.stop();
      }
    });
  });
}
