// Two tenants on one server, on SQLite and on PostgreSQL: the same story in each, with the same Plinto user and
// organization, and nothing of one shows in the other.
import assert from 'node:assert/strict';
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { payCheckout } from '../../scripts/lib/emulator.mjs';
import { binary } from '../../scripts/lib/paths.mjs';
import { startPostgres } from '../../scripts/lib/postgres.mjs';
import { attempt, run } from '../../scripts/lib/run.mjs';
import { usageEvent } from '../../scripts/lib/stack.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { startApplication } from './support/application.mjs';
import { newSecret, served, startTenant } from './support/tenants.mjs';
import { assertRefused, startWorld } from './support/world.mjs';

const engines = { SQLite: async () => undefined, PostgreSQL: startPostgres };
const sealingKey = randomBytes(32).toString('base64');

for (const [engine, start] of Object.entries(engines)) {
  describe(`two tenants on ${engine}`, () => {
    let postgres;
    let world;
    let operator;
    const tenants = [];
    before(async () => {
      postgres = await start();
      const serverEnv = { PLINTO_POLAR_KEY: sealingKey, ...(postgres && { DATABASE_URL: postgres.url }) };
      world = await startWorld({ serverEnv });
      const storage = {
        DATABASE_URL: postgres?.url ?? `sqlite:${world.database}`,
        PLINTO_POLAR_KEY: sealingKey,
      };
      operator = (args, env = {}) => run(binary, args, { env: { ...storage, ...env }, quiet: true });
      operator.attempt = (args, env = {}) => attempt(binary, args, { env: { ...storage, ...env }, quiet: true });
      for (const id of ['acme', 'bolt']) tenants.push(await startTenant(id, world));
    });
    after(async () => {
      for (const tenant of tenants) await tenant.stop();
      await world?.stop();
      await postgres?.stop();
    });

    const inOrganization = (path) => `${path}${path.includes('?') ? '&' : '?'}organization_id=${world.organizationId}`;
    const asOwner = (tenant, method, path, more = {}) =>
      tenant.call(method, path, { token: world.tokens.owner, ...more });

    it('are added while the server runs, and not served before', async () => {
      for (const tenant of tenants) {
        assertRefused(await asOwner(tenant, 'GET', inOrganization('/access')), 404, 'NOT_FOUND');
        await operator(['tenant', 'add', tenant.id], tenant.settings);
      }

      for (const tenant of tenants) await served(tenant);

      const listed = await operator(['tenant', 'list']);
      for (const { id, url, secrets } of tenants) {
        assert.match(listed, new RegExp(`^${id}\\t.*\\t${url}$`, 'm'));
        for (const secret of Object.values(secrets)) assert.ok(!listed.includes(secret));
      }
    });

    it('sell to the same organization, each for itself, though product and idempotency key are the same', async () => {
      const checkouts = [];
      for (const tenant of tenants) {
        const body = { product_id: tenant.product.id, organization_id: world.organizationId };
        const created = await asOwner(tenant, 'POST', '/checkout', { body, headers: { 'idempotency-key': 'same' } });
        assert.equal(created.status, 201, JSON.stringify(created.body));
        checkouts.push(created.body);
      }

      const [acme, bolt] = tenants;
      await payCheckout(acme.url, checkouts[0].client_secret, { name: 'Olivia of Acme' });
      await hasAccess(acme, true);
      await hasAccess(bolt, false);
      const nothing = await asOwner(bolt, 'GET', inOrganization('/customer/data'));
      assert.deepEqual(nothing.body, { subscriptions: [], benefits: [], orders: [] });
      await hasAccess({ id: 'the default tenant', call: world.call }, false);

      await payCheckout(bolt.url, checkouts[1].client_secret, { name: 'Olivia of Bolt' });
      await hasAccess(bolt, true);
      for (const tenant of tenants) {
        const data = await asOwner(tenant, 'GET', inOrganization('/customer/data'));
        assert.equal(data.body.subscriptions.length, 1, tenant.id);
        const portal = await asOwner(tenant, 'GET', inOrganization('/customer/portal'));
        assert.ok(portal.body.portal_url.startsWith(tenant.url), portal.body.portal_url);
      }
    });

    it('report usage to their own Polar, with the same external id', async () => {
      for (const tenant of tenants) {
        const body = {
          event_name: usageEvent,
          quantity: 2,
          external_id: 'same',
          organization_id: world.organizationId,
          properties: { mark: tenant.id },
        };
        assert.equal((await asOwner(tenant, 'POST', '/usage', { body })).status, 202);
      }
      for (const tenant of tenants) {
        const marks = await waitFor(`usage at the Polar of ${tenant.id}`, async () => {
          const events = await tenant.emulator.events(world.organizationId);
          const found = events.map(({ metadata }) => metadata?.mark).filter((mark) => mark !== undefined);
          return found.length > 0 && found;
        });
        assert.deepEqual(marks, [tenant.id]);
      }
    });

    it('sign entitlement tokens with keys and an issuer of their own', async () => {
      const kids = [];
      const issuers = [];
      for (const tenant of tenants) {
        const { body: keys } = await tenant.call('GET', '/.well-known/jwks.json');
        const { body } = await asOwner(tenant, 'GET', inOrganization('/entitlements/token'));
        const [header, claims] = body.token.split('.', 2).map((part) => parsePart(part));
        assert.ok(keys.keys.some(({ kid }) => kid === header.kid));
        kids.push(header.kid);
        issuers.push(claims.iss);
      }
      assert.notEqual(kids[0], kids[1]);
      assert.deepEqual(issuers, ['plinto-polar/t/acme', 'plinto-polar/t/bolt']);
    });

    it("take no deliveries signed for another, and no other's service keys", async () => {
      const [acme, bolt] = tenants;
      const body = JSON.stringify({ type: 'customer.created', timestamp: new Date().toISOString(), data: {} });
      const headers = sign(body, acme.secrets.polarWebhook);
      assertRefused(await bolt.call('POST', '/webhooks', { body, headers }), 403, 'WEBHOOK_SIGNATURE_MISMATCH');
      assertRefused(await world.call('POST', '/webhooks', { body, headers }), 403, 'WEBHOOK_SIGNATURE_MISMATCH');
      assert.equal((await acme.call('POST', '/webhooks', { body, headers })).status, 202);

      const [key] = (await operator(['key', 'add', '--tenant', 'acme', '--scope', 'customer:read'])).split('\n');
      const path = inOrganization('/customer/data');
      assert.equal((await acme.call('GET', path, { token: key })).status, 200);
      assertRefused(await bolt.call('GET', path, { token: key }), 401, 'TOKEN_INVALID');
      assertRefused(await world.call('GET', path, { token: key }), 401, 'TOKEN_INVALID');
    });

    it('rotate a webhook secret with the old one still good, and then without it', async () => {
      const [acme, bolt] = tenants;
      const added = newSecret();
      await operator(['tenant', 'rotate', 'acme'], { TENANT_POLAR_WEBHOOK_SECRET: added });
      const deliver = (tenant, secret) => {
        const body = JSON.stringify({ type: 'customer.created', timestamp: new Date().toISOString(), data: {} });
        return tenant.call('POST', '/webhooks', { body, headers: sign(body, secret) });
      };
      await waitFor('the new secret', async () => (await deliver(acme, added)).status === 202);
      assert.equal((await deliver(acme, acme.secrets.polarWebhook)).status, 202);
      assert.equal((await deliver(bolt, added)).status, 403);

      await operator(['tenant', 'rotate', 'acme', '--forget-old-secret']);
      await waitFor('the end of the old secret', async () => {
        return (await deliver(acme, acme.secrets.polarWebhook)).status === 403;
      });
      assert.equal((await deliver(acme, added)).status, 202);
    });

    it('rotate an access token: calls after it bear the new one', async () => {
      const [, bolt] = tenants;
      await operator(['tenant', 'rotate', 'bolt'], { TENANT_POLAR_ACCESS_TOKEN: 'polar_oat_wrong' });
      await waitFor(
        'the new token',
        async () => (await asOwner(bolt, 'GET', inOrganization('/customer/portal'))).status === 502,
      );
      await operator(['tenant', 'rotate', 'bolt'], { TENANT_POLAR_ACCESS_TOKEN: bolt.secrets.accessToken });
      await waitFor(
        'the old token',
        async () => (await asOwner(bolt, 'GET', inOrganization('/customer/portal'))).status === 200,
      );
    });

    it('are kept sealed: without the key, or with another, nothing is added, changed, or served', async () => {
      const [acme, bolt] = tenants;
      const other = { PLINTO_POLAR_KEY: randomBytes(32).toString('base64') };
      // The file of SQLite belongs to the server that runs.
      const copy = `${world.database}.copy`;
      if (postgres === undefined) await operator(['backup', copy]);
      const database = postgres === undefined ? { DATABASE_URL: `sqlite:${copy}` } : {};
      for (const [env, hint] of [
        [{ PLINTO_POLAR_KEY: '' }, /openssl rand -base64 32/],
        [other, /another PLINTO_POLAR_KEY/],
      ]) {
        for (const args of [
          ['tenant', 'add', 'third'],
          ['tenant', 'rotate', 'acme'],
        ]) {
          const { code, output } = await operator.attempt(args, { ...bolt.settings, ...env });
          assert.equal(code, 2, output);
          assert.match(output, hint);
          assert.ok(!output.includes(bolt.secrets.accessToken));
        }
        const { code, output } = await operator.attempt(['serve', '--port', '0'], {
          ...world.settings,
          ...database,
          ...env,
        });
        assert.equal(code, 2, output);
        assert.match(output, /PLINTO_POLAR_KEY/);
      }
      assert.match(await operator(['tenant', 'list'], other), /^acme\t.*\tsealed$/m);
      assert.equal((await acme.call('GET', '/.well-known/jwks.json')).status, 200);
    });

    it('refuse ids that are taken, reserved or no ids, and settings that could not be served', async () => {
      const [acme] = tenants;
      const refusals = [
        [['tenant', 'add', 'acme'], acme.settings, 1, /already/],
        [['tenant', 'add', 'default'], acme.settings, 2, /environment/],
        [['tenant', 'add', 'Acme/..'], acme.settings, 2, /lower-case/],
        [['tenant', 'add', 'third'], {}, 2, /POLAR_ACCESS_TOKEN is not set/],
        [['tenant', 'add', 'third'], { ...acme.settings, TENANT_PRODUCTS: '{' }, 2, /PRODUCTS/],
        [['tenant', 'rotate', 'nobody'], acme.settings, 1, /no tenant/],
        [['tenant', 'remove', 'nobody'], {}, 1, /no tenant/],
      ];
      for (const [args, env, expected, reason] of refusals) {
        const { code, output } = await operator.attempt(args, env);
        assert.equal(code, expected, `${args.join(' ')}: ${output}`);
        assert.match(output, reason);
      }
    });

    it('are served no more within seconds when they are removed, and gone once their application was told', async () => {
      const [acme, bolt] = tenants;
      const secret = `whsec_${randomBytes(32).toString('base64')}`;
      const application = await startApplication(randomUUID());
      await operator(['tenant', 'rotate', 'acme'], {
        TENANT_APP_WEBHOOK_URL: application.url,
        TENANT_APP_WEBHOOK_SECRET: secret,
      });
      const told = (type) => application.told.filter(({ body }) => JSON.parse(body).type === type).length;
      await waitFor('news of access', () => told('access.granted') > 0);

      const newer = `whsec_${randomBytes(32).toString('base64')}`;
      await operator(['tenant', 'rotate', 'acme'], { TENANT_APP_WEBHOOK_SECRET: newer });
      await operator(['tenant', 'remove', 'acme']);
      assert.match(await operator(['tenant', 'list']), /^acme\t.*\tending since /m);
      await waitFor('the end of acme', async () => (await acme.call('GET', '/.well-known/jwks.json')).status === 404);
      await waitFor('the last word', () => told('access.revoked') === told('access.granted'));
      const last = application.told.at(-1);
      assert.equal(last.headers['webhook-signature'].split(' ').length, 2);
      for (const one of [newer, secret]) {
        const key = Buffer.from(one.slice('whsec_'.length), 'base64');
        const signed = `${last.headers['webhook-id']}.${last.headers['webhook-timestamp']}.${last.body}`;
        const signature = createHmac('sha256', key).update(signed).digest('base64');
        assert.ok(last.headers['webhook-signature'].includes(signature));
      }

      await hasAccess(bolt, true);
      await waitFor('its row to go', async () => !/^acme\t/m.test(await operator(['tenant', 'list'])));
      assert.equal((await operator.attempt(['key', 'list', '--tenant', 'acme'])).code, 1);
      await operator(['tenant', 'remove', 'bolt', '--now']);
      assert.equal((await operator.attempt(['tenant', 'remove', 'bolt'])).code, 1);
      await application.stop();
    });

    async function hasAccess(tenant, expected) {
      const ask = async () => {
        const answer = await asOwner(tenant, 'GET', inOrganization('/access'));
        assert.equal(answer.status, 200, JSON.stringify(answer.body));
        return answer.body.allowed === expected;
      };
      if (expected) await waitFor(`access at ${tenant.id}`, ask);
      else assert.ok(await ask(), `${tenant.id} gives access`);
    }
  });
}

const parsePart = (part) => JSON.parse(Buffer.from(part, 'base64url').toString());

function sign(body, secret) {
  const id = `msg_${randomBytes(12).toString('hex')}`;
  const timestamp = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': `v1,${signature}` };
}
