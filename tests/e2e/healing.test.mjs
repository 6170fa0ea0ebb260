// A mirror that missed its deliveries: `reconcile` says what differs, and repairs it beside the running server.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { payCheckout } from '../../scripts/lib/emulator.mjs';
import { binary } from '../../scripts/lib/paths.mjs';
import { attempt } from '../../scripts/lib/run.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { startWorld } from './world.mjs';

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

const reconcile = (...args) =>
  attempt(binary, ['reconcile', ...args], {
    env: {
      POLAR_ACCESS_TOKEN: world.secrets.accessToken,
      POLAR_WEBHOOK_SECRET: world.secrets.polarWebhook,
      POLAR_API_URL: world.urls.emulator,
      PLINTO_API_URL: world.urls.plinto,
      PLINTO_JWT_SECRET: world.secrets.plintoJwt,
      DATABASE_URL: `sqlite:${world.database}`,
    },
    quiet: true,
  });

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
