// Every component in every state, in browsers, against the real server and the emulator in this process.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { openBrowser } from '../../scripts/lib/browser.mjs';
import { componentNames, openScene, watchConsole } from '../../scripts/lib/gallery/check.mjs';
import { buildGallery } from '../../scripts/lib/gallery/page.mjs';
import { scenarios } from '../../scripts/lib/gallery/scenarios.mjs';
import { startGallery } from '../../scripts/lib/gallery/world.mjs';
import { at } from '../../scripts/lib/paths.mjs';
import { openFirefox } from './support/firefox.mjs';
import { axeFindings, isGone, isThere, look, overflowing, paths, press, seesText } from './support/scene.mjs';

let gallery;
before(async () => {
  gallery = await startGallery({ files: await buildGallery() });
});
after(() => gallery?.stop());

describe('in Chromium', { timeout: 300_000 }, () => {
  let browser;
  let page;
  let problems;
  const partsSeen = new Set();
  before(async () => {
    browser = await openBrowser();
    const context = await browser.newContext({ locale: 'en-US', reducedMotion: 'reduce' });
    page = await context.newPage();
    await page.exposeFunction('tellParts', (names) => {
      for (const name of names) partsSeen.add(name);
    });
    await page.addInitScript(watchParts);
    problems = watchConsole(page);
  });
  after(() => browser?.close());

  for (const { name: scenario, what } of scenarios) {
    it(`all components have nothing to find fault with: ${what}`, async () => {
      problems.length = 0;
      await page.setViewportSize({ width: 1180, height: 800 });
      await openScene(page, gallery.url, { scenario });

      assert.deepEqual(await axeFindings(page), [], 'axe, light');
      await look(page, { dark: true });
      assert.deepEqual(await axeFindings(page), [], 'axe, dark');
      await page.setViewportSize({ width: 320, height: 800 });
      assert.deepEqual(await overflowing(page), [], 'at 320 px');
      await look(page, { direction: 'rtl' });
      assert.deepEqual(await overflowing(page), [], 'at 320 px, right to left');
      assert.deepEqual(problems, []);
    });
  }

  for (const [component, scenario, button] of [
    ['cancel', 'active', 'Cancel plan'],
    ['subscription', 'long', 'Change plan'],
  ]) {
    it(`the dialog of '${button}' has nothing to find fault with`, async () => {
      await page.setViewportSize({ width: 1180, height: 800 });
      await openScene(page, gallery.url, { component, scenario });
      await page.getByRole('button', { name: button }).click();
      await isThere(page, 'dialog[open]');
      await isGone(page, 'dialog [data-state="loading"]');

      for (const dark of [false, true]) {
        await look(page, { dark });
        assert.deepEqual(await axeFindings(page), [], dark ? 'dark' : 'light');
      }
      await page.setViewportSize({ width: 320, height: 600 });
      for (const direction of ['ltr', 'rtl']) {
        await look(page, { direction });
        assert.deepEqual(await overflowing(page), [], direction);
      }
    });
  }

  it('has a path for each component', async () => {
    assert.deepEqual(Object.keys(paths).toSorted(), (await componentNames(page, gallery.url)).toSorted());
  });

  for (const [component, { what, scenario, walk }] of Object.entries(paths)) {
    it(`${component} by the keyboard alone: ${what}`, async () => {
      problems.length = 0;
      await openScene(page, gallery.url, { component, scenario: scenario('chromium') });

      await walk(page);

      assert.deepEqual(problems, []);
    });
  }

  it('saw every part that the stylesheet names', async () => {
    const stylesheet = readFileSync(at('components/styles.css'), 'utf8');
    const named = new Set([...stylesheet.matchAll(/data-polar="([^"]+)"/g)].map(([, name]) => name));

    assert.deepEqual(
      [...named].filter((name) => !partsSeen.has(name)),
      [],
    );
  });

  for (const component of ['pricing', 'subscription', 'change', 'portal', 'return']) {
    it(`${component} takes as much room while it is loading as afterwards, so that nothing jumps`, async () => {
      await page.setViewportSize({ width: 1180, height: 800 });
      const at = `${gallery.url}/scene.html?component=${component}`;
      await page.goto(`${at}&scenario=loading`);
      await isThere(page, '[data-scene] > *');
      const before = await heightOf(page);
      await openScene(page, gallery.url, { component, scenario: 'active' });

      const after = await heightOf(page);
      assert.ok(Math.abs(after - before) <= 16, `${before} px, then ${after} px`);
    });
  }

  it('shows that it waits on a slow network, and what came after', async () => {
    await page.goto(`${gallery.url}/scene.html?component=orders&scenario=slow`);

    await isThere(page, '[data-polar="orders-state"][data-state="loading"]');
    await isThere(page, '[data-polar="orders-item"]');
  });

  it('says what to do, tells the console why, and shows what was asked for when it is tried again', async () => {
    problems.length = 0;
    let isDown = true;
    await page.route('**/customer/orders*', (route) => (isDown ? route.abort() : route.continue()));
    await page.goto(`${gallery.url}/scene.html?component=orders&scenario=active`);
    await isThere(page, '[data-polar="orders-state"][data-state="error"]');
    await seesText(page, 'Check your connection');
    assert.equal(problems.length, 1);
    assert.match(problems[0], /^PolarError: The server cannot be reached\./);
    assert.deepEqual(await axeFindings(page), []);

    isDown = false;
    await press(page, 'Try again');

    await seesText(page, 'First payment');
    await page.unroute('**/customer/orders*');
  });
});

const heightOf = (page) =>
  page.evaluate(() => Math.round(document.querySelector('[data-scene]').getBoundingClientRect().height));

/** In the page: tells of each part that comes. */
function watchParts() {
  const told = new Set();
  new MutationObserver(() => {
    const fresh = [...document.querySelectorAll('[data-polar]')]
      .map((part) => part.dataset.polar)
      .filter((name) => !told.has(name));
    for (const name of fresh) told.add(name);
    if (fresh.length > 0) window.tellParts(fresh);
  }).observe(document, { childList: true, subtree: true });
}

describe('in Firefox', { timeout: 300_000 }, () => {
  let browser;
  before(async () => {
    browser = await openFirefox();
  });
  after(() => browser?.close());

  for (const [component, { what, scenario, walk }] of Object.entries(paths)) {
    it(`${component} by the keyboard alone: ${what}`, async () => {
      // Headless, a window whose focus was once in the browser's own bars takes no keys any more.
      const page = await browser.newPage();
      const problems = [];
      // Firefox also asks Polar's own pages for an icon, which their policy forbids.
      page.on('pageerror', ({ message }) => message.includes('favicon.ico') || problems.push(message));
      await page.goto(`${gallery.url}/scene.html?component=${component}&scenario=${scenario('firefox')}`);
      await isThere(page, '[data-scene] button');
      await isGone(page, '[data-polar][data-state="loading"], [data-polar][aria-busy="true"]');

      await walk(page);

      assert.deepEqual(problems, []);
      await page.close();
    });
  }
});
