// docs/access.md, walked row by row and column by column against the running server, with every subject that a caller can
// name: their own, another's, one that does not exist, none at all, and those of another tenant's key.
import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { at, binary } from '../../scripts/lib/paths.mjs';
import { plintoApi } from '../../scripts/lib/plinto-api.mjs';
import { run } from '../../scripts/lib/run.mjs';
import { makeConektaKeys } from './support/conekta-keys.mjs';
import { served, startTenant } from './support/tenants.mjs';
import { startWorld } from './support/world.mjs';

const columns = ['nobody', 'self', 'stranger', 'viewer', 'member', 'admin', 'owner', 'key'];
const members = ['viewer', 'member', 'admin', 'owner'];
const unlimited = { RATE_LIMIT_PER_USER: '0', RATE_LIMIT_PER_KEY: '0', RATE_LIMIT_PER_ADDRESS: '0' };

/** The rows of the table: the route, and what each column says. */
const rows = readFileSync(at('docs/access.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => {
    const [route, ...cells] = line.slice(2, -2).split(' | ');
    const [method, path] = route.replaceAll('`', '').split(' ');
    return {
      route: `${method} ${path}`,
      method,
      path,
      ...Object.fromEntries(columns.map((name, i) => [name, cells[i]])),
    };
  });
const scopes = [...new Set(rows.map((row) => row.key.replaceAll('`', '')).filter((scope) => scope.includes(':')))];

const program = `
import sqlite3, sys
with sqlite3.connect(sys.argv[1], timeout=10) as database:
    database.execute("insert into service_keys (tenant, id, hash, name, scopes, created_at) values (?, ?, ?, 'test', ?, 0)", sys.argv[2:])
`;

let world;
let people;
let otherOrganization;
let elsewhere;
before(async () => {
  const PLINTO_POLAR_KEY = randomBytes(32).toString('base64');
  world = await startWorld({ serverEnv: { ...unlimited, ...makeConektaKeys().serverEnv, PLINTO_POLAR_KEY } });
  elsewhere = await startTenant('elsewhere', world);
  const env = { DATABASE_URL: `sqlite:${world.database}`, PLINTO_POLAR_KEY, ...elsewhere.settings };
  await run(binary, ['tenant', 'add', 'elsewhere'], { env, quiet: true });
  await served(elsewhere);
  const plinto = plintoApi(world.urls.plinto);
  const signUp = (name, more = {}) =>
    plinto.signUp({ name, email: `${name}@roles.test`, password: 'correct horse battery', ...more });
  const others = { viewer: await signUp('viewer'), admin: await signUp('admin') };
  for (const [role, { user }] of Object.entries(others)) {
    await plinto.addMember(world.tokens.owner, world.organizationId, { email: user.email, role });
  }
  const neighbor = await signUp('neighbor', { organization_name: 'Elsewhere' });
  [{ id: otherOrganization }] = await plinto.organizations(neighbor.access_token);
  people = {
    ...world.tokens,
    viewer: others.viewer.access_token,
    admin: others.admin.access_token,
    self: neighbor.access_token,
  };
});
after(async () => {
  await elsewhere?.stop();
  await world?.stop();
});

/** Stores a service key as `key add` does. */
async function addKey(scopeList, tenant = 'default') {
  const key = `plinto_sk_${randomBytes(32).toString('hex')}`;
  const hash = createHash('sha256').update(key).digest('hex');
  await run('python3', ['-c', program, world.database, tenant, randomUUID(), hash, scopeList.join(',')], {
    quiet: true,
  });
  return key;
}

const bodies = () => ({
  'POST /checkout': { product_id: world.product.id },
  'POST /usage': { event_name: 'api_call' },
  'POST /usage/batch': { events: [{ event_name: 'api_call' }] },
  'POST /usage/reserve': { event_name: 'api_call' },
  'POST /usage/leases/{id}/commit': { quantity: 1 },
  'PUT /usage/limits': { event_name: 'api_call', period: 'day', maximum: 1_000_000 },
  'POST /subscriptions/{id}/change': { seats: 2 },
  'POST /grants': { features: ['beta'], source: 'support', reason: 'A delay.' },
});

const queries = {
  'GET /usage/event': { event_id: 'request-1' },
  'GET /subscriptions/{id}/preview': { seats: 2 },
  'DELETE /usage/limits': { event_name: 'api_call', period: 'day' },
};

/** Asks as somebody, for somebody. Names in `query` and, where there is a body, in `inBody`. */
async function ask(row, { token, query = {}, inBody = {}, headers = {}, tenant = world }) {
  const names = new URLSearchParams({ ...queries[row.route], ...query }).toString();
  const path = row.path.replace('{id}', '99999999-9999-4999-8999-999999999999') + (names === '' ? '' : `?${names}`);
  const body = row.method === 'GET' ? undefined : { ...bodies()[row.route], ...inBody };
  return await tenant.call(row.method, path, { ...(token === undefined ? {} : { token }), body, headers });
}

/** What happened, in the words of the table. */
function cellOf(answer) {
  if (![401, 403].includes(answer.status)) {
    assert.ok(answer.status < 500 && answer.status !== 429, `${answer.status} ${JSON.stringify(answer.body)}`);
    return 'yes';
  }
  return `${answer.status} ${answer.body.error.code}`;
}

const isDelivery = (row) => ['/webhooks', '/webhooks/conekta', '/events/plinto'].includes(row.path);
const isPublic = (row) => row.nobody === 'yes';
const guarded = rows.filter((row) => !isDelivery(row) && !isPublic(row));

describe('the access matrix', () => {
  it('has the routes of the server and every column', () => {
    assert.ok(rows.length >= 10, `${rows.length} rows`);
    for (const row of rows)
      assert.ok(
        columns.every((name) => row[name] !== undefined && row[name] !== ''),
        row.route,
      );
    assert.ok(guarded.length >= 7);
  });

  it('holds for every role in the organization that is named', async () => {
    for (const row of guarded) {
      for (const who of ['stranger', ...members]) {
        const answer = await ask(row, { token: people[who], query: { organization_id: world.organizationId } });
        assert.equal(cellOf(answer), row[who], `${row.route} by ${who}`);
      }
    }
  });

  it('holds for the organization in the body as for the one in the query', async () => {
    for (const row of guarded.filter(({ method }) => method === 'POST')) {
      for (const who of ['stranger', ...members]) {
        const answer = await ask(row, { token: people[who], inBody: { organization_id: world.organizationId } });
        assert.equal(cellOf(answer), row[who], `${row.route} by ${who}`);
      }
      const both = await ask(row, {
        token: people.owner,
        query: { organization_id: world.organizationId },
        inBody: { organization_id: otherOrganization },
      });
      assert.equal(both.status, 422, `${row.route}: the query names one organization, the body another`);
    }
  });

  it('gives nobody anything of an organization of others, and does not say whether it exists', async () => {
    for (const row of guarded) {
      for (const who of members) {
        for (const organization of [otherOrganization, '99999999-9999-4999-8999-999999999999']) {
          const answer = await ask(row, { token: people[who], query: { organization_id: organization } });
          assert.equal(cellOf(answer), '403 ORGANIZATION_ACCESS_DENIED', `${row.route} by ${who}`);
        }
      }
    }
  });

  it('lets users act for themselves, and for no other user', async () => {
    for (const row of guarded) {
      assert.equal(cellOf(await ask(row, { token: people.self })), row.self, row.route);
      const another = await ask(row, { token: people.self, query: { user_id: world.ownerId } });
      assert.equal(cellOf(another), '403 ROLE_NOT_ALLOWED', row.route);
    }
  });

  it('asks everybody else who they are', async () => {
    for (const row of guarded) {
      for (const query of [{}, { organization_id: world.organizationId }, { user_id: world.ownerId }]) {
        assert.equal(cellOf(await ask(row, { query })), row.nobody, row.route);
      }
    }
  });

  it('opens each route to a service key with its scope, for any organization and user, and to no other key', async () => {
    const subjects = [
      { organization_id: world.organizationId },
      { organization_id: otherOrganization },
      { user_id: world.ownerId },
    ];
    for (const scope of scopes) {
      const key = await addKey([scope]);
      const others = await addKey(scopes.filter((other) => other !== scope));
      for (const row of guarded.filter((one) => one.key === `\`${scope}\``)) {
        for (const query of subjects) {
          assert.equal(cellOf(await ask(row, { token: key, query })), 'yes', `${row.route} with ${scope}`);
          assert.equal(
            cellOf(await ask(row, { token: others, query })),
            '403 ROLE_NOT_ALLOWED',
            `${row.route} without`,
          );
        }
        assert.equal((await ask(row, { token: key })).status, 422, `${row.route} for nobody`);
        assert.equal((await ask(row, { token: others })).status, 403, `${row.route} for nobody, without the scope`);
      }
    }
    assert.ok(guarded.every((row) => scopes.includes(row.key.replaceAll('`', ''))));
  });

  it('refuses a service key from a browser, of another tenant, or that there is not', async () => {
    const key = await addKey(scopes);
    const foreign = await addKey(scopes, 'elsewhere');
    const query = { organization_id: world.organizationId };
    for (const row of guarded) {
      const fromPage = await ask(row, { token: key, query, headers: { origin: world.urls.page } });
      assert.equal(cellOf(fromPage), '401 TOKEN_INVALID', row.route);
      assert.equal(cellOf(await ask(row, { token: foreign, query })), '401 TOKEN_INVALID', row.route);
      assert.equal(cellOf(await ask(row, { token: `${key.slice(0, -1)}x`, query })), '401 TOKEN_INVALID', row.route);
    }
  });

  it('is the same for every role under another tenant, and no key or checkout of one is known to the other', async () => {
    const tenant = elsewhere;
    const query = { organization_id: world.organizationId };
    const [ours, theirs] = [await addKey(scopes), await addKey(scopes, 'elsewhere')];
    for (const row of guarded) {
      for (const who of ['stranger', ...members]) {
        const answer = await ask(row, { tenant, token: people[who], query });
        assert.equal(cellOf(answer), row[who], `${row.route} by ${who}`);
      }
      assert.equal(cellOf(await ask(row, { tenant, query })), row.nobody, row.route);
      assert.equal(cellOf(await ask(row, { tenant, token: ours, query })), '401 TOKEN_INVALID', row.route);
      assert.equal(cellOf(await ask(row, { tenant, token: theirs, query })), 'yes', row.route);
    }
    const body = { product_id: world.product.id, organization_id: world.organizationId };
    const checkout = await world.call('POST', '/checkout', { token: people.owner, body });
    const path = `/checkout/${checkout.body.checkout_id}?organization_id=${world.organizationId}`;
    assert.equal((await world.call('GET', path, { token: people.owner })).status, 200);
    for (const token of [people.owner, theirs]) {
      assert.equal((await tenant.call('GET', path, { token })).status, 404);
    }
  });

  it('gives public routes to everybody and takes deliveries from nobody without a signature', async () => {
    const tokens = [undefined, ...Object.values(people), await addKey(scopes), 'nonsense'];
    for (const token of tokens) {
      for (const row of rows.filter(isPublic)) assert.equal(cellOf(await ask(row, { token })), 'yes', row.route);
      for (const row of rows.filter(isDelivery)) {
        const answer = await ask(row, { token });
        assert.equal(answer.status, 403, row.route);
        assert.match(answer.body.error.code, /^WEBHOOK_/, row.route);
      }
    }
  });
});
