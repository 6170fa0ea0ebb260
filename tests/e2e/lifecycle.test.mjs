// Starting and stopping the programs as an operator does.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Child } from '../../scripts/lib/child.mjs';
import { binary } from '../../scripts/lib/paths.mjs';
import { startWorld } from './support/world.mjs';

describe('the programs', () => {
  it('end with 0 when they are asked to, with connections open', async () => {
    const world = await startWorld();
    const data = await world.call('GET', '/customer/data', { token: world.tokens.owner });

    const codes = await world.stop();

    assert.equal(data.status, 200);
    assert.deepEqual(codes, { 'the server': 0, "Plinto's stand-in": 0, 'the emulator': 0 });
  });

  it('say that they are alive and ready', async () => {
    const world = await startWorld();
    const statuses = await Promise.all(
      ['/healthz', '/readyz'].map(async (path) => (await fetch(world.urls.server + path)).status),
    );
    await world.stop();

    assert.deepEqual(statuses, [200, 200]);
  });

  it('refuse to serve without what they need, and name it', async () => {
    let death;
    const ended = new Promise((resolve) => {
      death = resolve;
    });
    const env = { POLAR_ACCESS_TOKEN: '', POLAR_WEBHOOK_SECRET: '', PLINTO_API_URL: '', PLINTO_JWT_SECRET: '' };
    new Child('serve', [binary, 'serve'], {
      env: { ...env, PORT: '0', DATABASE_URL: 'sqlite::memory:' },
      onDeath: death,
    });

    const { message } = await ended;

    assert.match(message, /POLAR_ACCESS_TOKEN/);
    assert.doesNotMatch(message, /code 0/);
  });
});
