// Drives the demo as a buyer would, and looks at the emulator for what must have happened there. One line per step.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { openBrowser } from './browser.mjs';
import { organizationName, owner } from './demo-people.mjs';
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
  const button = (name) => page.getByRole('button', { name });
  const deliveries = async () => (await emulator.log()).deliveries;
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
      name: 'the owner signs in and sees the price list',
      see: async () => {
        await page.goto(urls.page);
        await page.getByLabel('Email').fill(owner.email);
        await page.getByLabel('Password').fill(owner.password);
        await picture('sign-in');
        await button('Sign in').click();
        await page.getByRole('radio', { name: organizationName }).check();
        await button('Upgrade to Pro').waitFor();
        await picture('pricing');
        await picture.dark('pricing-dark');
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
        await button('Upgrade to Pro').click();
        await page.waitForURL((url) => url.origin === urls.emulator && url.pathname.startsWith('/checkout/'));
        await page.locator('[data-action="pay"]').waitFor();
        await picture('checkout');
      },
    },
    {
      name: 'the buyer pays and comes back',
      see: async () => {
        await page.locator('[data-action="pay"]').click();
        await page.waitForURL((url) => url.origin === urls.page && url.searchParams.has('checkout_id'));
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
      name: 'the page shows the plan as active',
      see: async () => {
        await page.getByRole('heading', { name: `${organizationName}'s plan` }).waitFor();
        await page.getByText('Active', { exact: true }).waitFor();
        await page.getByText('Renews on').waitFor();
        await picture('plan');
        await picture.dark('plan-dark');
        await picture.phone('plan-phone');
      },
    },
    {
      name: 'a usage event reaches Polar exactly once, though it is sent twice',
      see: async () => {
        const sent = page.waitForRequest((request) => request.url().includes('/api/v1/polar/usage'));
        await button('Record an API call').click();
        const request = await sent;
        const id = await page.locator('[data-event-id]').first().getAttribute('data-event-id');
        await picture('usage');
        const again = await repeat(request);
        if (again.event_id !== id) throw new Error(`the repeated send was taken as ${again.event_id}, not ${id}`);
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
        await picture('portal-canceled');
        await page.locator('[data-action="back"]').click();
        await page.waitForURL((url) => url.origin === urls.page);
        await page.getByText(/^Cancels on /).waitFor();
        await picture('plan-canceled');
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
  const take = async (name) => {
    if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  };
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
