// What an operator does beside the running server: a backup under load, parked deliveries, the application's webhook.
import assert from 'node:assert/strict';
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { payCheckout } from '../../scripts/lib/emulator.mjs';
import { binary } from '../../scripts/lib/paths.mjs';
import { attempt, run } from '../../scripts/lib/run.mjs';
import { usageEvent } from '../../scripts/lib/stack.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { startApplication } from './support/application.mjs';
import { readRows } from './support/database.mjs';
import { startWorld } from './support/world.mjs';

const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;
const secrets = [newSecret(), newSecret()]; // while they are rotated
const ownId = randomUUID();

let application;
let world;
let operator;
before(async () => {
  application = await startApplication(ownId);
  world = await startWorld({ serverEnv: { APP_WEBHOOK_URL: application.url, APP_WEBHOOK_SECRET: secrets.join(',') } });
  const env = { DATABASE_URL: `sqlite:${world.database}` };
  operator = (...args) => run(binary, args, { env, quiet: true });
  operator.attempt = (args, more = {}) => attempt(binary, args, { env: { ...env, ...more }, quiet: true });
});
after(async () => {
  await world?.stop();
  await application?.stop();
});

describe('the application', () => {
  it('is told of a purchase, signed, and its own id is kept', async () => {
    const body = { product_id: world.product.id, organization_id: world.organizationId };
    const checkout = await world.call('POST', '/checkout', { token: world.tokens.owner, body });
    await payCheckout(world.urls.emulator, checkout.body.client_secret);

    const [{ headers, body: text }] = await waitFor(
      'the notification',
      () => application.told.length > 0 && application.told,
    );
    const { type, data } = JSON.parse(text);
    assert.equal(type, 'access.granted');
    assert.equal(data.organization_id, world.organizationId);
    assert.equal(data.plan.product_id, world.product.id);
    assert.equal(data.interval, 'month');
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`;
    const signature = (secret) => {
      const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
      return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
    };
    assert.equal(headers['webhook-signature'], secrets.map(signature).join(' '));
    await waitFor('its id in the database', async () => {
      const { polar_subscriptions: rows } = await readRows(world.database);
      return rows.some((row) => row.includes(ownId));
    });
  });

  it('is told again of all since a time, as it was told, and each try is listed', async () => {
    const [{ headers, body }] = application.told;
    const { sequence } = JSON.parse(body).data;
    assert.ok(Number.isSafeInteger(sequence));
    const before = application.told.length;

    assert.match(await operator('notifications', 'replay', '--since', '2026-01-01'), /^[1-9]\d* taken up again/);
    assert.equal((await deliver('order.paid', { id: 'wakes the server' })).status, 202);

    const isSame = (one) => one.headers['webhook-id'] === headers['webhook-id'];
    const again = await waitFor('the same once more', () => application.told.slice(before).find(isSame));
    assert.equal(JSON.parse(again.body).data.sequence, sequence);
    const log = await waitFor('both tries', async () => {
      const lines = (await operator('notifications', 'log', '--id', `${sequence}`)).trim().split('\n');
      return lines.length === 2 && lines;
    });
    for (const line of log) {
      assert.match(line, /^\S+Z\t\d+\taccess\.granted\t\S+\t\S+\tdelivered\t200\t\d+ ms\t-$/);
      assert.ok(line.includes(headers['webhook-id']));
    }
    assert.equal(await operator('notifications', 'log', '--id', '1'), '');
    assert.equal((await operator.attempt(['notifications', 'replay', '1'])).code, 1);
  });
});

describe('a backup', () => {
  it('is made while the server writes, and serves', async () => {
    const file = join(dirname(world.database), 'backup.db');
    let recorded = 0;
    let writing = true;
    const writer = (async () => {
      while (writing) {
        const body = { event_name: usageEvent, external_id: `n${recorded}` };
        const answer = await world.call('POST', '/usage', { token: world.tokens.owner, body });
        assert.equal(answer.status, 202);
        recorded += 1;
      }
    })();
    await waitFor('some usage', () => recorded > 20);
    const acknowledged = recorded;

    await operator('backup', file);
    writing = false;
    await writer;

    const { polar_usage_events: usage } = await readRows(file);
    for (let i = 0; i < acknowledged; i += 1)
      assert.ok(
        usage.some((row) => row.includes(`'n${i}'`)),
        `n${i}`,
      );
    const again = await operator.attempt(['backup', file]);
    assert.equal(again.code, 2);
    assert.match(again.output, /already/);
  });

  it('of PostgreSQL is left to pg_dump, and of nothing is refused', async () => {
    const file = join(dirname(world.database), 'other.db');
    const postgres = await operator.attempt(['backup', file], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/x' });
    assert.equal(postgres.code, 2);
    assert.match(postgres.output, /pg_dump/);
    const nothing = await operator.attempt(['backup', file], { DATABASE_URL: `sqlite:${file}.nothing` });
    assert.equal(nothing.code, 1);
    assert.ok(!existsSync(file) && !existsSync(`${file}.nothing`));
  });
});

describe('a parked delivery', () => {
  it('is listed with its reason, and taken up again', async () => {
    const { id, status } = await deliver('order.paid', { id: 'broken' });
    assert.equal(status, 202);

    const listed = await waitFor('the parked delivery', async () => {
      const lines = (await operator('replay')).split('\n');
      return lines.find((line) => line.startsWith(id));
    });
    assert.match(listed, /\tpolar\torder\.paid\t.*VALIDATION_FAILED/);
    assert.match(await operator('replay', id), /^1 /);
    assert.equal((await operator.attempt(['replay', 'msg_unknown'])).code, 1);
  });
});

/** A delivery of Polar's. Resolves with its `webhook-id` and the status of the answer. */
async function deliver(type, data) {
  const body = JSON.stringify({ type, timestamp: new Date().toISOString(), data });
  const id = `msg_${randomUUID()}`;
  const timestamp = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', world.secrets.polarWebhook)
    .update(`${id}.${timestamp}.${body}`)
    .digest('base64');
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${signature}`,
  };
  return { id, status: (await world.call('POST', '/webhooks', { body, headers })).status };
}
