// A year of one customer on the billing page: all programs, and the browser, are on one clock, which the test moves.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { startPolarStack } from '@plinto/polar/testing';
import { openBrowser } from '../../scripts/lib/browser.mjs';
import { Child } from '../../scripts/lib/child.mjs';
import { binary, pricingPage, vite } from '../../scripts/lib/paths.mjs';
import { freePorts } from '../../scripts/lib/ports.mjs';
import { node } from '../../scripts/lib/run.mjs';

const DAY_MS = 86_400_000;
const ada = { name: 'Ada Lovelace', email: 'ada@year.test', password: 'correct horse battery' };
const id = (number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const monthly = (cents) => ({ recurring_interval: 'month', prices: [{ amount_type: 'fixed', price_amount: cents }] });
const catalog = {
  settings: { proration_behavior: 'invoice' },
  products: [
    { id: id(1), name: 'Pro', ...monthly(2_000), trial_interval: 'day', trial_interval_count: 14 },
    { id: id(2), name: 'Business', ...monthly(4_900) },
  ],
};
const products = {
  pro: { product_id: id(1), tier: 'pro', grace_days: 7 },
  business: { product_id: id(2), tier: 'business', grace_days: 7 },
};

let stack;
let preview;
let browser;
let page;
let customer;
before(async () => {
  const [port] = await freePorts(1);
  const origin = `http://127.0.0.1:${port}`;
  // More than a year ago: whatever is signed by the machine's own time is not from the future.
  const now = new Date(Math.floor((Date.now() - 400 * DAY_MS) / 60_000) * 60_000);
  stack = await startPolarStack({ now, catalog, products, origins: [origin], server: binary });
  preview = new Child(
    'the page',
    [node, vite, 'preview', pricingPage, '--host', '127.0.0.1', '--port', String(port), '--strictPort'],
    { env: { PLINTO_URL: stack.plinto.url, POLAR_SERVER_URL: stack.server.url } },
  );
  await preview.line(/http:\/\/127\.0\.0\.1/);
  ({ id: customer } = await stack.signUp(ada));
  browser = await openBrowser();
  page = await browser.newPage({ baseURL: origin, locale: 'en-US', timezoneId: 'UTC', reducedMotion: 'reduce' });
  await page.clock.setFixedTime(stack.now());
});
after(async () => {
  await browser?.close();
  await preview?.stop();
  await stack?.stop();
});

/** Moves everybody's clock, and the browser's. */
async function advanceTo(time) {
  await stack.advanceTo(time);
  await page.clock.setFixedTime(stack.now());
}
const advanceBy = (days) => advanceTo(new Date(stack.now().getTime() + days * DAY_MS));

/** Opens the billing page anew; who has been away for long signs in again. */
async function open() {
  await page.goto('/billing');
  const password = page.getByLabel('Password');
  const shown = page.locator('[data-polar="subscription"]').first();
  await password.or(shown).waitFor();
  if (!(await password.isVisible())) return;
  await page.getByLabel('Email').fill(ada.email);
  await password.fill(ada.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await shown.waitFor();
}

const button = (name) => page.getByRole('button', { name, exact: true });
const dialog = () => page.getByRole('dialog');
const plan = (name) => page.getByRole('listitem', { name, exact: true });
const sees = (text) => page.getByText(text).first().waitFor();
const day = (time) => new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(time));
const dollars = (cents) => `$${(cents / 100).toFixed(2)}`;
const centsIn = (text) => Math.round(Number(text.replace(/[^\d.]/g, '')) * 100);

const ofPolar = async (what) => {
  const { items } = await stack.polar.api('GET', `/v1/${what}/?limit=100&external_customer_id=${customer}`);
  return items.toSorted((one, other) => other.created_at.localeCompare(one.created_at));
};
const subscription = async () => (await ofPolar('subscriptions'))[0];

/** What the page lists as paid, the newest first. */
async function paidOnPage() {
  await page.locator('[data-polar="orders-item"]').first().waitFor();
  return (await page.locator('[data-polar="orders-amount"]').allTextContents()).map(centsIn);
}

async function showsStatus(text) {
  await page.locator('[data-polar="subscription-status"]', { hasText: text }).waitFor();
}

it('begins with a trial', async () => {
  await open();
  await page.getByRole('link', { name: 'Choose a plan' }).click();
  await plan('Pro').getByRole('button', { name: 'Start free trial' }).click();
  await page.locator('[data-action="pay"]').click();
  await page.getByRole('heading', { name: 'Payment received' }).waitFor();
  await button('Continue').click();

  await showsStatus('Trial');
  const { trial_end: trialEnd } = await subscription();
  await sees('Trial ends');
  await sees(day(trialEnd));
  // Polar writes an invoice of the trial too, of nothing.
  assert.deepEqual(await paidOnPage(), [0]);
});

it('is charged when the trial ends, and each month', async () => {
  await advanceBy(15);
  await open();
  await showsStatus('Active');
  assert.deepEqual(await paidOnPage(), [2_000, 0]);

  await advanceBy(62);
  await open();
  assert.deepEqual(await paidOnPage(), [2_000, 2_000, 2_000, 0]);
  const { current_period_end: periodEnd } = await subscription();
  await sees(`${dollars(2_000).replace('.00', '')} on ${day(periodEnd)}`);
});

it('says that a payment has failed, and until when there is access all the same', async () => {
  await stack.polar.setCard(customer, 'declined');
  await advanceTo(new Date(Date.parse((await subscription()).current_period_end) + DAY_MS));
  await open();

  await showsStatus('Payment due');
  const { past_due_at: pastDueAt } = await subscription();
  await sees('Your last payment failed.');
  await sees(`You keep access until ${day(Date.parse(pastDueAt) + 7 * DAY_MS)}.`);
  await button('Update payment method').waitFor();
});

it('is paid once the card works again, and nothing is said any more', async () => {
  await stack.polar.setCard(customer, 'visa');
  await advanceBy(3);
  await open();

  await showsStatus('Active');
  assert.equal(await page.getByText('Your last payment failed.').count(), 0);
  assert.deepEqual(await paidOnPage(), [2_000, 2_000, 2_000, 2_000, 0]);
});

it('moves to another plan for what was shown before, to the cent', async () => {
  await advanceBy(9);
  await open();
  await page.getByRole('link', { name: 'Change plan' }).click();
  await plan('Business').getByRole('button', { name: 'Upgrade' }).click();
  const shown = centsIn(await dialog().locator('[data-polar="plan-change-now"] > :last-child').textContent());
  await dialog().getByRole('button', { name: 'Change to Business' }).click();
  await dialog().getByText('Your plan is changed.').waitFor();
  await dialog().getByRole('button', { name: 'Close' }).click();

  const [order] = await ofPolar('orders');
  assert.equal(order.billing_reason, 'subscription_update');
  assert.equal(order.total_amount, shown);
  assert.ok(shown > 0 && shown < 4_900, `${shown} is the difference for the rest of a month`);
  await open();
  await page.locator('[data-polar="subscription-name"]', { hasText: 'Business' }).waitFor();
  assert.equal((await paidOnPage())[0], shown);
});

it('cancels with a reason, and stays after all', async () => {
  await advanceBy(40);
  await open();
  await button('Cancel plan').click();
  await dialog().getByRole('radio', { name: 'Too expensive' }).check();
  await dialog().getByRole('button', { name: 'Cancel plan' }).click();
  const { current_period_end: periodEnd } = await subscription();
  await sees(`Your plan ends on ${day(periodEnd)}.`);
  const canceled = await subscription();
  assert.equal(canceled.cancel_at_period_end, true);
  assert.equal(canceled.customer_cancellation_reason, 'too_expensive');

  await button('Keep my plan after all').click();
  await button('Cancel plan').waitFor();
  assert.equal((await subscription()).cancel_at_period_end, false);
  await showsStatus('Active');
});

it('renews for the rest of the year, then ends with its last period', async () => {
  const start = Date.parse((await subscription()).started_at);
  await advanceTo(new Date(start + 350 * DAY_MS));
  await open();
  const renewed = await ofPolar('orders');
  const { length } = await paidOnPage();
  assert.deepEqual(
    await paidOnPage(),
    renewed.slice(0, length).map((order) => order.total_amount),
  );
  await button('Cancel plan').click();
  await dialog().getByRole('button', { name: 'Cancel plan' }).click();
  const { current_period_end: periodEnd } = await subscription();
  await sees(`Your plan ends on ${day(periodEnd)}.`);

  await advanceTo(new Date(Date.parse(periodEnd) + DAY_MS));
  await open();
  await showsStatus('Ended');
  await sees(day(periodEnd));
  assert.equal((await subscription()).status, 'canceled');
  assert.equal((await ofPolar('orders')).length, renewed.length);
  await page.getByRole('link', { name: 'Choose a plan' }).click();
  await plan('Business').getByRole('button', { name: 'Subscribe' }).waitFor();
});
