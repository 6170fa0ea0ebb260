// A Mexican organization's life through Conekta and a German one's through Polar, side by side in a browser: the same parts, which
// say the same but for names, money and days, and the same notifications.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { openBrowser } from '../../scripts/lib/browser.mjs';
import { at } from '../../scripts/lib/paths.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { shop, startMexico } from './conekta-scene.mjs';

const HOUR_MS = 3_600_000;
const parts = ['notice', 'checkout-return', 'subscription', 'cancel', 'orders', 'gate'];

let scene;
let browser;
let files;
let mexico;
let germany;

before(async () => {
  scene = await startMexico();
  files = await buildPage();
  browser = await openBrowser();
  mexico = await open('Tortas', { country: 'MX', currency: 'mxn', locale: 'es-MX' });
  germany = await open('Brezeln', { country: 'DE', currency: 'usd', locale: 'de-DE' });
});
after(async () => {
  await browser?.close();
  await scene?.stop();
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
  await each(async ({ page }) => {
    await page.getByRole('button', { name: 'Cancel plan' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel plan' }).click();
  });
  await bothSee('cancel-done', 'Your plan ends on ');

  const ends = await Promise.all(
    [mexico, germany].map(async ({ of }) => Date.parse((await of.subscription()).ends_at)),
  );
  await scene.stack.advanceTo(Math.max(...ends) + HOUR_MS);
  await heard('access.revoked');
  await visit();
  await bothSee('subscription-state', 'You have no plan.');
  await bothSee('gate', 'Not in the plan.');
  await same(['orders']);
});

it('waits for cash that is paid late, and has what it bought then', async () => {
  await planOf(mexico.page, 'Starter kit').getByRole('button', { name: 'Buy' }).click();
  await mexico.page.waitForURL(`${scene.stack.conekta.url}/checkout/**`);
  const checkout = mexico.page.url();
  await mexico.page.locator('[data-action="pay-cash"]').click();
  await mexico.page.getByRole('heading', { level: 1 }).waitFor();
  await scene.stack.deliver();

  // They come back by themselves: the page leads nowhere before it is paid.
  await mexico.page.goto(`${shop}/`);
  await sees(mexico, 'checkout-return-title', 'Waiting for your payment');
  await sees(mexico, 'checkout-return-description', 'MX$349 is due.');
  await sees(mexico, 'subscription-state', 'Waiting for your payment. MX$349 is due.');
  await sees(mexico, 'orders-status', 'Waiting for your payment');
  assert.equal((await mexico.of.access()).allowed, false);
  assert.ok(checkout);

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
  const [ours, theirs] = [mexico, germany].map(({ of }) => of.told().map(({ type }) => type));
  assert.deepEqual(ours, theirs);
  assert.ok(ours.length >= 6, ours.join(' '));
});

/** The page in one file, in memory. */
async function buildPage() {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [at('tests/e2e/two-providers-page.mjs')],
    ...{ bundle: true, splitting: true, format: 'esm', target: 'es2022', outdir: '/', write: false },
    logOverride: { 'module-level-directive': 'silent' },
    define: { 'process.env.NODE_ENV': '"development"' },
  });
  const html =
    '<!doctype html><meta charset="utf-8"><main id="root"></main><script type="module" src="/two-providers-page.js"></script>';
  return new Map([['/', html], ...outputFiles.map(({ path, contents }) => [path, Buffer.from(contents)])]);
}

/** An organization, and its page in a browser of its own. */
async function open(name, { country, currency, locale }) {
  const of = await scene.found(name);
  const context = await browser.newContext({ locale, timezoneId: 'UTC', reducedMotion: 'reduce' });
  const person = { email: `${name.toLowerCase()}@org.test`, password: 'correct horse battery' };
  await context.exposeFunction('accessToken', async () => (await scene.plinto.signIn(person)).access_token);
  await context.route(`${shop}/**`, (route) => {
    const { pathname } = new URL(route.request().url());
    const body = files.get(pathname);
    if (body === undefined) return route.fulfill({ status: 404 });
    return route.fulfill({ body, contentType: pathname === '/' ? 'text/html' : 'text/javascript' });
  });
  const page = await context.newPage();
  await page.clock.setFixedTime(scene.stack.now());
  const query = new URLSearchParams({ server: scene.stack.server.url, organization: of.id, country, currency });
  return { name, of, page, home: `${shop}/?${query}` };
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

const heard = (type, also) => each(({ of }) => of.hears(type, also));

/** Whether later charges to their cards fail. */
async function refuse(isRefused) {
  const { id } = await mexico.of.subscription();
  const { data: customers } = await scene.atConekta('GET', '/customers');
  for (const customer of customers) {
    const { data } = await scene.atConekta('GET', `/customers/${customer.id}/subscriptions`);
    const card = data.find((one) => one.id === id)?.card_id;
    if (card) await scene.control(`conekta/cards/${card}`, { decline: isRefused ? 'insufficient_funds' : null });
  }
  await scene.stack.polar.setCard(germany.of.id, isRefused ? 'declined' : 'visa');
}
