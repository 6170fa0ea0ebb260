// What the gallery's tests look for in a scene. Takes a page of Playwright as of Puppeteer: both evaluate and press keys alike.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { at } from '../../../scripts/lib/paths.mjs';
import { waitFor } from '../../../scripts/lib/wait.mjs';

const axe = readFileSync(at('node_modules/axe-core/axe.min.js'), 'utf8');
const within = { withinMs: 20_000, everyMs: 50 };

/** What axe finds, in one line each. */
export async function axeFindings(page) {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe);
  return page.evaluate(async () => {
    // A scene is a part of a page: it has neither a heading of its own nor anything to skip to.
    const rules = { 'page-has-heading-one': { enabled: false }, region: { enabled: false } };
    const { violations } = await window.axe.run(document, { rules, resultTypes: ['violations'] });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target}: ${failureSummary.replace(/\s+/g, ' ')}`),
    );
  });
}

/** What reaches beyond the page's edges, by the part that it is in. */
export const overflowing = (page) =>
  page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    const outside = [...document.querySelectorAll('[data-polar]')].filter((part) => {
      const { left, right, width } = part.getBoundingClientRect();
      // What is there for screen readers only is cut to nothing.
      return width > 1 && (left < -1 || right > room + 1);
    });
    const named = outside.map((part) => part.dataset.polar);
    return document.documentElement.scrollWidth > room ? [...named, 'the page'] : named;
  });

/** Looks of one page, without loading it anew. */
export const look = (page, { direction = 'ltr', dark = false, shadcn = false }) =>
  page.evaluate(
    ([direction, dark, shadcn]) => {
      document.documentElement.dir = direction;
      document.documentElement.classList.toggle('dark', dark);
      document.documentElement.classList.toggle('shadcn', shadcn);
    },
    [direction, dark, shadcn],
  );

/** The name of what has the focus, as far as these tests need it. */
export const focused = (page) =>
  page.evaluate(() => {
    const { activeElement: it, body } = document;
    if (it === body) return '';
    return it?.getAttribute('aria-label') ?? it?.labels?.[0]?.textContent ?? it?.textContent?.trim() ?? '';
  });

/** Presses Tab until what has this name has the focus, which it may have already. */
export async function tabTo(page, name) {
  const seen = [];
  for (let presses = 0; presses < 60; presses += 1) {
    const now = await focused(page);
    if (now === name) return;
    seen.push(now.slice(0, 30));
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab never came to '${name}', but to: ${[...new Set(seen)].join(' | ')}`);
}

/** Tabs to what has this name, and presses Enter. */
export async function press(page, name) {
  await tabTo(page, name);
  await page.keyboard.press('Enter');
}

/** The same of what matches in a frame, from whatever has the focus. */
export async function pressIn(page, frame, selector) {
  const isThere = (wanted) => document.hasFocus() && document.activeElement?.matches(wanted) === true;
  for (let presses = 0; presses < 60; presses += 1) {
    if (await frame.evaluate(isThere, selector)) return page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
  }
  return assert.fail(`Tab never came to '${selector}' in the frame`);
}

export const text = (page, selector) =>
  page.evaluate((selector) => document.querySelector(selector)?.textContent ?? '', selector);

export const seesText = (page, expected, selector = 'main') =>
  waitFor(`'${expected}' in ${selector}`, async () => (await text(page, selector)).includes(expected), within);

export const isGone = (page, selector) =>
  waitFor(`no ${selector}`, () => page.evaluate((it) => document.querySelector(it) === null, selector), within);

export const isThere = (page, selector) =>
  waitFor(selector, () => page.evaluate((it) => document.querySelector(it) !== null, selector), within);

export const leavesTo = (page, pattern) => waitFor(`the address ${pattern}`, () => pattern.test(page.url()), within);

/** A way through each component by the keyboard alone. Each leaves the accounts as they were, or says which it takes. */
export const paths = {
  pricing: {
    what: 'another interval, and what a plan of it would cost, in a dialog that gives the focus back',
    scenario: () => 'active',
    walk: async (page) => {
      await tabTo(page, 'Monthly');
      await page.keyboard.press('ArrowRight');
      await isThere(page, '[role="radio"][aria-checked="true"]:nth-child(2)');
      await press(page, 'Switch');
      await seesText(page, 'Due now', 'dialog[open]');
      assert.equal(await page.evaluate(() => document.activeElement?.closest('dialog') !== null), true);
      await page.keyboard.press('Escape');
      await isGone(page, 'dialog');
      assert.equal(await focused(page), 'Switch');
    },
  },
  subscription: {
    what: 'a change of plan is looked at and dismissed',
    scenario: () => 'discounted',
    walk: async (page) => {
      await press(page, 'Change plan');
      await seesText(page, 'Next payment', 'dialog[open]');
      await press(page, 'Not now');
      await isGone(page, 'dialog');
      assert.equal(await focused(page), 'Change plan');
    },
  },
  cancel: {
    what: 'a plan is canceled with a reason, and kept after all',
    scenario: () => 'active',
    walk: async (page) => {
      await press(page, 'Cancel plan');
      await isThere(page, 'dialog[open]');
      await tabTo(page, 'Customer service');
      await page.keyboard.press(' ');
      await press(page, 'Cancel plan');
      await seesText(page, 'Your plan ends on');
      assert.notEqual(await page.evaluate(() => document.activeElement?.tagName), 'BODY');
      await press(page, 'Keep my plan after all');
      await isThere(page, '[data-polar="cancel-trigger"]');
    },
  },
  notice: {
    what: 'a plan that ends is kept',
    scenario: () => 'canceled',
    walk: async (page) => {
      await press(page, 'Keep my plan');
      await isGone(page, '[data-polar="notice"]');
      await page.evaluate(cancelAgain);
    },
  },
  change: {
    what: 'a change is made',
    scenario: (browser) => (browser === 'firefox' ? 'discounted' : 'team'),
    walk: async (page) => {
      const name = await text(page, '[data-polar="plan-change-confirm"]');
      await press(page, name);
      await isThere(page, '[data-polar="plan-change"][data-state="done"]');
      assert.notEqual(await page.evaluate(() => document.activeElement?.tagName), 'BODY');
    },
  },
  orders: {
    what: 'an invoice, and the pages',
    scenario: () => 'orders',
    walk: async (page) => {
      await page.evaluate(() => {
        window.open = () => ({ location: { replace: (url) => (window.opened = url) }, close() {} });
      });
      await press(page, 'Invoice');
      await waitFor('an invoice', () =>
        page.evaluate(() => window.opened ?? document.activeElement.textContent !== 'Invoice'),
      );
      await press(page, 'Older');
      await seesText(page, 'First payment');
      await press(page, 'Newer');
      await seesText(page, '$3 refunded');
    },
  },
  portal: {
    what: 'the portal',
    scenario: () => 'active',
    walk: async (page) => {
      await press(page, 'Manage Subscription');
      await leavesTo(page, /\/portal/);
    },
  },
  panel: {
    what: 'past the plan and the invoices to the portal',
    scenario: () => 'orders',
    walk: async (page) => {
      await press(page, 'Older');
      await seesText(page, 'First payment');
      await press(page, 'Manage Subscription');
      await leavesTo(page, /\/portal/);
    },
  },
  gate: {
    what: 'from the paywall to the checkout',
    scenario: () => 'nothing',
    walk: async (page) => {
      await press(page, 'Get Pro');
      await leavesTo(page, /\/checkout\//);
    },
  },
  return: {
    what: 'on from a payment',
    scenario: () => 'active',
    walk: async (page) => {
      await seesText(page, 'Payment received');
      await press(page, 'Continue');
      await isGone(page, '[data-polar="checkout-return"]');
    },
  },
  embed: {
    what: 'a checkout within the page: closed by Escape, which gives the focus back; then paid, in the frame',
    scenario: () => 'ended',
    walk: async (page) => {
      await press(page, 'Buy the handbook here');
      await isThere(page, '[data-polar="embed"][data-state="loaded"]');
      // Polar's page hears its keys by itself.
      await page.evaluate(() => document.querySelector('[data-polar="embed-close"]').focus());
      await page.keyboard.press('Escape');
      await isGone(page, '[data-polar="embed"]');
      assert.equal(await focused(page), 'Buy the handbook here');

      await page.keyboard.press('Enter');
      await isThere(page, '[data-polar="embed"][data-state="loaded"]');
      const frame = page.frames().find((each) => each.url().includes('/checkout/'));
      await pressIn(page, frame, '[data-action="pay"]');
      await seesText(page, 'The checkout: succeeded');
    },
  },
  buttons: {
    what: 'to the checkout',
    scenario: () => 'nothing',
    walk: async (page) => {
      await press(page, 'Subscribe to Pro');
      await leavesTo(page, /\/checkout\//);
    },
  },
};

/** In the page, as its person: the account is as it was. */
async function cancelAgain() {
  const { token } = await (await fetch('/token/canceled')).json();
  const at = '/shop/canceled/api/v1/polar';
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const { items } = await (await fetch(`${at}/customer/subscriptions`, { headers })).json();
  await fetch(`${at}/subscriptions/${items[0].id}/cancel`, { method: 'POST', headers, body: '{}' });
}
