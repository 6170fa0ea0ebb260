// A mirror that missed its deliveries: `reconcile` says what differs, and repairs it beside the running server. `why` says
// what an answer comes from.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { payCheckout } from '../../scripts/lib/emulator.mjs';
import { binary } from '../../scripts/lib/paths.mjs';
import { attempt } from '../../scripts/lib/run.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { startWorld } from './support/world.mjs';

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

const command = (args, env = {}) =>
  attempt(binary, args, {
    env: { ...world.settings, ...env },
    quiet: true,
  });
const reconcile = (...args) => command(['reconcile', ...args]);

/** Asks nobody: there is nobody at these addresses. */
const why = (...args) =>
  command(['why', ...args], { POLAR_API_URL: 'http://127.0.0.1:9', PLINTO_API_URL: 'http://127.0.0.1:9' });

const polar = async (method, path, body) => {
  const answer = await fetch(world.urls.emulator + path, {
    method,
    headers: { authorization: `Bearer ${world.secrets.accessToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  return answer.json();
};

const isAllowed = async () => {
  const path = `/access?organization_id=${world.organizationId}`;
  const { status, body } = await world.call('GET', path, { token: world.tokens.owner });
  assert.equal(status, 200, JSON.stringify(body));
  return body.allowed;
};

describe('a plan that ended while no delivery was made', () => {
  it('is named by a dry run, and ended by a repair', async () => {
    const body = { product_id: world.product.id, organization_id: world.organizationId };
    const checkout = await world.call('POST', '/checkout', { token: world.tokens.owner, body });
    await payCheckout(world.urls.emulator, checkout.body.client_secret);
    await waitFor('the access', isAllowed);
    const { items: endpoints } = await polar('GET', '/v1/webhooks/endpoints');
    for (const { id } of endpoints) await polar('PATCH', `/v1/webhooks/endpoints/${id}`, { enabled: false });
    const { items: subscriptions } = await polar('GET', '/v1/subscriptions/');
    await polar('DELETE', `/v1/subscriptions/${subscriptions[0].id}`);

    // Polar's answers tell the time in whole seconds, and what is older than the last delivery repairs nothing.
    const dry = await waitFor("a second of Polar's clock", async () => {
      const said = await reconcile('--customer', world.organizationId, '--dry-run');
      return said.output.includes('0 differences') ? undefined : said;
    });
    assert.equal(dry.code, 0, dry.output);
    assert.match(dry.output, new RegExp(`\\tsubscription\\t${subscriptions[0].id}\\tstatus active -> canceled`));
    assert.match(dry.output, /^1 customers verified, \d+ differences, nothing was stored$/m);
    assert.equal(await isAllowed(), true);

    const repaired = await reconcile('--customer', world.organizationId);
    assert.equal(repaired.code, 0, repaired.output);
    assert.match(repaired.output, /^1 customers verified, [1-9]\d* repairs$/m);
    assert.equal(await isAllowed(), false);
    const again = await reconcile('--customer', world.organizationId);
    assert.match(again.output, /^1 customers verified, 0 repairs$/m);
  });
});

describe('why somebody has access, or has none', () => {
  it('is said of an organization by its id and by that of its customer, as by GET /access with a service key', async () => {
    const { output: made } = await command(['key', 'add', '--scope', 'access:read', '--name', 'support']);
    const [key] = made.match(/plinto_sk_\w+/);
    const path = `/access?explain=1&organization_id=${world.organizationId}`;
    const { status, body } = await world.call('GET', path, { token: key });
    assert.equal(status, 200, JSON.stringify(body));
    const { facts, polar_customer_id, verified_at } = body.explanation;
    const [deciding] = facts.filter(({ decides }) => decides);
    assert.equal(deciding.access.reason, body.reason);

    const explained = await why(world.organizationId);
    assert.equal(explained.code, 0, explained.output);
    const lines = explained.output.trimEnd().split('\n');
    assert.equal(lines[0], `organization ${world.organizationId}, at Polar customer ${polar_customer_id}`);
    assert.equal(lines[1], 'access: no (ended)');
    assert.match(lines[2], new RegExp(`^verified with Polar ${verified_at}, holds until 20`));
    assert.equal(lines.length, 3 + facts.length);
    const [marked] = lines.filter((line) => line.startsWith('* '));
    assert.ok(marked.startsWith(`* subscription ${deciding.id}: canceled, product `), marked);
    assert.ok(marked.endsWith(`, told ${deciding.as_of} -> no (ended)`), marked);
    assert.match(marked, /, ended 20/);

    for (const subject of [polar_customer_id, world.organizationId.toUpperCase()]) {
      assert.equal((await why(subject)).output, explained.output);
    }
    const feature = await why(world.organizationId, '--feature', 'export');
    assert.match(feature.output, /^feature export: no \(not_in_plan\)$/m);
  });

  it('is said of nobody, and of who was erased', async () => {
    const nobody = await why('0a1b2c3d-0000-4000-8000-000000000001');
    assert.equal(nobody.code, 1);
    assert.match(nobody.output, /No customer has this id/);

    const path = `/customer?organization_id=${world.organizationId}`;
    assert.equal((await world.call('DELETE', path, { token: world.tokens.owner })).status, 200);
    const erased = await why(world.organizationId);
    assert.equal(erased.code, 0, erased.output);
    assert.match(erased.output, new RegExp(`^erased: what was stored of ${world.organizationId} here`));
  });
});
