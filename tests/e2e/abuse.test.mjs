// What an attacker tries against the running server: to be redirected elsewhere, to make it fetch, to write its headers, to
// borrow a browser's credentials, to flood it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { claimsFor, signToken } from '../../dist/js/plinto/index.js';
import { assertRefused, startWorld } from './support/world.mjs';

let world;
let canary;
let hits;
before(async () => {
  world = await startWorld();
  hits = [];
  canary = createServer((request, answer) => {
    hits.push(request.url);
    answer.end('{"keys":[]}');
  });
  canary.listen(0, '127.0.0.1');
  await once(canary, 'listening');
});
after(async () => {
  canary?.close();
  await world?.stop();
});

const canaryUrl = () => `http://127.0.0.1:${canary.address().port}/canary`;

/** Sends bytes as they are and reads until the server closes. */
async function raw(text) {
  const socket = connect(Number(new URL(world.urls.server).port), '127.0.0.1');
  socket.setEncoding('latin1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.on('error', () => {});
  socket.write(text, 'latin1');
  await once(socket, 'close');
  return answer;
}
const headLines = (answer) => answer.slice(0, answer.indexOf('\r\n\r\n')).split('\r\n');

describe('open redirects', () => {
  it('are closed for each field that names a URL, however the URL is dressed', async () => {
    const { origin, host } = new URL(world.urls.page);
    const dressed = [
      `${origin}.evil.test/`,
      `${origin}@evil.test/`,
      `${origin}:80@evil.test/`,
      `${origin}\\@evil.test/`,
      `\t${origin}/`,
      `${origin}\n/`,
      ` ${origin}`,
      `//${host}`,
      `/\\${host}`,
      `http:${host}`,
      `http:///${host}/`,
      'https://evil.test/#http://localhost',
      `https://evil.test/?${origin}`,
      `{CHECKOUT_ID}${origin}`,
      `http://{CHECKOUT_ID}.evil.test/`,
      'data:text/html,x',
      'JaVaScRiPt:alert(1)',
      'http://evil\u3002test/',
      '',
    ];
    for (const url of dressed) {
      for (const field of ['success_url', 'return_url', 'embed_origin']) {
        const body = { product_id: world.product.id, [field]: url };
        const { status, body: answer } = await world.call('POST', '/checkout', { token: world.tokens.owner, body });
        assert.equal(status, 422, `${field} ${JSON.stringify(url)}`);
        assert.equal(answer.error.details.field, field, JSON.stringify(url));
      }
      const portal = await world.call('GET', `/customer/portal?return_url=${encodeURIComponent(url)}`, {
        token: world.tokens.owner,
      });
      assert.equal(portal.status, 422, JSON.stringify(url));
    }
  });
});

describe('URLs in requests', () => {
  it('are never fetched: not from the body, the query, a header, or the header of a token', async () => {
    const url = canaryUrl();
    const claims = claimsFor({ userId: world.ownerId, type: 'access', lifetimeSeconds: 900 });
    const [, payload, signature] = signToken(claims, world.secrets.plintoJwt).split('.');
    const body = { product_id: world.product.id, success_url: url, return_url: url, embed_origin: url };
    await world.call('POST', '/checkout', { token: world.tokens.owner, body });
    await world.call('GET', `/customer/portal?return_url=${encodeURIComponent(url)}`, { token: world.tokens.owner });
    await world.call('GET', `/customer/data?organization_id=${encodeURIComponent(url)}`, { token: world.tokens.owner });
    for (const name of ['jku', 'x5u', 'kid']) {
      const head = Buffer.from(JSON.stringify({ alg: 'HS256', [name]: url })).toString('base64url');
      const answer = await world.call('GET', '/customer/data', { token: `${head}.${payload}.${signature}` });
      assertRefused(answer, 401, 'TOKEN_INVALID');
    }
    await world.call('GET', '/customer/data', {
      token: world.tokens.owner,
      headers: { 'x-forwarded-host': new URL(url).host, referer: url, forwarded: `host=${new URL(url).host}` },
    });

    assert.match(await raw(`GET ${url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`), /^HTTP\/1\.1 400 /);
    assert.match(await raw(`CONNECT ${new URL(url).host} HTTP/1.1\r\nHost: x\r\n\r\n`), /^HTTP\/1\.1 400 /);
    assert.deepEqual(hits, []);
  });

  it('cannot leave the path of Plinto by the id of an organization', async () => {
    for (const id of ['../users/me', '%2e%2e%2fusers%2fme', 'a?b=c', 'a#b', '99999999-9999-4999-8999-99999999999/']) {
      const answer = await world.call('GET', `/customer/data?organization_id=${encodeURIComponent(id)}`, {
        token: world.tokens.owner,
      });
      assertRefused(answer, 422, 'VALIDATION_FAILED', 'organization_id');
    }
  });
});

describe('header injection', () => {
  it('writes no header of the answer, by whatever part of the request', async () => {
    const injected = '%0d%0aSet-Cookie:%20a=b';
    const texts = [
      `GET /polar/access${injected} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      `GET /polar/customer/portal?return_url=https://x${injected} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      `GET /polar/access HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\r\nSet-Cookie: a=b\r\nConnection: close\r\n\r\n`,
      `GET /polar/access HTTP/1.1\r\nHost: x\r\nOrigin: https://e.test\rSet-Cookie: a=b\r\nConnection: close\r\n\r\n`,
      `OPTIONS /polar/access HTTP/1.1\r\nHost: x\r\nOrigin: ${world.urls.page}\r\nAccess-Control-Request-Method: GET\r\nAccess-Control-Request-Headers: a${injected}\r\nConnection: close\r\n\r\n`,
      `GET /polar/access HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\tb\x00c\r\nConnection: close\r\n\r\n`,
    ];
    for (const text of texts) {
      const answer = await raw(text);
      assert.match(answer, /^HTTP\/1\.1 [24]\d\d /, text);
      assert.ok(!headLines(answer).some((line) => /^set-cookie/i.test(line)), text);
      assert.ok(!headLines(answer).some((line) => /^x-request-id: a$/i.test(line)), text);
    }
  });

  it('refuses an idempotency key that is no visible text', async () => {
    for (const key of [' ', 'a b', 'x'.repeat(256), 'a\tb']) {
      const answer = await world.call('POST', '/checkout', {
        token: world.tokens.owner,
        body: { product_id: world.product.id },
        headers: { 'idempotency-key': key },
      });
      assertRefused(answer, 422, 'VALIDATION_FAILED', 'idempotency-key');
    }
  });

  it('cannot name its own address', async () => {
    const answer = await raw(
      'GET /polar/access HTTP/1.1\r\nHost: x\r\nX-Plinto-Remote-Address: 203.0.113.9\r\nConnection: close\r\n\r\n',
    );
    assert.match(answer, /^HTTP\/1\.1 401 /);
  });
});

describe('pages of other origins', () => {
  const ask = (origin, method = 'GET', more = {}) =>
    fetch(`${world.urls.server}/polar/customer/data`, {
      method,
      headers: { origin, authorization: `Bearer ${world.tokens.owner}`, ...more },
    });

  it('may not read an answer, and no page may send credentials of the browser', async () => {
    const { origin } = new URL(world.urls.page);
    const foreign = [
      'null',
      'https://evil.test',
      `${origin}.evil.test`,
      origin.replace('http:', 'https:'),
      origin.toUpperCase(),
      `${origin}/`,
      '*',
    ];
    for (const one of [...foreign, origin]) {
      for (const [method, more] of [
        ['GET', {}],
        ['OPTIONS', { 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' }],
      ]) {
        const { headers } = await ask(one, method, more);
        assert.equal(headers.get('access-control-allow-origin'), one === origin ? origin : null, `${method} ${one}`);
        assert.equal(headers.get('access-control-allow-credentials'), null, `${method} ${one}`);
        assert.match(headers.get('vary') ?? '', /origin/i);
        assert.equal(headers.get('set-cookie'), null);
      }
    }
  });

  it('get nothing by a cookie', async () => {
    const answer = await world.call('GET', '/customer/data', {
      headers: { cookie: `access_token=${world.tokens.owner}; plinto_access_token=${world.tokens.owner}` },
    });

    assertRefused(answer, 401, 'TOKEN_MISSING');
  });
});

describe('too much of everything', () => {
  it('is refused by the part that is too much', async () => {
    const head = 'GET /polar/access HTTP/1.1\r\nHost: x\r\nConnection: close\r\n';

    assert.match(await raw(`${head}X-Long: ${'x'.repeat(17 * 1024)}\r\n\r\n`), /^HTTP\/1\.1 431 /);
    assert.match(await raw(`${head}${'A: b\r\n'.repeat(4000)}\r\n`), /^HTTP\/1\.1 431 /);
    assert.match(await raw(`GET /${'a'.repeat(17 * 1024)} HTTP/1.1\r\nHost: x\r\n\r\n`), /^HTTP\/1\.1 (400|414|431) /);
    const nested = `{"metadata":${'{"a":'.repeat(70)}1${'}'.repeat(70)}}`;
    const answer = await world.call('POST', '/checkout', { token: world.tokens.owner, body: nested });
    assertRefused(answer, 400, 'INVALID_JSON');
    const members = JSON.stringify(Object.fromEntries(Array.from({ length: 1100 }, (_, i) => [`k${i}`, 1])));
    const many = await world.call('POST', '/checkout', { token: world.tokens.owner, body: members });
    assertRefused(many, 400, 'INVALID_JSON');
  });

  it('is answered 429 with the time to wait, to the sender and not to their neighbors', async () => {
    const limited = await startWorld({
      serverEnv: { RATE_LIMIT_PER_USER: '5', RATE_LIMIT_PER_ADDRESS: '3', TRUSTED_PROXIES: '127.0.0.1' },
    });
    try {
      const read = (token, address) =>
        limited.call('GET', '/customer/data', { token, headers: { 'x-forwarded-for': address } });
      for (let i = 0; i < 5; ++i) assert.equal((await read(limited.tokens.owner, `203.0.113.${i}`)).status, 200);
      const refused = await read(limited.tokens.owner, '203.0.113.9');
      assertRefused(refused, 429, 'RATE_LIMITED');
      assert.ok(Number(refused.headers.get('retry-after')) >= 1);
      assert.equal((await read(limited.tokens.member, '203.0.113.9')).status, 200);

      for (let i = 0; i < 3; ++i) assertRefused(await read(undefined, '198.51.100.1'), 401, 'TOKEN_MISSING');
      assertRefused(await read('nonsense', '198.51.100.1'), 429, 'RATE_LIMITED');
      assertRefused(await read(undefined, '10.0.0.1, 198.51.100.1'), 429, 'RATE_LIMITED');
      assertRefused(await read(undefined, '198.51.100.2'), 401, 'TOKEN_MISSING');
      assert.equal((await read(limited.tokens.member, '198.51.100.1')).status, 200);
      const alive = await fetch(`${limited.urls.server}/healthz`);
      assert.equal(alive.status, 200);
    } finally {
      await limited.stop();
    }
  });
});
