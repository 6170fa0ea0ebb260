// Polar away for an hour, and silent for an hour: nobody who does not need Polar notices, and nothing is missing
// afterwards. `npm run test:full -- --only outages`
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { assertSaid, health, startBusyScene, waitForProblem } from './busy-scene.mjs';
import { Chance } from './chance.mjs';

const chance = Chance.announced('polar-away');
const minute = 60;

for (const [mode, words] of Object.entries({ closed: 'cannot be reached', silent: 'does not answer' })) {
  describe(`a Polar that ${words} for an hour`, () => {
    it('keeps nobody waiting who does not need it, is said, and lacks nothing afterwards', async () => {
      const scene = await startBusyScene(chance, {});
      const [server] = scene.servers;
      const [buyer] = scene.buyers.list;
      try {
        await sleep(2_000);
        const from = scene.lines.length;
        await scene.link.become(mode);
        let slowest = 0;
        for (let i = 0; i < 12; i += 1) {
          await scene.pass(5 * minute);
          for (const [method, path, body] of [
            ['GET', '/access'],
            ['GET', '/customer/subscriptions'],
            ['POST', '/usage', { event_name: 'api_call', quantity: 1, properties: { mark: 'x' } }],
          ]) {
            const started = Date.now();
            const id = `away-${mode}-${i}`;
            const sent = body && { ...body, external_id: id, properties: { mark: id } };
            const { status } = await scene.ask(buyer.userId, method, path, sent);
            assert.ok(status < 300, `${path} was answered ${status}`);
            if (body !== undefined) scene.usage.acknowledged.set(id, 1);
            slowest = Math.max(slowest, (Date.now() - started) / 1000);
          }
          assert.equal((await health(server, '/readyz')).status, 200);
          await sleep(1_000);
        }
        await assertSaid(scene, from, /Polar does not answer: /);
        await waitForProblem(server, 'polar_away', true);
        const lines = scene.lines.length - from;
        console.log(`${mode}: the slowest answer took ${slowest.toFixed(2)} s; ${lines} lines were logged`);
        assert.ok(slowest < 5, `${slowest} s`);
        assert.ok(lines < 100, `${lines} lines`);

        await scene.link.become('passing');
        await waitFor(
          'Polar to be asked again',
          async () => {
            await scene.pass(minute);
            return scene.lines.slice(from).some(({ line }) => /Polar answers again/.test(line));
          },
          { withinMs: 70_000, everyMs: 2_000 },
        );
        await waitForProblem(server, 'polar_away', false);
        await scene.assertWhole();
      } finally {
        await scene.stop();
      }
    });
  });
}
