// `startPolarStack` of `@plinto/polar/testing`: one call, one clock, and months that pass for all parts at once.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { startPolarStack } from '@plinto/polar/testing';
import { Webhook } from 'standardwebhooks';
import { testClock } from '../../dist/js/plinto/index.js';
import { binary } from '../../scripts/lib/paths.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';

const monthly = (cents) => ({ recurring_interval: 'month', prices: [{ amount_type: 'fixed', price_amount: cents }] });
const catalog = {
  products: [{ name: 'Pro', ...monthly(2_000), trial_interval: 'day', trial_interval_count: 14 }],
};
const origin = 'http://localhost:5173';

describe('a stack with the server', () => {
  let stack;
  let ada;
  before(async () => {
    const now = '2026-01-15T12:00:00Z';
    stack = await startPolarStack({ now, catalog, origins: [origin], server: binary, settings: { LOG_LEVEL: 'warn' } });
  });
  after(() => stack?.stop());

  async function ask(method, path, body) {
    const answer = await fetch(`${stack.server.url}/api/v1/polar${path}`, {
      method,
      headers: { authorization: `Bearer ${ada.accessToken}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, ...(await answer.json()) };
  }
  const signIn = async () => {
    const answer = await fetch(`${stack.plinto.url}/api/v1/auth/signin`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ada@stack.test', password: 'difference engine' }),
    });
    ada.accessToken = (await answer.json()).access_token;
  };
  const reason = async () => (await ask('GET', '/access?tier=pro')).reason;

  it('begins at the time that is wanted, for everybody', async () => {
    assert.equal(stack.missing, undefined);
    assert.equal(stack.now().toISOString().slice(0, 16), '2026-01-15T12:00');
    assert.equal(stack.environment.POLAR_SERVER_URL, stack.server.url);
    const { now } = await stack.polar.api('GET', '/_emulator/clock');
    assert.equal(now.slice(0, 16), '2026-01-15T12:00');
  });

  it('takes a buyer through a trial, a renewal and a card that fails', async () => {
    ada = await stack.signUp({ email: 'ada@stack.test', name: 'Ada Lovelace', password: 'difference engine' });
    const checkout = await ask('POST', '/checkout', { slug: 'pro', success_url: `${origin}/thanks` });
    assert.equal(checkout.status, 201, JSON.stringify(checkout));

    assert.equal((await stack.polar.pay(checkout)).paid, true);
    await waitFor('the trial', async () => (await reason()) === 'trialing');

    await stack.advance('15 days');
    await signIn();
    await waitFor('the first charge', async () => (await reason()) === 'active');
    await stack.polar.setCard(ada.id, 'declined');
    await stack.advance('1 month');
    await signIn();
    await waitFor('the failed renewal', async () => !['active', undefined].includes(await reason()));

    const { deliveries } = await stack.polar.log();
    assert.ok(deliveries.every(({ status }) => status === 202));
    const pastDue = deliveries.find(({ type }) => type === 'subscription.past_due');
    assert.equal(pastDue.at.slice(0, 10), '2026-02-28', 'a webhook comes at its own time');
  });

  it('lets tokens expire by the same clock', async () => {
    await signIn();
    assert.equal((await ask('GET', '/access')).status, 200);

    await stack.advance('1 hour');

    const refused = await ask('GET', '/access');
    assert.deepEqual([refused.status, refused.error.code], [401, 'TOKEN_EXPIRED']);
    assert.ok(Math.abs(testClock(stack.environment.TEST_CLOCK)() - stack.now().getTime()) < 1_000);
  });

  it('comes to a time, and not to one in the past', async () => {
    await stack.advanceTo('2027-01-01T00:00:00Z');
    assert.equal(stack.now().toISOString().slice(0, 16), '2027-01-01T00:00');
    await assert.rejects(stack.advanceTo('2026-01-01T00:00:00Z'), { code: 'VALIDATION_FAILED' });
    await assert.rejects(stack.advance('soon'), { code: 'VALIDATION_FAILED' });
    const first = stack.advance('1 day');
    await assert.rejects(stack.advance('1 day'), { code: 'CONFLICT' });
    await first;
  });
});

describe('a stack without the server', () => {
  it("tells the application's own endpoint, again and at the right time where that fails", async () => {
    const heard = [];
    const hooks = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString();
      heard.push({ headers: request.headers, body, type: JSON.parse(body).type });
      response.writeHead(heard.length === 1 ? 500 : 202).end();
    });
    hooks.listen(0, '127.0.0.1');
    await once(hooks, 'listening');
    const webhookUrls = [`http://127.0.0.1:${hooks.address().port}/hooks`];
    const stack = await startPolarStack({ server: false, webhookUrls });
    try {
      assert.match(stack.missing, /plinto-polar, was not found/);
      assert.equal(stack.server, undefined);
      const products = [stack.polar.product('Lifetime').id];
      const checkout = await stack.polar.api('POST', '/v1/checkouts/', { products });

      const { paid } = await stack.polar.pay(checkout);

      assert.equal(paid, true);
      const types = heard.map(({ type }) => type);
      assert.ok(types.includes('order.paid'), types.join());
      assert.equal(types.filter((type) => type === types[0]).length >= 2, true, 'the first one was tried again');
      const verifier = new Webhook(Buffer.from(stack.environment.POLAR_WEBHOOK_SECRET).toString('base64'));
      for (const { body, headers } of heard) verifier.verify(body, headers);
    } finally {
      await stack.stop();
      hooks.closeAllConnections();
      hooks.close();
    }
  });

  it('refuses by name what it does not know, and what it cannot start', async () => {
    const refused = (options, code, message) =>
      assert.rejects(startPolarStack(options), (error) => {
        assert.equal(error.code, code);
        assert.match(error.message, message);
        return true;
      });
    await refused({ clock: 1 }, 'UNKNOWN_FIELD', /no option 'clock'/);
    await refused({ now: 'soon' }, 'VALIDATION_FAILED', /soon is not a time/);
    await refused(
      { server: false, catalog: { products: [{ name: 'Plan', prices: [] }] } },
      'CONFIGURATION_INVALID',
      /products\[0\]/,
    );
    await assert.rejects(startPolarStack({ server: '/nowhere/plinto-polar' }), /could not be started/);
  });
});
