// A Mexican organization's life through Conekta and a German one's through Polar, side by side in a browser: the same parts, which
// say the same but for names, money and days, and the same notifications.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, request as send } from 'node:http';
import { after, before, it } from 'node:test';
import { openBrowser } from '../../scripts/lib/browser.mjs';
import { at } from '../../scripts/lib/paths.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { startMexico } from './support/conekta-scene.mjs';

const HOUR_MS = 3_600_000;
const parts = ['notice', 'checkout-return', 'subscription', 'cancel', 'orders', 'gate'];

let shop;
let scene;
let browser;
let files;
let mexico;
let germany;

before(async () => {
  files = await buildPage();
  shop = await startShop();
  scene = await startMexico({ origins: [shop.url] });
  browser = await openBrowser();
  mexico = await open('Tortas', { country: 'MX', currency: 'mxn', locale: 'es-MX' });
  germany = await open('Brezeln', { country: 'DE', currency: 'usd', locale: 'de-DE' });
});
after(async () => {
  await browser?.close();
  await scene?.stop();
  shop?.stop();
});

it('begins with nothing, for both', async () => {
  await visit();
  await bothSee('subscription-state', 'You have no plan.');
  await same();
});

it('subscribes by the same button, on the page of who takes the payment', async () => {
  await each(({ page }) => planOf(page, 'Pro').getByRole('button', { name: 'Subscribe' }).click());

  await mexico.page.waitForURL(`${scene.stack.conekta.url}/checkout/**`);
  await mexico.page.getByLabel('Número de tarjeta').fill('4242 4242 4242 4242');
  await mexico.page.locator('[data-action="pay-card"]').click();
  await germany.page.waitForURL(`${scene.stack.polar.url}/checkout/**`);
  await germany.page.locator('[data-action="pay"]').click();

  await bothSee('checkout-return-title', 'Payment received');
  await bothSee('subscription-status', 'Active');
  await bothSee('gate', 'In the plan.');
  await bothSee('portal-card-method', '4242');
  assert.deepEqual(await prices(), [
    ['MX$399 per month', 'MX$399'],
    ['$20 per month', '$20'],
  ]);
  await same();
  await each(({ page }) => page.getByRole('button', { name: 'Continue' }).click());
  await heard('access.granted');
});

it('says what the one of them cannot do, and what can be done instead', async () => {
  const change = (page) => page.locator('#change');
  await change(germany.page).getByText('Due now').waitFor();
  await change(mexico.page).getByText('Choose another one when it ends.').waitFor();
  assert.equal(await change(mexico.page).getByRole('button').count(), 0);

  await mexico.page.getByRole('button', { name: 'Invoice' }).click();
  await mexico.page.getByRole('button', { name: 'Our payment provider cannot do this. Contact us.' }).waitFor();

  await mexico.page.getByRole('button', { name: 'Manage Subscription' }).click();
  await mexico.page.waitForURL(`${scene.stack.conekta.url}/subscription/management/**`);
});

it('owes a renewal that is refused, keeps its grace, and recovers', async () => {
  await advance('1 month');
  await bothSee('orders-description', 'Pro · Renewal');
  await same();

  await refuse(true);
  await advance('1 month');
  await bothSee('subscription-status', 'Payment due');
  await bothSee('notice-text', 'Your last payment failed.');
  await bothSee('gate', 'In the plan.');
  await same(['orders']);
  await heard('subscription.changed', { status: 'past_due' });

  await refuse(false);
  await advance('3 days');
  await bothSee('subscription-status', 'Active');
  await each(({ page }) => page.locator('[data-polar="notice"]').waitFor({ state: 'detached' }));
  await same(['orders']);
  await heard('subscription.changed', { status: 'active' });
});

it('is canceled for the end of its period, by whom ever that date is kept', async () => {
  await each(async ({ page }) => {
    await page.getByRole('button', { name: 'Cancel plan' }).click();
    await page.getByRole('dialog').getByRole('radio', { name: 'Too expensive' }).check();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel plan' }).click();
  });
  await bothSee('cancel-done', 'Your plan ends on ');
  await bothSee('notice-text', 'Your plan ends on ');
  await same(['orders']);
  await heard('subscription.changed', { cancel_at_period_end: true });

  await each(({ page }) => page.getByRole('button', { name: 'Keep my plan after all' }).click());
  await bothSee('cancel-trigger', 'Cancel plan');
  await heard('subscription.changed', { cancel_at_period_end: false });

  // On the last day it is ended at Conekta at once, and shown until its end all the same.
  const endOf = async ({ of }) => Date.parse((await of.subscription()).current_period_end);
  const ends = await each(endOf);
  await scene.stack.advanceTo(Math.min(...ends) - 12 * HOUR_MS);
  await visit();
  await each(async ({ page }) => {
    await page.getByRole('button', { name: 'Cancel plan' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel plan' }).click();
  });
  await bothSee('cancel-done', 'Your plan ends on ');
  await waitFor('its end at Conekta', async () => (await atConekta()).status === 'canceled');
  await bothSee('gate', 'In the plan.');
  await scene.stack.advanceTo(Math.max(...ends) + HOUR_MS);
  await heard('access.revoked');
  await visit();
  await bothSee('subscription-status', 'Ended');
  await bothSee('gate', 'Not in the plan.');
  await same(['orders']);
});

it('waits for cash that is paid late, and has what it bought then', async () => {
  await each(({ page }) => page.getByRole('radio', { name: 'One time' }).click());
  const opened = mexico.page.waitForResponse(`${shop.url}/api/v1/polar/checkout`);
  await planOf(mexico.page, 'Starter kit').getByRole('button', { name: 'Buy' }).click();
  const { checkout_id: id } = await (await opened).json();
  await mexico.page.waitForURL(`${scene.stack.conekta.url}/checkout/**`);
  await mexico.page.locator('[data-action="pay-cash"]').click();
  await mexico.page.getByRole('heading', { level: 1 }).waitFor();
  await scene.stack.deliver();

  // They come back by themselves: the page leads nowhere before it is paid.
  await mexico.page.goto(`${shop.url}/?checkout_id=${id}`);
  await sees(mexico, 'checkout-return-title', 'Waiting for your payment');
  await sees(mexico, 'checkout-return-description', 'MX$349 is due.');
  await sees(mexico, 'orders-status', 'Waiting for your payment');
  assert.equal((await mexico.of.access()).allowed, false);

  await scene.stack.advance('2 days');
  const [order] = await mexico.of.orders();
  await scene.control(`conekta/orders/${order.id}/receive`);
  await scene.stack.deliver();
  await sync();
  await mexico.page.getByRole('button', { name: 'Check again' }).click();
  await planOf(germany.page, 'Starter kit').getByRole('button', { name: 'Buy' }).click();
  await germany.page.waitForURL(`${scene.stack.polar.url}/checkout/**`);
  await germany.page.locator('[data-action="pay"]').click();

  await bothSee('checkout-return-title', 'Payment received');
  await bothSee('orders-description', 'Starter kit · Purchase');
  await same(['orders']);
  await heard('access.granted');
});

it('has told the application the same of both', () => {
  // How often a provider tells the same is its own: what says nothing new is left out. Only cash waits (`incomplete`).
  const told = ({ of }) =>
    of
      .told()
      .map(({ type, data }) => [type, data.reason])
      .filter(([, reason]) => reason !== 'incomplete')
      .filter(([, reason], index, all) => reason !== all[index - 1]?.[1])
      .map((one) => one.join(' '));
  assert.deepEqual(told(mexico), told(germany));
  assert.deepEqual(told(mexico), [
    'access.granted active',
    'subscription.changed past_due_in_grace',
    'subscription.changed active',
    'subscription.changed canceled_until_period_end',
    'subscription.changed active',
    'subscription.changed canceled_until_period_end',
    'access.revoked ended',
    'access.granted purchased',
  ]);
});

/** The page in one file, in memory. */
async function buildPage() {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [at('tests/e2e/support/two-providers-page.mjs')],
    ...{ bundle: true, splitting: true, format: 'esm', target: 'es2022', outdir: '/', write: false },
    logOverride: { 'module-level-directive': 'silent' },
    define: { 'process.env.NODE_ENV': '"development"' },
  });
  const html =
    '<!doctype html><meta charset="utf-8"><main id="root"></main><script type="module" src="/two-providers-page.js"></script>';
  const wasm = ['core.wasm', 'quote.wasm', 'usage.wasm'].map((name) => [
    `/wasm/${name}`,
    readFileSync(at('dist/wasm', name)),
  ]);
  return new Map([['/', html], ...wasm, ...outputFiles.map(({ path, contents }) => [path, Buffer.from(contents)])]);
}

/** The application's address: its page, and the server behind it. */
async function startShop() {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://shop');
    if (pathname.startsWith('/api/')) return handOn(request, response);
    const type = pathname === '/' ? 'text/html' : pathname.endsWith('.wasm') ? 'application/wasm' : 'text/javascript';
    const file = files.get(pathname);
    return file ? response.writeHead(200, { 'content-type': type }).end(file) : response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, stop };
}

function handOn(request, response) {
  const { method, headers, url } = request;
  const onward = send(scene.stack.server.url + url, { method, headers }, (answered) => {
    response.writeHead(answered.statusCode, answered.rawHeaders);
    answered.pipe(response);
  });
  onward.on('error', () => response.destroy());
  request.pipe(onward);
}

/** An organization, and its page in a browser of its own. */
async function open(name, { country, currency, locale }) {
  const of = await scene.found(name);
  const context = await browser.newContext({ locale, timezoneId: 'UTC', reducedMotion: 'reduce' });
  const person = { email: `${name.toLowerCase()}@org.test`, password: 'correct horse battery' };
  await context.exposeFunction('accessToken', async () => (await scene.plinto.signIn(person)).access_token);
  const page = await context.newPage();
  await page.clock.setFixedTime(scene.stack.now());
  const query = new URLSearchParams({ organization: of.id, country, currency });
  return { name, of, page, heard: 0, home: `${shop.url}/?${query}` };
}

const each = (act) => Promise.all([act(mexico), act(germany)]);
/** The browsers' clocks are that of the rest. */
const sync = () => each(({ page }) => page.clock.setFixedTime(scene.stack.now()));

/** Loads both pages anew. */
async function visit() {
  await sync();
  await each(({ page, home }) => page.goto(home));
}

async function advance(by) {
  await scene.stack.advance(by);
  await scene.stack.deliver();
  await visit();
}

const planOf = (page, name) => page.getByRole('listitem', { name, exact: true });
const sees = ({ page }, part, text) =>
  page
    .locator(part === 'gate' ? 'p' : `[data-polar="${part}"]`, { hasText: text })
    .first()
    .waitFor();
const bothSee = (part, text) => each((one) => sees(one, part, text));

/** What each part says, without money, days and names of cards. */
async function said({ page }, without) {
  const texts = await page.evaluate(
    (names) =>
      names.map((name) => [name, [...document.querySelectorAll(`[data-polar="${name}"]`)].map((one) => one.innerText)]),
    parts.filter((part) => !without.includes(part)),
  );
  const plain = (text) =>
    text
      .replace(/(MX)?\$[\d,.]*\d/g, '<money>')
      .replace(
        /(January|February|March|April|May|June|July|August|September|October|November|December) \d+, \d{4}/g,
        '<day>',
      );
  return texts.map(([name, found]) => [name, found.map(plain)]);
}

/** Both pages say the same, part by part, once all of it is there. */
async function same(without = []) {
  let last;
  await waitFor('both pages to say the same', async () => {
    last = await each((one) => said(one, without));
    return JSON.stringify(last[0]) === JSON.stringify(last[1]);
  }).catch(() => assert.deepEqual(last[0], last[1]));
}

const prices = () =>
  each(async ({ page }) => [
    await page.locator('[data-fact="price"] dd').textContent(),
    await page.locator('[data-polar="orders-amount"]').first().textContent(),
  ]);

/** Waits until the application was told of this, after what was waited for before. */
const heard = (type, also = {}) =>
  each(async (one) => {
    const isIt = (told) =>
      told.type === type && Object.entries(also).every(([name, value]) => told.data[name] === value);
    await waitFor(`${one.name} being told of ${type}`, () => {
      const at = one.of.told().findIndex((told, index) => index >= one.heard && isIt(told));
      if (at >= 0) one.heard = at + 1;
      return at >= 0;
    });
  });

/** The subscription as Conekta has it. */
async function atConekta() {
  const { data: customers } = await scene.atConekta('GET', '/customers');
  const { data } = await scene.atConekta('GET', `/customers/${customers[0].id}/subscriptions`);
  return data[0];
}

/** Whether later charges to their cards fail. */
async function refuse(isRefused) {
  const { card_id: card } = await atConekta();
  await scene.control(`conekta/cards/${card}`, { decline: isRefused ? 'insufficient_funds' : null });
  await scene.stack.polar.setCard(germany.of.id, isRefused ? 'declined' : 'visa');
}
