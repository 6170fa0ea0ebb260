// `npx @plinto/polar dev` for an application of somebody's own: from the environment that it prints to a paid plan.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { Child } from '../../scripts/lib/child.mjs';
import { binary, npxProgram } from '../../scripts/lib/paths.mjs';
import { plintoApi } from '../../scripts/lib/plinto-api.mjs';
import { freePorts } from '../../scripts/lib/ports.mjs';
import { attempt, node } from '../../scripts/lib/run.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';

const ada = { name: 'Ada Lovelace', email: 'ada@dev.test', password: 'difference engine' };
// Where nobody has put a server on PATH.
const bare = { PLINTO_POLAR_BIN: '', PATH: '' };

let folder;
let ports;
let hooks;
let heard = [];
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plinto-polar-dev-'));
  ports = await freePorts(3);
  hooks = createServer(async (request, response) => {
    heard.push({ headers: request.headers, body: Buffer.concat(await request.toArray()).toString() });
    response.writeHead(202).end();
  });
  hooks.listen(0, '127.0.0.1');
  await once(hooks, 'listening');
});
after(() => {
  hooks?.closeAllConnections();
  hooks?.close();
  rmSync(folder, { recursive: true, force: true });
});

const flags = () => {
  const [polar, plinto, server] = ports.map(String);
  return ['--port', polar, '--plinto-port', plinto, '--server-port', server];
};
const hookUrl = () => `http://127.0.0.1:${hooks.address().port}/polar`;

/** Runs it for as long as `use` takes. `use` gets the environment that it printed. */
async function during(more, env, use) {
  const printed = {};
  const lines = [];
  const onLine = (line) => {
    const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined) printed[name] = value.replace(/^'(.*)'$/, '$1');
    lines.push(line);
  };
  const child = new Child('dev', [node, npxProgram, 'dev', ...flags(), ...more], { cwd: folder, env, onLine });
  try {
    await child.line(/Ctrl-C stops everything/);
    const shows = (pattern) => waitFor(String(pattern), () => lines.find((line) => pattern.test(line)));
    await use(printed, shows);
  } finally {
    assert.equal(await child.stop(), 0, child.tail());
  }
}

async function call(url, token, method, path, body) {
  const answer = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

describe('dev', () => {
  let environment;

  it('takes a new user to a paid plan, shows what happens, and forwards the webhooks', async () => {
    await during(['--forward', hookUrl()], { PLINTO_POLAR_BIN: binary }, async (printed, shows) => {
      environment = printed;
      const { access_token: token } = await plintoApi(printed.PLINTO_API_URL).signUp(ada);
      const { pro } = JSON.parse(printed.PRODUCTS);
      const api = (method, path, body) => call(`${printed.POLAR_SERVER_URL}/api/v1/polar`, token, method, path, body);

      const checkout = await api('POST', '/checkout', {
        product_id: pro.product_id,
        success_url: 'http://localhost:5173/thanks',
      });
      const [secret] = /polar_c_\w+/.exec(checkout.checkout_url);
      await call(printed.POLAR_API_URL, printed.POLAR_ACCESS_TOKEN, 'POST', `/v1/checkouts/client/${secret}/confirm`, {
        confirmation_token_id: 'ctoken_visa',
        customer_billing_address: { country: 'FR' },
      });
      await waitFor('access to pro', async () => (await api('GET', '/access?tier=pro')).allowed);

      await shows(/ plinto {3}POST \/api\/v1\/auth\/signup 200$/);
      await shows(/ polar {4}POST \/v1\/checkouts\/ 201$/);
      await shows(/ webhook {2}order\.paid to http:\/\/127\.0\.0\.1:\d+\/api\/v1\/polar\/webhooks: 202$/);
      await shows(/ webhook {2}order\.paid to http:\/\/127\.0\.0\.1:\d+\/polar: 202$/);
      await shows(/ plinto {3}user\.created to the server: 2\d\d$/);
      const verifier = new Webhook(Buffer.from(printed.POLAR_WEBHOOK_SECRET).toString('base64'));
      for (const { body, headers } of heard) verifier.verify(body, headers);
      assert.ok(heard.some(({ body }) => JSON.parse(body).type === 'order.paid'));
    });
  });

  it('keeps everything, so that what was pasted stays good', async () => {
    await during([], { PLINTO_POLAR_BIN: binary }, async (printed) => {
      assert.deepEqual(printed, environment);
      const { access_token: token } = await plintoApi(printed.PLINTO_API_URL).signIn(ada);
      const url = `${printed.POLAR_SERVER_URL}/api/v1/polar`;
      assert.equal((await call(url, token, 'GET', '/access?tier=pro')).allowed, true);
      // Nobody forwards any more.
      const { items } = await call(printed.POLAR_API_URL, printed.POLAR_ACCESS_TOKEN, 'GET', '/v1/webhooks/endpoints');
      assert.deepEqual(
        items.map((endpoint) => endpoint.url),
        [`${url}/webhooks`],
      );
    });
    assert.equal(statSync(join(folder, '.plinto-polar/secrets.json')).mode & 0o777, 0o600);
  });

  it('says what is missing where there is no server, and goes on without it', async () => {
    heard = [];
    await during(['--forward', hookUrl(), '--fresh'], bare, async (printed, shows) => {
      const { POLAR_SERVER_URL: _, PRODUCTS: __, ...same } = environment;
      const { PRODUCTS, ...rest } = printed;
      assert.deepEqual(rest, same);
      assert.ok(JSON.parse(PRODUCTS).pro.product_id);
      const missing = await shows(/^The server, plinto-polar, was not found/);
      assert.match(missing, /PLINTO_POLAR_BIN is not set, .* PATH, .*@plinto\/polar-\w+-\w+ is not installed/);
      const { items } = await call(printed.POLAR_API_URL, printed.POLAR_ACCESS_TOKEN, 'GET', '/v1/customers/');
      assert.deepEqual(items, []);
      const eva = { email: 'eva@dev.test' };
      await call(printed.POLAR_API_URL, printed.POLAR_ACCESS_TOKEN, 'POST', '/v1/customers/', eva);
      await shows(/ webhook {2}customer\.created to .*\/polar: 202$/);
    });
  });

  it('takes a wrong PLINTO_POLAR_BIN, a taken port and a wrong URL for mistakes', async () => {
    const refused = async (args, env, reason) => {
      const { code, output } = await attempt(node, [npxProgram, 'dev', '--no-keep', ...args], { env, quiet: true });
      assert.equal(code, 2, output);
      assert.match(output, reason);
    };
    const taken = String(hooks.address().port);
    const free = ['--port', '0', '--plinto-port', '0', '--server-port', '0'];
    await refused(free, { PLINTO_POLAR_BIN: join(folder, 'nothing') }, /PLINTO_POLAR_BIN names no program/);
    await refused(['--plinto-port', taken, '--port', '0'], bare, /another --plinto-port/);
    await refused(['--server-port', taken], { PLINTO_POLAR_BIN: binary }, /another --server-port/);
    await refused(['--forward', 'localhost'], bare, /--forward: `localhost` is not an http or https URL/);
    await refused(['--origin', 'app'], bare, /--origin/);
  });

  it('ends, and says why, when the server ends by itself', async () => {
    const env = { PLINTO_POLAR_BIN: binary, APP_WEBHOOK_URL: 'http://127.0.0.1:9/', APP_WEBHOOK_SECRET: 'your_secret' };
    const args = [npxProgram, 'dev', '--no-keep', '--port', '0', '--plinto-port', '0', '--server-port', '0'];

    const { code, output } = await attempt(node, args, { env, quiet: true });

    assert.equal(code, 1, output);
    assert.match(output, /The server ended with code 2\.[\s\S]*APP_WEBHOOK_SECRET/);
  });
});
