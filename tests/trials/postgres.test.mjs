// PostgreSQL that is restarted, and one that stands still. `npm run test:full -- --only outages`
import assert from 'node:assert/strict';
import { readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '../../scripts/lib/postgres.mjs';
import { run } from '../../scripts/lib/run.mjs';
import { freeze } from '../e2e/support/frozen.mjs';
import { assertSaid, health, startBusyScene, waitForProblem, waitForReadiness } from './busy-scene.mjs';
import { Chance, sized } from './chance.mjs';

const restarts = sized(4);
const frozenMs = 60_000;
const chance = Chance.announced('postgres');

/** Immediately: no connection is ended in order. */
async function restart(postgres) {
  const program = join(dirname(readlinkSync(`/proc/${postgres.pid}/exe`)), 'pg_ctl');
  const data = join(new URL(postgres.url).searchParams.get('host'), 'data');
  const command = [program, 'restart', '-w', '-m', 'immediate', '-D', data, '-l', join(data, 'log')];
  const asUser = process.getuid() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];
  const [first, ...rest] = [...asUser, ...command];
  await run(first, rest, { cwd: data, quiet: true });
}

describe('PostgreSQL', () => {
  let postgres;
  let scene;
  before(async () => {
    postgres = await startPostgres();
    scene = await startBusyScene(chance, { databaseUrl: postgres.url });
  });
  after(async () => {
    await scene?.stop();
    await postgres?.stop();
  });

  it(`is connected to again after each of ${restarts} restarts`, async () => {
    for (let i = 0; i < restarts; i += 1) {
      await sleep(chance.between(500, 4_000));
      await restart(postgres);
      await waitForReadiness(scene.servers[0], 200);
    }
    assert.ok(scene.servers[0].isAlive());
  });

  it('stands still: every request is answered, health is told, the operator too, and all goes on afterwards', async () => {
    const [server] = scene.servers;
    const [buyer] = scene.buyers.list;
    await sleep(2_000);
    const from = scene.lines.length;
    const frozenAt = Date.now();
    const thaw = freeze(postgres.pid);
    try {
      await waitForReadiness(server, 503);
      const readiness = await health(server, '/readyz');
      const liveness = await health(server, '/healthz');
      assert.equal(liveness.status, 200);
      assert.ok(liveness.seconds < 1, `/healthz took ${liveness.seconds} s`);
      const event = { event_name: 'api_call', quantity: 1, external_id: 'refused' };
      for (const [method, path, body] of [
        ['GET', '/access'],
        ['GET', '/customer/subscriptions'],
        ['POST', '/usage', event],
      ]) {
        const started = Date.now();
        const answer = await scene.ask(buyer.userId, method, path, body);
        const seconds = (Date.now() - started) / 1000;
        assert.equal(answer.status, 500, `${path}: ${JSON.stringify(answer.body)}`);
        assert.equal(answer.body.error.code, 'STORE_FAILED');
        assert.ok(seconds < 10, `${path} took ${seconds} s`);
      }
      console.log(`/readyz took ${readiness.seconds} s: ${readiness.text}`);
      await assertSaid(scene, from, /the job `\w+` fails, and is tried again until it works/);
      await sleep(frozenMs - (Date.now() - frozenAt));
    } finally {
      thaw();
    }
    await waitForReadiness(server, 200);
    await assertSaid(scene, from, /the job `\w+` works again/);
    await waitForProblem(server, 'job_failing', false);
  });

  it('has lost nothing that was acknowledged', () => scene.assertWhole());

  it('does not keep a server from ending when it stands still', async () => {
    const thaw = freeze(postgres.pid);
    try {
      const event = { event_name: 'api_call', quantity: 1, external_id: 'in flight' };
      const inFlight = scene.ask(scene.buyers.list[0].userId, 'POST', '/usage', event).catch(() => undefined);
      await sleep(500);
      const started = Date.now();
      await scene.servers[0].stop(40_000);
      await inFlight;
      const seconds = (Date.now() - started) / 1000;
      console.log(`the server ended after ${seconds.toFixed(1)} s`);
      assert.ok(seconds < 30, `it took ${seconds} s`);
    } finally {
      thaw();
    }
  });
});
