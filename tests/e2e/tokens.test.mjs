// Tokens between the running server and a signer and a reader that know nothing of it: Node's own cryptography publishes
// Plinto's keys and signs with them, and checks the entitlement tokens by the keys that the server publishes.
import assert from 'node:assert/strict';
import { createHmac, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { claimsFor } from '../../dist/js/plinto/index.js';
import { assertRefused, startWorld } from './support/world.mjs';

const keys = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
};
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
const jwk = (name, more = {}) => ({ ...keys[name].publicKey.export({ format: 'jwk' }), ...more });

/** A token signed as its header says, by the key of that algorithm. */
function signed(header, claims) {
  const text = `${encode(header)}.${encode(claims)}`;
  const { privateKey: key } = keys[header.alg];
  return `${text}.${sign('sha256', text, { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

describe('access tokens by the keys that Plinto publishes', () => {
  let world;
  let publisher;
  let answer;
  let asked = 0;
  before(async () => {
    answer = {
      status: 200,
      body: { keys: [jwk('RS256', { kid: 'r', use: 'sig', alg: 'RS256' }), jwk('ES256', { kid: 'e' })] },
    };
    publisher = createServer((_, response) => {
      asked += 1;
      response.statusCode = answer.status;
      response.end(JSON.stringify(answer.body));
    });
    publisher.listen(0, '127.0.0.1');
    await once(publisher, 'listening');
    const url = `http://127.0.0.1:${publisher.address().port}/.well-known/jwks.json`;
    world = await startWorld({ serverEnv: { PLINTO_JWT_SECRET: '', PLINTO_JWKS_URL: url } });
  });
  after(async () => {
    publisher?.close();
    await world?.stop();
  });

  const claims = (change = {}) => ({
    ...claimsFor({ userId: world.ownerId, type: 'access', lifetimeSeconds: 900 }),
    ...change,
  });
  const ask = (token) => world.call('GET', '/customer/data', { token });

  it('opens the door to RS256 and ES256, with the name of the key and without', async () => {
    for (const header of [{ alg: 'RS256', kid: 'r' }, { alg: 'ES256', kid: 'e' }, { alg: 'RS256' }, { alg: 'ES256' }]) {
      assert.equal((await ask(signed(header, claims()))).status, 200, JSON.stringify(header));
    }
    assert.equal(asked, 1);
  });

  it('refuses what was signed otherwise, or claims something else', async () => {
    const head = { alg: 'RS256', kid: 'r' };
    const now = Math.floor(Date.now() / 1000);
    const pem = keys.RS256.publicKey.export({ type: 'spki', format: 'pem' });
    const confused = (header, secret) => {
      const text = `${encode(header)}.${encode(claims())}`;
      return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
    };
    const [h, , s] = signed(head, claims()).split('.');
    const refused = {
      none: `${encode({ alg: 'none' })}.${encode(claims())}.`,
      'none, in capitals': `${encode({ alg: 'NONE', kid: 'r' })}.${encode(claims())}.`,
      'the public key as a secret': confused({ alg: 'HS256', kid: 'r' }, pem),
      'the same, called RS256': confused(head, pem),
      "Plinto's old secret": confused({ alg: 'HS256' }, world.secrets.plintoJwt),
      'other claims under the signature': `${h}.${encode(claims({ sub: world.memberId }))}.${s}`,
      'the wrong key': signed({ alg: 'ES256', kid: 'r' }, claims()),
      'another issuer': signed(head, claims({ iss: 'https://else.test' })),
      'another audience': signed(head, claims({ aud: ['else.test'] })),
      'a refresh token': signed(head, claims({ type: 'refresh' })),
      'no type': signed(head, claims({ type: undefined })),
      'from the future': signed(head, claims({ iat: now + 3600 })),
      'not yet valid': signed(head, claims({ nbf: now + 3600 })),
      'no end': signed(head, claims({ exp: undefined })),
      'an end that is no number': signed(head, claims({ exp: '9999999999' })),
      'a subject that is no UUID': signed(head, claims({ sub: 'admin' })),
      'a path as the name of the key': signed({ ...head, kid: '../../../../dev/null' }, claims()),
      'a query as the name of the key': signed({ ...head, kid: "x' UNION SELECT 'k" }, claims()),
      'control characters as the name of the key': signed({ ...head, kid: 'r\u0000\r\n' }, claims()),
      'no text as the name of the key': signed({ ...head, kid: ['r'] }, claims()),
      'ten kilobytes': signed({ ...head, kid: 'k'.repeat(10_240) }, claims()),
      'a token of nine kilobytes': signed(head, claims({ pad: 'x'.repeat(9_000) })),
      'a key in the header': signed({ ...head, kid: 'new', jwk: jwk('RS256') }, claims()),
    };
    for (const [what, token] of Object.entries(refused)) {
      const { status, body } = await ask(token);
      assert.equal(status, 401, what);
      assert.equal(body.error.code, 'TOKEN_INVALID', what);
    }
    assertRefused(await ask(signed(head, claims({ exp: now - 60 }))), 401, 'TOKEN_EXPIRED');
    // Once for the first token, and for each of the two names that may be a new key's.
    assert.ok(asked <= 4, `Plinto was asked ${asked} times`);
  });

  it('stays open while Plinto is down', async () => {
    answer = { status: 503, body: {} };

    assert.equal((await ask(signed({ alg: 'ES256', kid: 'e' }, claims()))).status, 200);
  });
});

describe('entitlement tokens', () => {
  let world;
  before(async () => {
    world = await startWorld();
  });
  after(() => world?.stop());

  it('are checked by the published keys alone, and say what GET /access says', async () => {
    const { body } = await world.call('GET', `/entitlements/token?organization_id=${world.organizationId}`, {
      token: world.tokens.member,
    });
    const [head, payload, signature] = body.token.split('.');
    const { keys: published } = await (await fetch(`${world.urls.server}/.well-known/jwks.json`)).json();
    const key = published.find(({ kid }) => kid === decode(head).kid);

    assert.equal(decode(head).alg, 'ES256');
    const holds = (text) =>
      verify(
        'sha256',
        text,
        { key: createPublicKey({ key, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      );
    assert.ok(holds(`${head}.${payload}`));
    assert.ok(!holds(`${head}.${encode({ ...decode(payload), sub: world.ownerId })}`));
    const claims = decode(payload);
    assert.equal(claims.sub, world.memberId);
    assert.equal(claims.org, world.organizationId);
    assert.equal(claims.exp - claims.iat, 300);
    assert.equal(Date.parse(body.expires_at), claims.exp * 1000);
    const access = await world.call('GET', `/access?organization_id=${world.organizationId}`, {
      token: world.tokens.member,
    });
    assert.deepEqual(
      { allowed: access.body.allowed, reason: access.body.reason },
      { allowed: claims.access.allowed, reason: claims.access.reason },
    );
    assert.ok(published.every((one) => one.d === undefined));
  });

  it('are no access tokens', async () => {
    const { body } = await world.call('GET', '/entitlements/token', { token: world.tokens.owner });

    assertRefused(await world.call('GET', '/customer/data', { token: body.token }), 401, 'TOKEN_INVALID');
  });
});
