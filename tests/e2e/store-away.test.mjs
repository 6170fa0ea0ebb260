// A store that answers nothing, or takes no writes: requests end, the server says so, and a stop ends all the same.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Child } from '../../scripts/lib/child.mjs';
import { binary } from '../../scripts/lib/paths.mjs';
import { freePorts } from '../../scripts/lib/ports.mjs';
import { startPostgres } from '../../scripts/lib/postgres.mjs';
import { run } from '../../scripts/lib/run.mjs';
import { usageEvent } from '../../scripts/lib/stack.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { freeze } from './support/frozen.mjs';
import { startWorld } from './support/world.mjs';

// docs/operations.md has these bounds.
const stopMs = 15_000;
const answerSeconds = 11;

const readiness = async (url) => {
  const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(10_000) });
  const { status } = await answer.json();
  return `${answer.status} ${status}`;
};

describe('a PostgreSQL that is frozen', { skip: process.platform !== 'linux' }, () => {
  let postgres;
  let world;
  let lines;
  let metricsUrl;
  let thaw;
  before(async () => {
    lines = [];
    postgres = await startPostgres();
    const [port] = await freePorts(1);
    metricsUrl = `http://127.0.0.1:${port}/metrics`;
    world = await startWorld({
      serverEnv: { DATABASE_URL: postgres.url, METRICS_PORT: String(port) },
      onLine: (name, line) => name === 'the server' && lines.push(line),
    });
  });
  after(async () => {
    thaw?.();
    await world?.stop();
    await postgres?.stop();
  });
  const use = () =>
    world.call('POST', '/usage', { token: world.tokens.owner, body: { event_name: usageEvent, quantity: 1 } });

  it('fails requests in bounded time and makes the server unready, until it goes on', async () => {
    assert.equal((await use()).status, 202);
    assert.equal(await readiness(world.urls.server), '200 ready');

    const metrics = async () => {
      const answer = await fetch(metricsUrl, { signal: AbortSignal.timeout(9_000) });
      return `${answer.status} ${await answer.text()}`;
    };
    const hasQueues = (text) => text.includes('plinto_polar_queue_rows{');
    assert.ok(hasQueues(await metrics()));

    thaw = freeze(postgres.pid);
    const [used, again, measured] = await Promise.all([use(), use(), metrics()]);
    const unready = await readiness(world.urls.server);
    thaw();

    for (const { status, body, seconds } of [used, again]) {
      assert.deepEqual([status, body.error.code], [500, 'STORE_FAILED']);
      assert.ok(seconds < answerSeconds, `it took ${seconds} s`);
    }
    assert.equal(unready, '503 the database does not answer');
    assert.match(measured, /^200 .*plinto_polar_problems\{problem="job_failing"\}/s);
    assert.ok(!hasQueues(measured));
    await waitFor('the server to be ready', async () => (await readiness(world.urls.server)) === '200 ready');
    await waitFor('usage to be taken', async () => (await use()).status === 202);
    const told = (pattern) => lines.filter((line) => pattern.test(line));
    await waitFor('the jobs to work again', () => {
      const failing = told(/the job `\w+` fails, and is tried again/).length;
      return failing > 0 && told(/the job `\w+` works again/).length === failing;
    });
  });

  it('does not hold up a stop', async () => {
    thaw = freeze(postgres.pid);

    // The exit code is null where it had to be killed.
    assert.equal(await world.server.stop(stopMs), 0);
  });
});

describe('a Polar that is silent', () => {
  let world;
  before(async () => {
    world = await startWorld();
  });
  after(() => world?.stop());

  it('does not hold up a stop while usage waits for it', async () => {
    await world.link.become('silent');
    for (let i = 0; i < 20; ++i) {
      const body = { event_name: usageEvent, quantity: 1, external_id: `usage-${i}` };
      assert.equal((await world.call('POST', '/usage', { token: world.tokens.owner, body })).status, 202);
    }

    assert.equal(await world.server.stop(stopMs), 0);
  });
});

describe('a file that takes no writes', { skip: process.platform !== 'linux' }, () => {
  it('makes the server unready, until it takes some again', async () => {
    const world = await startWorld();
    const folder = mkdtempSync(join(tmpdir(), 'plinto-polar-'));
    // A limit on the size of files refuses writes as a full disk does; the signal that comes with it is ignored.
    const server = new Child('a server of its own', ['sh', '-c', 'trap "" XFSZ; exec "$0" serve', binary], {
      env: { ...world.settings, DATABASE_URL: `sqlite:${join(folder, 'full.db')}`, HOST: '127.0.0.1', PORT: '0' },
    });
    const limitFiles = (bytes) => run('prlimit', ['--pid', String(server.pid), `--fsize=${bytes}:`], { quiet: true });
    try {
      const [, url] = await server.line(/listening on (\S+)/);
      await waitFor('the server to be ready', async () => (await readiness(url)) === '200 ready');

      await limitFiles('1');
      await waitFor('it to be unready', async () => (await readiness(url)) === '503 the database takes no writes');
      await limitFiles('unlimited');
      await waitFor('it to be ready again', async () => (await readiness(url)) === '200 ready');

      assert.equal(await server.stop(stopMs), 0);
    } finally {
      await server.stop();
      await world.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
