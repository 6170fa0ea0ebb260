// What is given by hand, with the real program: by command and by service key, in answers and notifications, beside a
// running server; and an import of a few, from a file, looked at first, begun again, given back.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createServerClient } from '@plinto/polar/server';
import { binary } from '../../scripts/lib/paths.mjs';
import { attempt } from '../../scripts/lib/run.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { startApplication } from './support/application.mjs';
import { startWorld } from './support/world.mjs';

const somebody = 'a0000000-0000-4000-8000-000000000001';
const secret = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';

const productsOf = (id) => JSON.stringify({ pro: { product_id: id, tier: 'pro', features: ['export'] } });

describe('what is given by hand', () => {
  let world;
  let application;
  let folder;
  let env;
  let server;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'plinto-polar-'));
    application = await startApplication('0a1b2c3d-0000-4000-8000-00000000000f');
    world = await startWorld({
      serverEnv: { APP_WEBHOOK_URL: application.url, APP_WEBHOOK_SECRET: secret, PRODUCTS: productsOf(somebody) },
    });
    // The server was there before the product had an id: for what is given it needs none.
    env = { ...world.settings, PRODUCTS: productsOf(world.product.id) };
    const { output } = await command('key', 'add', '--scope', 'grant:read,grant:write,access:read,customer:read');
    server = createServerClient({ baseUrl: world.urls.server, serviceKey: output.match(/plinto_sk_\w+/)[0] });
  });
  after(async () => {
    await world?.stop();
    await application?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const command = (...args) => attempt(binary, args, { env, quiet: true });
  const told = (type) =>
    waitFor(type, () => application.told.map(({ body }) => JSON.parse(body)).find((one) => one.type === type));

  it('holds at once for somebody who is no customer, is told to the application, and is taken back', async () => {
    const grant = await server.addGrant({ userId: somebody, tier: 'pro', reason: 'A delay', source: 'support' });
    assert.equal((await server.getAccess({ userId: somebody, feature: 'export' })).reason, 'granted');
    assert.equal((await told('access.granted')).data.user_id, somebody);
    assert.match((await command('why', somebody)).output, /local_grant .*support: A delay/);

    assert.equal((await server.removeGrant(grant.id, { userId: somebody })).removedAt !== undefined, true);
    assert.equal((await server.getAccess({ userId: somebody })).allowed, false);
    await told('access.revoked');
    assert.match((await command('grant', 'list', '--removed')).output, /removed .* by key:/);
  });

  it('is given and taken back by command, with who did it', async () => {
    const why = ['--reason', 'A delay', '--by', 'Ada'];
    const added = await command('grant', 'add', '--user', somebody, '--tier', 'pro', ...why, '--json');
    assert.equal(added.code, 0, added.output);
    const { id, created_by: by } = JSON.parse(added.output);
    assert.equal(by, 'Ada');
    assert.equal((await server.getAccess({ userId: somebody, feature: 'export' })).allowed, true);

    assert.equal((await command('grant', 'remove', id, '--by', 'Grace')).code, 0);
    assert.equal((await server.getAccess({ userId: somebody })).allowed, false);
    assert.match((await command('grant', 'list', '--removed')).output, /removed .* by Grace/);
  });

  it('is refused by the name of what is wrong', async () => {
    const refused = await command('grant', 'add', '--user', somebody, '--tier', 'gold', '--reason', 'r');
    assert.equal(refused.code, 2);
    assert.match(refused.output, /PRODUCTS has no such tier. It has: pro/);
  });

  it('takes over the subscribers of a file, as it said before, and gives one back', async () => {
    const file = join(folder, 'subscribers.csv');
    const ids = [2, 3].map((number) => `a0000000-0000-4000-8000-00000000000${number}`);
    const rows = ids.map((id, i) => `old-${i},pro,active,2099-01-01,${id},ada${i}@example.com,true`);
    writeFileSync(file, `subscription_id,product,status,paid_until,user_id,email,email_verified\n${rows.join('\n')}\n`);
    const list = join(folder, 'list.txt');
    writeFileSync(list, 'old-1 # the second\n');
    const run = async (...more) => {
      const { code, output } = await command('import', '--from', 'csv', file, '--json', ...more);
      assert.equal(code, 0, output);
      return output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
    };
    const planned = await run('--dry-run');
    assert.equal((await server.getAccess({ userId: ids[0] })).allowed, false);
    const done = await run();
    assert.deepEqual(
      done.map(({ checkout_url: _, checkout_expires_at: __, ...rest }) => rest),
      planned,
    );
    for (const { checkout_url: url } of done) assert.equal((await fetch(url)).status, 200);
    for (const userId of ids) assert.equal((await server.getAccess({ userId })).reason, 'granted');
    assert.deepEqual(
      (await run()).map(({ outcome }) => outcome),
      ['already', 'already'],
    );

    assert.deepEqual(
      (await run('--rollback', list)).map(({ outcome }) => outcome),
      ['rolled_back'],
    );
    assert.equal((await server.getAccess({ userId: ids[1] })).allowed, false);
    assert.deepEqual(
      (await run()).map(({ outcome }) => outcome),
      ['already', 'rolled_back'],
    );
  });
});
