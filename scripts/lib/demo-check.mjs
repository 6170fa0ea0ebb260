// Drives the demo as a buyer would, and looks at the emulator for what must have happened there. One line per step.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { openBrowser } from './browser.mjs';
import { member, organizationName, owner } from './demo-people.mjs';
import { junitReport } from './junit.mjs';
import { missed, seen } from './say.mjs';
import { usageEvent } from './stack.mjs';
import { waitFor } from './wait.mjs';

const withinMs = 20_000;

/**
 * Runs the steps until one is not seen; those after it are not tried. Returns how many were not seen.
 * @param {Awaited<ReturnType<import('./stack.mjs').startStack>>} stack
 * @param {{ ownerId: string, organizationId: string }} people
 * @param {{ screenshots?: string, junit?: string }} options
 */
export async function checkDemo(stack, people, { screenshots, junit }) {
  const browser = await openBrowser();
  const context = await browser.newContext({
    viewport: { width: 1180, height: 860 },
    locale: 'en-US',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(withinMs);
  const page = await context.newPage();
  const problems = watchForProblems(page);
  const picture = takePictures(page, screenshots);

  const results = [];
  for (const { name, see } of steps({ stack, people, page, picture, problems })) {
    if (results.some((result) => result.failure !== undefined)) {
      results.push({ name, failure: 'not tried: an earlier step was not seen' });
      continue;
    }
    const started = Date.now();
    try {
      const detail = await see();
      seen(detail === undefined ? name : `${name} (${detail})`);
      results.push({ name, seconds: (Date.now() - started) / 1000 });
    } catch (error) {
      const said = problems.length === 0 ? '' : `\nThe page said:\n  ${problems.join('\n  ')}`;
      const server = `\nThe server's last output:\n${stack.server.tail()}`;
      await picture('not-seen').catch(() => {});
      missed(`${name}: ${stripVTControlCharacters(error.message)}${said}${server}`);
      results.push({ name, seconds: (Date.now() - started) / 1000, failure: error.message });
    }
  }
  await browser.close();
  if (junit !== undefined) writeFileSync(junit, junitReport('demo check', results));
  return results.filter((result) => result.failure !== undefined).length;
}

function steps({ stack: { emulator, urls }, people: { ownerId, organizationId }, page, picture, problems }) {
  const button = (name) => page.getByRole('button', { name, exact: true });
  const link = (name) => page.getByRole('link', { name, exact: true });
  const plan = (name) => page.getByRole('listitem', { name, exact: true });
  const order = (reason) => page.getByRole('listitem').filter({ hasText: reason });
  const dialog = page.getByRole('dialog');
  const isBack = (url) => url.origin === urls.page && url.pathname === '/billing';
  const deliveries = async () => (await emulator.log()).deliveries;
  const subscription = async () => (await emulator.of('subscriptions', organizationId))[0];
  let earlierDeliveries = 0;

  return [
    {
      name: 'signing up creates the customer at Polar, under the Plinto user id',
      see: async () => {
        const customer = await waitFor('the customer', () => emulator.customer(ownerId), { withinMs });
        if (customer.email !== owner.email) throw new Error(`the customer's e-mail address is ${customer.email}`);
      },
    },
    {
      name: 'the price list is open to everybody, and whoever chooses a plan signs in first',
      see: async () => {
        await page.goto(urls.page);
        await plan('Pro').getByRole('button', { name: 'Subscribe' }).click();
        await page.getByLabel('Email').fill(owner.email);
        await page.getByLabel('Password').fill(owner.password);
        await picture('sign-in');
        await button('Sign in').click();
      },
    },
    {
      name: "the owner sees the organization's price list",
      see: async () => {
        await page.getByRole('radio', { name: organizationName }).check();
        await page.getByRole('heading', { name: `Pricing that scales with ${organizationName}` }).waitFor();
        for (const name of ['Starter', 'Pro', 'Team']) {
          await plan(name).getByRole('button', { name: 'Subscribe', disabled: false }).waitFor();
        }
        await picture('pricing');
        await picture.dark('pricing-dark');
        await picture.phone('pricing-phone');
      },
    },
    {
      name: 'the page runs the core as WebAssembly, under its strict policy',
      see: async () => {
        const loaded = () => performance.getEntriesByType('resource').some(({ name }) => /core[^/]*\.wasm$/.test(name));
        await waitFor('core.wasm among what the page fetched', () => page.evaluate(loaded));
        const refusal = problems.find((text) => text.includes('WebAssembly'));
        if (refusal !== undefined) throw new Error(refusal);
      },
    },
    {
      name: 'the checkout button redirects to the checkout',
      see: async () => {
        earlierDeliveries = (await deliveries()).length;
        await plan('Pro').getByRole('button', { name: 'Subscribe' }).click();
        await page.waitForURL((url) => url.origin === urls.emulator && url.pathname.startsWith('/checkout/'));
        await page.locator('[data-action="pay"]').waitFor();
        await picture('checkout');
      },
    },
    {
      name: 'the buyer pays and comes back, to the organization that was billed',
      see: async () => {
        await page.locator('[data-action="pay"]').click();
        await page.waitForURL((url) => isBack(url) && url.searchParams.has('checkout_id'));
        await page.getByRole('radio', { name: organizationName, checked: true }).waitFor({ state: 'attached' });
      },
    },
    {
      name: "Polar's signed webhooks are accepted by the server",
      see: () =>
        waitFor('an accepted delivery of order.paid', async () => {
          const fresh = (await deliveries()).slice(earlierDeliveries);
          const refused = fresh.find(({ status }) => status < 200 || status >= 300);
          if (refused !== undefined) throw new Error(`${refused.type} was answered ${refused.status}`);
          const accepted = fresh.find(({ type }) => type === 'order.paid');
          return accepted && `${fresh.length} deliveries, all answered 2xx`;
        }),
    },
    {
      name: 'the page confirms the payment and shows the plan as active',
      see: async () => {
        await page.getByRole('heading', { name: 'Payment received' }).waitFor();
        await page.getByRole('heading', { name: `${organizationName}'s plan` }).waitFor();
        await page.getByText('Active', { exact: true }).waitFor();
        await page.getByText('Next charge').waitFor();
        await picture('paid');
        await button('Continue').click();
        await page.waitForURL((url) => isBack(url) && !url.searchParams.has('checkout_id'));
      },
    },
    {
      name: 'a usage event reaches Polar exactly once, though it is sent twice',
      see: async () => {
        const isBatch = (request) => request.method() === 'POST' && request.url().endsWith('/usage/batch');
        const sent = page.waitForRequest(isBatch);
        await button('Record an API call').click();
        const request = await sent;
        const id = await page.locator('[data-event-id]').first().getAttribute('data-event-id');
        await page.getByText('1 API call this month').waitFor();
        await picture('billing');
        await picture.dark('billing-dark');
        await picture.phone('billing-phone');
        const [again] = (await repeat(request)).results;
        if (again.event_id !== id || again.status !== 'duplicate') {
          throw new Error(`the repeated send of ${id} was taken as ${JSON.stringify(again)}`);
        }
        const mine = (events) => events.filter(({ name }) => name === usageEvent);
        const look = async () => mine(await emulator.events(organizationId));
        await waitFor('the event at Polar', async () => (await look()).length > 0);
        await waitFor('both sends at the server and the outbox at rest', settled(look));
        const events = await look();
        if (events.length !== 1) throw new Error(`Polar has ${events.length} events of the one recorded`);
        const [{ metadata }] = events;
        if (metadata.quantity !== 1) throw new Error(`Polar counts ${metadata.quantity} instead of 1`);
      },
    },
    {
      name: 'a change of plan is charged what was shown before',
      see: async () => {
        await link('Change plan').click();
        await page.getByRole('radio', { name: /^Yearly/ }).click();
        await plan('Pro yearly').getByRole('button', { name: 'Switch' }).click();
        const due = dialog.locator('[data-polar="plan-change-now"] > :last-child');
        const shown = await due.textContent();
        await picture.screen('change');
        await dialog.getByRole('button', { name: 'Change to Pro yearly' }).click();
        await dialog.getByText('Your plan is changed.').waitFor();
        await dialog.getByRole('button', { name: 'Close' }).click();
        await plan('Pro yearly').getByRole('button', { name: 'Current plan' }).waitFor();
        const orders = await emulator.of('orders', organizationId);
        const made = orders.find(({ billing_reason: reason }) => reason === 'subscription_update');
        if (made === undefined) throw new Error('Polar has no order of the change');
        const cents = Math.round(Number(shown.replace(/[^\d.]/g, '')) * 100);
        if (made.total_amount !== cents) throw new Error(`${shown} was shown, ${made.total_amount} cents charged`);
        return shown;
      },
    },
    {
      name: 'the plan is canceled with a reason, and kept after all',
      see: async () => {
        await link('Billing').click();
        await order('Plan change').waitFor();
        await button('Cancel plan').click();
        await dialog.getByLabel('Too expensive').check();
        await dialog.getByLabel(/^Anything else/).fill('Back in spring.');
        await picture.screen('cancel');
        await dialog.getByRole('button', { name: 'Cancel plan' }).click();
        await page.getByText(/^Your plan ends on /).waitFor();
        const canceled = await subscription();
        const { cancel_at_period_end: ends, customer_cancellation_reason: reason } = canceled;
        if (!ends || reason !== 'too_expensive') throw new Error(`Polar has ${JSON.stringify({ ends, reason })}`);
        const { customer_cancellation_comment: comment } = canceled;
        if (comment !== 'Back in spring.') throw new Error(`Polar has the comment ${comment}`);
        await picture('canceled');
        await button('Keep my plan after all').click();
        await button('Cancel plan').waitFor();
        if ((await subscription()).cancel_at_period_end) throw new Error('Polar still ends it');
      },
    },
    {
      name: 'the invoice of the change opens in a tab of its own',
      see: async () => {
        const opened = page.context().waitForEvent('page');
        await order('Plan change').getByRole('button', { name: 'Invoice' }).click();
        const tab = await opened;
        await tab.waitForURL((url) => url.origin === urls.emulator);
        await tab.getByText('Pro yearly').first().waitFor();
        await tab.close();
      },
    },
    {
      name: 'the customer portal opens',
      see: async () => {
        await button('Manage billing').click();
        await page.waitForURL((url) => url.origin === urls.emulator && url.pathname.endsWith('/portal'));
        await page.locator('[data-action="cancel"]').waitFor();
        await picture('portal');
      },
    },
    {
      name: 'the subscription is canceled in the portal, and the page shows it so',
      see: async () => {
        await page.locator('[data-action="cancel"]').click();
        await page
          .locator('[data-subscription-status]')
          .filter({ hasText: /^Cancels on / })
          .waitFor();
        await page.locator('[data-action="back"]').click();
        await page.waitForURL(isBack);
        await page.getByText(/^Ends on /).waitFor();
      },
    },
    {
      name: 'a member sees the plan, no button that is not theirs, and whom to ask',
      see: async () => {
        await button('Sign out').click();
        await link('Relay').click();
        await link('Sign in').click();
        await page.getByLabel('Email').fill(member.email);
        await page.getByLabel('Password').fill(member.password);
        await button('Sign in').click();
        await page.getByRole('radio', { name: organizationName }).check();
        await page.getByText(`An owner or admin of ${organizationName} manages its plan.`).waitFor();
        problems.length = 0;
        await plan('Pro yearly').getByText('Current plan').waitFor();
        await picture('member-pricing');
        await link('Billing').click();
        await page.getByText(/^Ends on /).waitFor();
        await order('Plan change').waitFor();
        await picture('member-billing');
        const buttons = await page.getByRole('main').getByRole('button').allTextContents();
        if (buttons.join() !== 'Record an API call') throw new Error(`there are the buttons ${buttons.join(', ')}`);
        if (problems.length > 0) throw new Error('the page asks what a member may not');
      },
    },
  ];
}

/** Sends a request of the page once more, as a client does whose answer was lost. */
async function repeat(request) {
  const headers = await request.allHeaders();
  const again = await fetch(request.url(), {
    method: request.method(),
    headers: Object.fromEntries(
      Object.entries(headers).filter(([name]) => /^(authorization|content-type)$/.test(name)),
    ),
    body: request.postData(),
  });
  if (!again.ok) throw new Error(`the repeated usage event was answered ${again.status}: ${await again.text()}`);
  return again.json();
}

/** True once the number of events has been looked at for two seconds and stayed the same. */
function settled(look) {
  let since = Date.now();
  let last = -1;
  return async () => {
    const { length } = await look();
    if (length !== last) since = Date.now();
    last = length;
    return Date.now() - since >= 2_000;
  };
}

function watchForProblems(page) {
  const problems = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text());
  });
  return problems;
}

function takePictures(page, folder) {
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  const take = async (name, { fullPage = true } = {}) => {
    if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage });
  };
  /** Without what is below: a dialog covers what is seen. */
  take.screen = (name) => take(name, { fullPage: false });
  take.dark = async (name) => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await take(name);
    await page.emulateMedia({ colorScheme: 'light' });
  };
  take.phone = async (name) => {
    const size = page.viewportSize();
    await page.setViewportSize({ width: 390, height: 844 });
    await take(name);
    await page.setViewportSize(size);
  };
  return take;
}
