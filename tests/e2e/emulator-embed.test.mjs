// Polar's own embed script against the emulator's checkout, in Chromium. The script takes messages from polar.sh and
// sandbox.polar.sh only, so that name is led to a local TLS listener that hands everything on to the emulator.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openBrowser } from '../../scripts/lib/browser.mjs';
import { startEmulator } from '../../scripts/lib/emulator-process.mjs';
import { at } from '../../scripts/lib/paths.mjs';

const accessToken = 'polar_oat_embed';
const polarOrigin = 'https://sandbox.polar.sh';
const script = readFileSync(at('node_modules/@polar-sh/checkout/dist/embed.global.js'));
const shopPage = `<!doctype html><title>Shop</title><script src="/embed.js"></script><button id="other">Other</button>
<script>
  window.events = [];
  window.openCheckout = async (url, theme) => {
    const checkout = await Polar.EmbedCheckout.create(url, {
      theme,
      onLoaded: (event) => window.events.push(event.detail),
    });
    for (const name of ['close', 'confirmed', 'success']) {
      checkout.addEventListener(name, (event) => {
        window.events.push(event.detail);
        if (name === 'success' && window.stay) event.preventDefault();
      });
    }
  };
</script>`;

let emulator;
let shop;
let polar;
let browser;

before(async () => {
  emulator = await startEmulator(accessToken);
  shop = await listen(
    createServer(({ url }, response) => {
      if (url === '/embed.js') response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
      else response.writeHead(200, { 'content-type': 'text/html' }).end(url === '/' ? shopPage : 'Thank you');
    }),
  );
  polar = await listen(createTlsServer(certificate(), handOn));
  browser = await openBrowser([
    `--host-resolver-rules=MAP sandbox.polar.sh:443 127.0.0.1:${polar.address().port}`,
    '--ignore-certificate-errors',
  ]);
});

after(async () => {
  await browser?.close();
  for (const server of [shop, polar]) server?.close();
  await emulator?.stop();
});

describe("Polar's embed script", { timeout: 60_000 }, () => {
  it('opens the checkout, and closes it again', async () => {
    const { page, frame } = await open(await checkout({ success_url: `${origin(shop)}/done` }), 'dark');

    assert.equal(await frame.locator('html').getAttribute('data-theme'), 'dark');
    await frame.locator('[data-action="close"]').click();
    await page.waitForFunction(() => document.querySelector('iframe') === null);
    assert.deepEqual(await names(page), ['loaded', 'close']);
    await page.context().close();
  });

  it('pays, is told so, and leads to the success URL with a session', async () => {
    const { page, frame } = await open(await checkout({ success_url: `${origin(shop)}/done?id={CHECKOUT_ID}` }));

    await frame.locator('[name="email"]').fill('ada@example.com');
    await frame.locator('[name="card_number"]').fill('4000 0000 0000 0002');
    await frame.locator('[data-action="pay"]').click();
    await frame.locator('[data-problem]').waitFor();
    assert.deepEqual(await names(page), ['loaded']);
    await frame.locator('[name="card_number"]').fill('4242 4242 4242 4242');
    await frame.locator('[data-action="pay"]').click();
    await page.waitForURL(`${origin(shop)}/done?**`);

    assert.match(page.url(), /\/done\?id=[0-9a-f-]{36}&customer_session_token=polar_/);
    await page.context().close();
  });

  it('reports success once the purchase is fulfilled, with what follows left to the page', async () => {
    const made = await checkout({ success_url: `${origin(shop)}/done` });
    const { page, frame } = await open(made);
    await page.evaluate(() => {
      window.stay = true;
    });

    await frame.locator('[name="email"]').fill('bob@example.com');
    await frame.locator('[data-action="pay"]').click();
    await page.waitForFunction(() => window.events.at(-1)?.event === 'success');

    assert.deepEqual(await names(page), ['loaded', 'confirmed', 'success']);
    const { successURL, redirect } = (await page.evaluate(() => window.events)).at(-1);
    assert.equal(redirect, true);
    assert.match(successURL, /\/done\?customer_session_token=polar_/);
    assert.equal((await ask('GET', `/v1/checkouts/${made.id}`)).status, 'succeeded');
    await page.context().close();
  });

  it('thanks in place where the seller has no success URL', async () => {
    const { page, frame } = await open(await checkout({}));

    await frame.locator('[name="email"]').fill('cy@example.com');
    await frame.locator('[data-action="pay"]').click();
    await frame.getByRole('heading', { name: 'Thank you' }).waitFor();

    assert.equal((await page.evaluate(() => window.events)).at(-1).redirect, false);
    await frame.locator('[data-action="close"]').click();
    await page.waitForFunction(() => document.querySelector('iframe') === null);
    await page.context().close();
  });

  it('keeps the keyboard where it was when a choice changes the total, and hears loaded once', async () => {
    const products = (await ask('GET', '/v1/products/?limit=100')).items.filter(({ name }) => name.startsWith('Pro'));
    const { page, frame } = await open(await checkout({}, products));

    const yearly = frame.getByRole('radio', { name: /Pro yearly/ });
    await yearly.focus();
    await yearly.press('Space');
    await frame.locator('[data-total] dd', { hasText: '$200.00' }).waitFor();

    assert.equal(await yearly.evaluate((radio) => radio === document.activeElement), true);
    assert.deepEqual(await names(page), ['loaded']);
    await page.context().close();
  });

  it('is told nothing where the checkout was made for another page', async () => {
    const made = await checkout({ embed_origin: 'https://elsewhere.example' });
    const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
    await page.goto(origin(shop));
    await page.evaluate((url) => void window.openCheckout(url), made.url);
    await page.frameLocator('iframe').locator('[data-action="pay"]').waitFor();
    await page.frameLocator('iframe').locator('[data-action="close"]').click();

    assert.deepEqual(await names(page), []);
    await page.context().close();
  });
});

const names = (page) => page.evaluate(() => window.events.map(({ event }) => event));
const origin = (server) => `http://127.0.0.1:${server.address().port}`;

async function open(made, theme) {
  const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
  await page.goto(origin(shop));
  await page.evaluate(({ url, theme }) => window.openCheckout(url, theme), { url: made.url, theme });
  return { page, frame: page.frameLocator('iframe') };
}

/** A checkout made for the shop's page, with the URL that Polar's own would have. */
async function checkout(fields, products) {
  const sold = products ?? (await ask('GET', '/v1/products/')).items.filter(({ name }) => name === 'Pro');
  const body = { products: sold.map(({ id }) => id), embed_origin: origin(shop), ...fields };
  const made = await ask('POST', '/v1/checkouts/', body);
  return { ...made, url: made.url.replace(emulator.url, polarOrigin) };
}

async function ask(method, path, body) {
  const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const answer = await fetch(emulator.url + path, init);
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${answer.ok ? '' : await answer.text()}`);
  return answer.json();
}

async function listen(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** For sandbox.polar.sh, signed by nobody. */
function certificate() {
  const folder = mkdtempSync(join(tmpdir(), 'plinto-polar-tls-'));
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=sandbox.polar.sh', '-addext', 'subjectAltName=DNS:sandbox.polar.sh'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
  execFileSync('openssl', ['req', '-x509', '-days', '2', ...key, '-out', certFile, ...subject], { stdio: 'pipe' });
  const pair = { key: readFileSync(keyFile), cert: readFileSync(certFile) };
  rmSync(folder, { recursive: true });
  return pair;
}

function handOn(incoming, outgoing) {
  const { method, url, headers } = incoming;
  const onward = request(emulator.url + url, { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode, answer.rawHeaders);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}
