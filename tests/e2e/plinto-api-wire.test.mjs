// What examples/plinto-api sends to plinto-polar, byte by byte: the gateway, its own events, and the settings of both.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request as send } from 'node:http';
import { after, before, beforeEach, describe, it } from 'node:test';
import { signPlintoWebhook } from '../../dist/js/plinto/index.js';
import { at, python } from '../../scripts/lib/paths.mjs';
import { plintoApi } from '../../scripts/lib/plinto-api.mjs';
import { attempt } from '../../scripts/lib/run.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { findPlace, newSecret, runPlintoApi } from './support/plinto-api.mjs';
import { assertRefused } from './support/world.mjs';

const ada = { name: 'Ada Lovelace', email: 'ada@engines.test', password: 'difference engine' };

/** In plinto-polar's place: keeps what it is sent, and answers as it is told. */
async function startRecorder() {
  const recorder = { heard: [], answer: (response) => response.writeHead(202).end('{}') };
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    const body = Buffer.concat(await request.toArray());
    recorder.heard.push({ method, url, headers, body });
    recorder.answer(response, request);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(recorder, {
    url: `http://127.0.0.1:${server.address().port}`,
    dropConnections: () => server.closeAllConnections(),
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  });
}

let place;
let polar;
let api;
let settings;
before(async () => {
  place = await findPlace();
  polar = await startRecorder();
  settings = {
    PLINTO_JWT_SECRET: 'a secret of the tests, 32 bytes long',
    PLINTO_WEBHOOK_SECRET: 'another secret of the tests',
    POLAR_SERVER_URL: polar.url,
    POLAR_SERVICE_KEY: 'plinto_sk_of_the_tests',
    APP_WEBHOOK_SECRET: newSecret(),
  };
  api = await runPlintoApi(place, settings);
});
after(async () => {
  await api?.stop();
  await polar?.stop();
  place?.remove();
});
beforeEach(() => {
  polar.heard = [];
  polar.answer = (response) => response.writeHead(202).end('{}');
});

/** A request whose path nobody tidies up. */
async function raw(method, path, { headers = {}, body } = {}) {
  const request = send(place.url, { method, path, headers });
  request.end(body);
  const [response] = await once(request, 'response');
  const text = Buffer.concat(await response.toArray()).toString();
  return {
    status: response.statusCode,
    headers: response.headers,
    text,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

describe('the gateway', () => {
  it('passes path, query and body on as they came, and of the headers what plinto-polar reads', async () => {
    const body = Buffer.from([0x7b, 0x22, 0xc3, 0xa9, 0x22, 0x3a, 0x31, 0x2e, 0x30, 0x7d, 0x0a]);
    const path = '/api/v1/polar/usage?organization_id=a%2Bb+c&cursor=%7B%22&x=/../y;z';
    const headers = {
      authorization: 'Bearer the.users.own',
      'content-type': 'application/json; charset=utf-8',
      'idempotency-key': 'k1',
      origin: 'https://app.test',
      'x-forwarded-for': '203.0.113.7, 127.0.0.1',
      cookie: 'plinto_session=secret',
      'x-api-key': 'of Plinto',
    };

    const answer = await raw('POST', path, { headers, body });

    assert.equal(answer.status, 202);
    const [heard, ...more] = polar.heard;
    assert.equal(more.length, 0);
    assert.deepEqual([heard.method, heard.url], ['POST', path]);
    assert.ok(heard.body.equals(body));
    for (const name of ['authorization', 'content-type', 'idempotency-key', 'origin']) {
      assert.equal(heard.headers[name], headers[name]);
    }
    assert.equal(heard.headers.host, new URL(polar.url).host);
    for (const name of ['cookie', 'x-api-key']) assert.ok(!(name in heard.headers), name);
    assert.equal(heard.headers['x-forwarded-for'], '203.0.113.7', 'uvicorn believes a proxy on this machine alone');
  });

  it('answers with the status, the headers and the body that it was answered', async () => {
    polar.answer = (response) =>
      response
        .writeHead(429, [
          ...['retry-after', '7', 'x-request-id', 'r1', 'etag', '"e"', 'vary', 'Origin', 'vary', 'Accept'],
          ...['content-type', 'application/json', 'server', 'plinto-polar'],
        ])
        .end('{"error":{"code":"RATE_LIMITED"}}\n');

    const answer = await raw('GET', '/api/v1/polar/.well-known/jwks.json');

    assert.equal(answer.status, 429);
    assert.equal(answer.text, '{"error":{"code":"RATE_LIMITED"}}\n');
    const { 'retry-after': after, 'x-request-id': id, etag, vary, 'content-type': type } = answer.headers;
    assert.deepEqual([after, id, etag, vary, type], ['7', 'r1', '"e"', 'Origin, Accept', 'application/json']);
  });

  it('sends nothing twice, whatever becomes of it', async () => {
    polar.answer = (response) => response.destroy();

    assertRefused(await raw('POST', '/api/v1/polar/checkout', { body: '{}' }), 502, 'UPSTREAM_FAILED');

    assert.equal(polar.heard.length, 1);
    polar.answer = (response) => response.writeHead(503).end('{"error":{"code":"STORE_FAILED"}}');
    assert.equal((await raw('POST', '/api/v1/polar/checkout', { body: '{}' })).status, 503);
    assert.equal(polar.heard.length, 2);
  });

  it('does not stumble over a connection that was closed meanwhile', async () => {
    assert.equal((await raw('GET', '/api/v1/polar/access')).status, 202);
    polar.dropConnections();

    assert.equal((await raw('POST', '/api/v1/polar/checkout', { body: '{}' })).status, 202);

    assert.equal(polar.heard.length, 2);
  });

  it('leads nowhere else', async () => {
    const away = [
      '..',
      '../../../t/acme/polar/access',
      '%2e%2e/x',
      '..%2f..%2fhealthz',
      './x',
      '/x',
      'x//y',
      'a%00',
      'x\\y',
    ];
    for (const path of away) {
      assertRefused(await raw('GET', `/api/v1/polar/${path}`), 404, 'NOT_FOUND');
    }
    assertRefused(await raw('PUT', '/api/v1/polar/access'), 405, 'METHOD_NOT_ALLOWED');
    assertRefused(await raw('GET', '/api/v1/polarity'), 404, 'NOT_FOUND');

    assert.equal(polar.heard.length, 0);
  });

  it('holds no more of a body than plinto-polar takes', async () => {
    const body = Buffer.alloc(8 * 1024 * 1024 + 1, 'x');

    assertRefused(await raw('POST', '/api/v1/polar/usage/batch', { body }), 413, 'PAYLOAD_TOO_LARGE');

    assert.equal(polar.heard.length, 0);
  });
});

describe('events', () => {
  it('are signed over their bytes and sent until they are taken, also after a restart; nobody waits for them', async () => {
    polar.answer = (response) => response.writeHead(503).end();
    const { user } = await plintoApi(place.url).signUp({ ...ada, organization_name: 'Engines' });
    await waitFor('each event twice', () => polar.heard.length >= 4);

    await api.stop();
    polar.heard = [];
    polar.answer = (response) => response.writeHead(202).end();
    api = await runPlintoApi(place, settings);
    await waitFor('both events', () => polar.heard.length >= 2);

    const events = polar.heard.map(({ body }) => JSON.parse(body));
    assert.deepEqual(
      events.map(({ type, object }) => [type, object]),
      [
        ['user.created', 'user'],
        ['organization.created', 'organization'],
      ],
    );
    assert.equal(events[0].data.id, user.id);
    assert.equal(events[0].data.email, ada.email);
    assert.equal(events[1].data.owner_id, user.id);
    for (const { url, body, headers } of polar.heard) {
      assert.equal(url, '/api/v1/polar/events/plinto');
      assert.equal(headers['x-webhook-id'], JSON.parse(body).id);
      assert.equal(headers['x-webhook-signature'], signPlintoWebhook(body, settings.PLINTO_WEBHOOK_SECRET));
      assert.ok(!body.includes('password'));
    }
  });

  it('of a sign-up that is refused are none', async () => {
    await assert.rejects(plintoApi(place.url).signUp(ada), /EMAIL_TAKEN/);
    await plintoApi(place.url).signUp({ ...ada, email: 'grace@engines.test' });

    await waitFor('an event', () => polar.heard.length > 0);

    assert.deepEqual(
      polar.heard.map(({ body }) => JSON.parse(body).data.email),
      ['grace@engines.test'],
    );
  });
});

describe('the access check', () => {
  it('is closed while plinto-polar cannot be asked, and says so', async () => {
    const plinto = plintoApi(place.url);
    const { access_token: token } = await plinto.signIn(ada);
    const [{ id }] = await plinto.organizations(token);
    const look = () =>
      raw('GET', `/api/v1/organizations/${id}/audit-logs`, { headers: { authorization: `Bearer ${token}` } });

    for (const answer of [(response) => response.destroy(), (response) => response.writeHead(401).end('{}')]) {
      polar.answer = answer;
      assertRefused(await look(), 503, 'BILLING_UNAVAILABLE');
    }
    polar.answer = (response) => response.end('{"allowed":true,"reason":"active"}');
    assert.equal((await look()).status, 200);
    const { url, headers } = polar.heard.at(-1);
    assert.equal(url, `/api/v1/polar/access?organization_id=${id}&tier=pro`);
    assert.equal(headers.authorization, `Bearer ${settings.POLAR_SERVICE_KEY}`);
  });
});

describe('the settings', () => {
  it('are refused by name, all at once, and no value is printed', async () => {
    const wrong = {
      PLINTO_JWT_SECRET: 'tooshort',
      PLINTO_WEBHOOK_SECRET: '',
      POLAR_SERVER_URL: 'localhost',
      POLAR_SERVICE_KEY: 'two words',
      APP_WEBHOOK_SECRET: 'whsec_!',
      BILLING_PLANS: '{"pro":"gold"}',
    };
    const command = ['-m', 'uvicorn', 'plinto_api.main:create_app', '--factory', '--port', '0'];
    const { code, output } = await attempt(python, command, {
      cwd: at('examples/plinto-api'),
      env: { ...wrong, PYTHONDONTWRITEBYTECODE: '1' },
      quiet: true,
    });

    assert.notEqual(code, 0);
    for (const name of Object.keys(wrong)) assert.match(output, new RegExp(`${name}: `));
    for (const value of ['tooshort', 'two words', 'whsec_!']) assert.ok(!output.includes(value), value);
    assert.equal(output.trim().split('\n').length, 1, output);
  });
});
