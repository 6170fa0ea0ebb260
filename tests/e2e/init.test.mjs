// `npx @plinto/polar init` against the emulator: from an access token to a server that has taken its first payment.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startPlinto } from '../../dist/js/plinto/index.js';
import { Child } from '../../scripts/lib/child.mjs';
import { emulators } from '../../scripts/lib/emulator-process.mjs';
import { binary, npxProgram } from '../../scripts/lib/paths.mjs';
import { plintoApi } from '../../scripts/lib/plinto-api.mjs';
import { freePorts } from '../../scripts/lib/ports.mjs';
import { attempt, node } from '../../scripts/lib/run.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';

const accessToken = 'polar_oat_of_the_account';
const plintoSecrets = { jwtSecret: 'a secret of the tests, 32 bytes', webhookSecret: 'another secret of the tests' };

let parent;
let emulator;
let polarUrl;
let port;
before(async () => {
  parent = mkdtempSync(join(tmpdir(), 'plinto-polar-init-'));
  [port] = await freePorts(1);
  const command = emulators['npx @plinto/polar emulate'];
  emulator = new Child('emulator', [...command, '--port', '0', '--access-token', accessToken]);
  [, polarUrl] = await emulator.line(/listening on (\S+)/);
});
after(async () => {
  await emulator?.stop();
  rmSync(parent, { recursive: true, force: true });
});

async function polar(method, path, body) {
  const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
  const answer = await fetch(polarUrl + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
const endpoints = async () => (await polar('GET', '/v1/webhooks/endpoints')).items;

/** An application's folder, with a package.json that depends on these. */
function application(name, dependencies = {}) {
  const folder = join(parent, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ dependencies }));
  return folder;
}

const init = (folder, args = [], env = {}) =>
  attempt(node, [npxProgram, 'init', ...args], {
    cwd: folder,
    env: { POLAR_ACCESS_TOKEN: accessToken, POLAR_API_URL: polarUrl, ...env },
    quiet: true,
  });
const read = (folder, name) => readFileSync(join(folder, name), 'utf8');
const environmentOf = (folder) =>
  Object.fromEntries([...read(folder, '.env').matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]));

describe('init', () => {
  const appUrl = () => `http://127.0.0.1:${port}`;
  const hook = () => `${appUrl()}/api/v1/polar/webhooks`;
  let app;

  it('says what it would do, and does nothing, in a dry run', async () => {
    app = application('shop', { next: '16', react: '19' });

    const { code, output } = await init(app, ['--url', appUrl(), '--dry-run']);

    assert.equal(code, 0, output);
    assert.match(
      output,
      /^Would make the webhook endpoint http:\/\/127.*\/api\/v1\/polar\/webhooks, with all events\.$/m,
    );
    assert.match(output, /^Would write products\.json with 6 products/m);
    assert.match(
      output,
      /^Would add POLAR_ACCESS_TOKEN, .*POLAR_WEBHOOK_SECRET, PRODUCTS, RETURN_ORIGINS to \.env\.$/m,
    );
    assert.match(output, /^Nothing was changed/m);
    assert.deepEqual(await endpoints(), []);
    assert.throws(() => read(app, '.env'));
    assert.throws(() => read(app, 'products.json'));
  });

  it('makes the endpoint with every event, PRODUCTS and the environment, and prints the lines for the framework', async () => {
    writeFileSync(join(app, '.env'), 'LOG_LEVEL=warn');

    const { code, output } = await init(app, ['--url', `${appUrl()}/`]);

    assert.equal(code, 0, output);
    const [made, ...others] = await endpoints();
    assert.deepEqual([made.url, made.format, made.enabled, others], [hook(), 'raw', true, []]);
    assert.ok(made.events.length > 40);
    const environment = environmentOf(app);
    assert.deepEqual(environment, {
      LOG_LEVEL: 'warn',
      POLAR_ACCESS_TOKEN: accessToken,
      POLAR_API_URL: polarUrl,
      POLAR_WEBHOOK_SECRET: made.secret,
      PRODUCTS: 'products.json',
      RETURN_ORIGINS: appUrl(),
    });
    assert.deepEqual(Object.keys(JSON.parse(read(app, 'products.json'))).slice(-1), ['lifetime']);
    assert.match(output, /The button, for Next\.js:/);
    assert.match(output, /source: '\/api\/v1\/polar\/:path\*'/);
    assert.ok(output.includes(`<PolarCheckoutButton slug="team" successUrl="${appUrl()}/">`), output);
    assert.ok(!output.includes(made.secret) && !output.includes(accessToken), 'a secret is printed');
  });

  it('changes nothing in a second run', async () => {
    const before = [read(app, '.env'), read(app, 'products.json'), await endpoints()];

    const { code, output } = await init(app, ['--url', appUrl()]);

    assert.equal(code, 0, output);
    assert.match(output, /^Nothing had to be changed\.$/m);
    assert.deepEqual([read(app, '.env'), read(app, 'products.json'), await endpoints()], before);
  });

  it('has set up what a server needs to take its first payment', async () => {
    const plinto = await startPlinto(plintoSecrets);
    const env = {
      ...environmentOf(app),
      PRODUCTS: join(app, 'products.json'),
      PLINTO_API_URL: plinto.url,
      PLINTO_JWT_SECRET: plintoSecrets.jwtSecret,
      DATABASE_URL: `sqlite:${join(app, 'server.db')}`,
      PORT: String(port),
    };
    const server = new Child('the server', [binary, 'serve'], { env });
    try {
      await server.line(/listening on/);
      const { access_token: token } = await plintoApi(plinto.url).signUp({
        ...{ name: 'Ada Lovelace', email: 'ada@init.test', password: 'difference engine' },
      });
      const api = async (method, path, body) => {
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
        const url = `${appUrl()}/api/v1/polar${path}`;
        const answer = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
        return answer.json();
      };
      const checkout = await api('POST', '/checkout', { slug: 'pro', success_url: `${appUrl()}/thanks` });
      const [secret] = /polar_c_\w+/.exec(checkout.checkout_url) ?? assert.fail(JSON.stringify(checkout));
      await polar('POST', `/v1/checkouts/client/${secret}/confirm`, {
        confirmation_token_id: 'ctoken_visa',
        customer_billing_address: { country: 'FR' },
      });

      await waitFor('access to pro', async () => (await api('GET', '/access?tier=pro')).allowed);
    } finally {
      await server.stop();
      await plinto.stop();
    }
  });

  it('mends an endpoint that Polar has given up on, and one without the events that decide', async () => {
    const [{ id, events, secret }] = await endpoints();
    const lacking = events.filter((event) => event !== 'order.paid');
    await polar('PATCH', `/v1/webhooks/endpoints/${id}`, { enabled: false, events: lacking });

    const { output } = await init(app, ['--url', appUrl()]);

    assert.match(output, /^Done: tick its events order\.paid\.$/m);
    assert.match(output, /^Done: enable it/m);
    const [mended] = await endpoints();
    assert.deepEqual([mended.enabled, mended.events.toSorted(), mended.secret], [true, events.toSorted(), secret]);
  });

  it('leaves what somebody has written, and says what is other than at Polar', async () => {
    const edited = { pro: Object.values(JSON.parse(read(app, 'products.json')))[0] };
    writeFileSync(join(app, 'products.json'), JSON.stringify(edited));
    const environment = read(app, '.env').replace(/POLAR_WEBHOOK_SECRET=.*/, 'POLAR_WEBHOOK_SECRET=whsec_other');
    writeFileSync(join(app, '.env'), environment);

    const { output } = await init(app, ['--url', appUrl()]);

    assert.match(output, /lacks what Polar sells as lifetime: [0-9a-f-]{36}/);
    assert.match(output, /\.env has another POLAR_WEBHOOK_SECRET/);
    assert.equal(read(app, '.env'), environment);
    assert.deepEqual(JSON.parse(read(app, 'products.json')), edited);
  });

  it('names what the token may not, and goes on with what it may', async () => {
    const folder = application('reader', { react: '19', vite: '8' });
    const { token } = await polar('POST', '/_emulator/tokens', { scopes: ['products:read', 'orders:write'] });

    const { code, output } = await init(folder, ['--url', appUrl()], { POLAR_ACCESS_TOKEN: token });

    assert.equal(code, 0, output);
    assert.match(output, /^The token may: products:read, orders:read$/m);
    assert.match(output, /^ {2}webhooks:write +making the webhook endpoint$/m);
    assert.match(output, /the token needs webhooks:write/);
    assert.match(output, /The button, for React with Vite:/);
    assert.equal(environmentOf(folder).POLAR_WEBHOOK_SECRET, undefined);
    assert.equal(statSync(join(folder, '.env')).mode & 0o777, 0o600);
  });

  it('makes a product to try with where there is none and somebody wants that', async () => {
    const folder = application('empty');
    for (const { id } of (await polar('GET', '/v1/products/?limit=100')).items)
      await polar('PATCH', `/v1/products/${id}`, { is_archived: true });

    const first = await init(folder);
    const second = await init(folder, ['--example-product']);

    assert.match(first.output, /sells nothing yet: --example-product/);
    assert.match(second.output, /^Done: make the product Pro/m);
    assert.deepEqual(Object.keys(JSON.parse(read(folder, 'products.json'))), ['pro']);
    assert.match(second.output, /The button, for a page without React:/);
    assert.match(second.output, /slug: 'pro', successUrl: 'http:\/\/localhost:3000\/'/);
  });

  it('takes a missing or wrong token, and a Polar that is not there, for what they are', async () => {
    const folder = application('nobody');
    const without = await init(folder, [], { POLAR_ACCESS_TOKEN: '' });
    assert.equal(without.code, 2);
    assert.match(without.output, /There is no access token\. Make one at .*checkouts:write/);
    const wrong = await init(folder, [], { POLAR_ACCESS_TOKEN: 'polar_oat_nobody' });
    assert.equal(wrong.code, 2);
    assert.match(wrong.output, /does not know this access token/);
    const file = await init(folder, ['--token-file', join(folder, 'nothing')]);
    assert.match(file.output, /--token-file names no file/);
    const [closed] = await freePorts(1);
    const away = await init(folder, ['--api-url', `http://127.0.0.1:${closed}`]);
    assert.equal(away.code, 1);
    assert.match(away.output, /could not be reached/);
    assert.ok(!away.output.includes('    at '), away.output);
  });
});
