// What the gateway refuses, against the running server: who may call, and what a request may hold.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { claimsFor, signToken } from '../../dist/js/plinto/index.js';
import { readRows } from './support/database.mjs';
import { assertRefused, startWorld } from './support/world.mjs';

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

const checkout = (change = {}, options = {}) =>
  world.call('POST', '/checkout', {
    token: world.tokens.owner,
    body: { product_id: world.product.id, success_url: `${world.urls.page}/done`, ...change },
    ...options,
  });

const everyRoute = () => [
  ['POST', '/checkout', { product_id: world.product.id }],
  ['POST', '/customer', {}],
  ['GET', '/customer/portal', undefined],
  ['GET', '/customer/data', undefined],
  ['POST', '/usage', { event_name: 'api_call' }],
];

describe('who may call', () => {
  it('asks for a token on every route', async () => {
    for (const [method, path, body] of everyRoute()) {
      assertRefused(await world.call(method, path, { body }), 401, 'TOKEN_MISSING');
    }
  });

  it('refuses an expired token on every route', async () => {
    const longAgo = Math.floor(Date.now() / 1000) - 7200;
    const claims = claimsFor({ userId: world.ownerId, type: 'access', lifetimeSeconds: 900, nowSeconds: longAgo });
    const token = signToken(claims, world.secrets.plintoJwt);

    for (const [method, path, body] of everyRoute()) {
      assertRefused(await world.call(method, path, { token, body }), 401, 'TOKEN_EXPIRED');
    }
  });

  it('refuses tokens that were not issued for this', async () => {
    const claims = claimsFor({ userId: world.ownerId, type: 'access', lifetimeSeconds: 900 });
    const [, payload] = signToken(claims, world.secrets.plintoJwt).split('.');
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    const forged = {
      'another secret': signToken(claims, 'another secret that is long enough'),
      'no algorithm': `${none}.${payload}.`,
      'a refresh token': signToken({ ...claims, type: 'refresh' }, world.secrets.plintoJwt),
      'another issuer': signToken({ ...claims, iss: 'https://else.test' }, world.secrets.plintoJwt),
      'another audience': signToken({ ...claims, aud: 'else.test' }, world.secrets.plintoJwt),
      'a subject that is no UUID': signToken({ ...claims, sub: 'root' }, world.secrets.plintoJwt),
      'no expiry': signToken({ ...claims, exp: undefined }, world.secrets.plintoJwt),
      'an algorithm that is a number': `${Buffer.from('{"alg":1}').toString('base64url')}.${payload}.AAAA`,
      garbage: 'a.b.c',
    };

    for (const [what, token] of Object.entries(forged)) {
      const answer = await world.call('GET', '/customer/data', { token });
      assert.equal(answer.status, 401, what);
      assert.equal(answer.body.error.code, 'TOKEN_INVALID', what);
    }
  });

  it('refuses a stranger to the organization on every route', async () => {
    const organization = `?organization_id=${world.organizationId}`;
    for (const [method, path, body] of everyRoute()) {
      const inBody = body && { ...body, organization_id: world.organizationId };
      const answer = await world.call(method, body ? path : path + organization, {
        token: world.tokens.stranger,
        body: inBody,
      });
      assertRefused(answer, 403, 'ORGANIZATION_ACCESS_DENIED');
    }
  });

  it('refuses a member what takes an owner or admin', async () => {
    const subject = { organization_id: world.organizationId };

    assertRefused(await checkout(subject, { token: world.tokens.member }), 403, 'ROLE_NOT_ALLOWED');
    assertRefused(
      await world.call('GET', `/customer/portal?organization_id=${world.organizationId}`, {
        token: world.tokens.member,
      }),
      403,
      'ROLE_NOT_ALLOWED',
    );
  });

  it('says the same of an organization that does not exist as of a foreign one', async () => {
    const subject = { organization_id: '99999999-9999-4999-8999-999999999999' };

    assertRefused(await checkout(subject), 403, 'ORGANIZATION_ACCESS_DENIED');
  });

  it('refuses usage events that end users may not record', async () => {
    const body = { event_name: 'free_money', organization_id: world.organizationId };

    assertRefused(
      await world.call('POST', '/usage', { token: world.tokens.owner, body }),
      403,
      'USAGE_EVENT_NOT_ALLOWED',
    );
  });
});

describe('what a request may hold', () => {
  const entries = (count) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, 'value']));

  it('names the product that Polar does not have', async () => {
    const answer = await checkout({ product_id: '99999999-9999-4999-8999-999999999999' });

    assertRefused(answer, 422, 'PRODUCT_UNKNOWN', 'product_id');
  });

  it('names an id that is no UUID', async () => {
    assertRefused(await checkout({ product_id: 'pro' }), 422, 'VALIDATION_FAILED', 'product_id');
    assertRefused(await checkout({ organization_id: 'acme' }), 422, 'VALIDATION_FAILED', 'organization_id');
    assertRefused(
      await world.call('GET', '/customer/data?organization_id=acme', { token: world.tokens.owner }),
      422,
      'VALIDATION_FAILED',
      'organization_id',
    );
  });

  it('refuses a success URL on a foreign origin, however it is dressed', async () => {
    const { host } = new URL(world.urls.page);
    const foreign = [
      'https://evil.test/done',
      `http://${host}@evil.test/done`,
      `http://${host}.evil.test/done`,
      `https://${host}/done`,
      'http://127.0.0.1:1/done',
      `//${host}/done`,
      'javascript:alert(1)',
    ];

    for (const url of foreign) {
      const { status, body } = await checkout({ success_url: url });
      assert.equal(status, 422, url);
      assert.ok(['URL_NOT_ALLOWED', 'VALIDATION_FAILED'].includes(body.error.code), `${url}: ${body.error.code}`);
      assert.equal(body.error.details.field, 'success_url', url);
    }
    assertRefused(await checkout({ return_url: foreign[0] }), 422, 'URL_NOT_ALLOWED', 'return_url');
    assertRefused(
      await world.call('GET', `/customer/portal?return_url=${encodeURIComponent(foreign[0])}`, {
        token: world.tokens.owner,
      }),
      422,
      'URL_NOT_ALLOWED',
      'return_url',
    );
  });

  it('takes metadata at its limits', async () => {
    const metadata = { ...entries(47), ['k'.repeat(40)]: 'v'.repeat(500), count: 3, on: true };

    const answer = await checkout({ metadata });

    assert.equal(answer.status, 201, JSON.stringify(answer.body));
  });

  it('refuses metadata beyond its limits and names the entry', async () => {
    const long = 'k'.repeat(41);

    assertRefused(await checkout({ metadata: entries(51) }), 422, 'VALIDATION_FAILED', 'metadata');
    assertRefused(await checkout({ metadata: { [long]: 'v' } }), 422, 'VALIDATION_FAILED', `metadata.${long}`);
    assertRefused(await checkout({ metadata: { plan: 'v'.repeat(501) } }), 422, 'VALIDATION_FAILED', 'metadata.plan');
    assertRefused(await checkout({ metadata: { plan: '' } }), 422, 'VALIDATION_FAILED', 'metadata.plan');
    assertRefused(await checkout({ metadata: { plan: null } }), 422, 'VALIDATION_FAILED', 'metadata.plan');
    assertRefused(await checkout({ metadata: { plan: { deep: 1 } } }), 422, 'VALIDATION_FAILED', 'metadata.plan');
    assertRefused(await checkout({ metadata: { plan: [1] } }), 422, 'VALIDATION_FAILED', 'metadata.plan');
    assertRefused(await checkout({ metadata: 'plan' }), 422, 'VALIDATION_FAILED', 'metadata');
  });

  it('refuses a field that it does not know by its name', async () => {
    assertRefused(await checkout({ discount: 100 }), 422, 'UNKNOWN_FIELD', 'discount');
    assertRefused(await checkout({ price: 1 }), 422, 'UNKNOWN_FIELD', 'price');
  });

  it('refuses what PRODUCTS does not open to buyers', async () => {
    assertRefused(await checkout({ amount: 1 }), 422, 'VALIDATION_FAILED', 'amount');
    assertRefused(await checkout({ allow_discount_codes: true }), 422, 'VALIDATION_FAILED', 'allow_discount_codes');
  });

  it('refuses what is no JSON object', async () => {
    for (const body of ['{"product_id":', '[]', '"text"', '', `${'['.repeat(5000)}${']'.repeat(5000)}`]) {
      const { status, body: answer } = await world.call('POST', '/checkout', { token: world.tokens.owner, body });
      assert.ok(status === 400 || status === 422, `${body.slice(0, 20)}: ${status}`);
      assert.ok(['INVALID_JSON', 'VALIDATION_FAILED'].includes(answer.error.code), answer.error.code);
    }
  });

  it('refuses a body over its limit', async () => {
    const padding = 'x'.repeat(1024 * 1024);

    assertRefused(await checkout({ metadata: { padding } }), 413, 'PAYLOAD_TOO_LARGE');
    assertRefused(
      await world.call('POST', '/webhooks', { body: 'x'.repeat(4 * 1024 * 1024 + 1) }),
      413,
      'PAYLOAD_TOO_LARGE',
    );
  });

  it('answers unknown paths and methods in the same shape', async () => {
    assertRefused(await world.call('GET', '/nothing', { token: world.tokens.owner }), 404, 'NOT_FOUND');
    assertRefused(await world.call('DELETE', '/checkout', { token: world.tokens.owner }), 405, 'METHOD_NOT_ALLOWED');
  });

  it('refuses one idempotency key for two different checkouts', async () => {
    const headers = { 'idempotency-key': 'one-key-two-bodies' };

    const first = await checkout({}, { headers });
    const again = await checkout({}, { headers });
    const other = await checkout({ success_url: `${world.urls.page}/elsewhere` }, { headers });

    assert.equal(first.status, 201, JSON.stringify(first.body));
    assert.equal(again.body.checkout_id, first.body.checkout_id);
    assertRefused(other, 409, 'IDEMPOTENCY_KEY_REUSED');
  });

  it('stores nothing of what it refuses', async () => {
    const before = await readRows(world.database);

    await checkout({ product_id: '99999999-9999-4999-8999-999999999999' });
    await checkout({ metadata: { plan: null } });
    await checkout({ success_url: 'https://evil.test/' });
    await checkout({ organization_id: world.organizationId }, { token: world.tokens.stranger });

    assert.deepEqual(await readRows(world.database), before);
  });
});
