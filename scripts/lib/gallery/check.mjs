// Opens scenes in Chromium, and says of each what the console said.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openBrowser } from '../browser.mjs';
import { missed, seen } from '../say.mjs';
import { scenarios } from './scenarios.mjs';

/** How a scene is looked at, and what its picture is called by. */
export const looks = [
  { name: 'light', query: '', width: 1180 },
  { name: 'dark', query: '&theme=dark', width: 1180 },
  { name: 'shadcn', query: '&theme=shadcn-dark', width: 768 },
  { name: 'narrow', query: '', width: 320 },
  { name: 'narrow-rtl', query: '&direction=rtl&theme=dark', width: 320 },
];

/** The components' names, as the page has them. */
export async function componentNames(page, url) {
  await page.goto(url);
  const options = page.locator('select').first().locator('option');
  await options.first().waitFor({ state: 'attached' });
  const names = await options.evaluateAll((all) => all.map(({ value }) => value));
  return names.filter((name) => name !== 'all');
}

/**
 * What is wrong: errors and warnings of the console, but for those that the scenario is there for. Chromium itself writes about
 * an answer, and components what its `logs` says.
 * @returns {string[]} which grows
 */
export function watchConsole(page) {
  const problems = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    const text = message.text();
    const isMeant = /^Failed to load resource/.test(text) || isLogged(text, page.url());
    if (['error', 'warning'].includes(message.type()) && !isMeant) problems.push(text);
  });
  return problems;
}

/** Whether the scenario that the page shows expects it. */
function isLogged(text, url) {
  const shown = new URL(url).searchParams.get('scenario');
  const { logs } = scenarios.find(({ name }) => name === shown) ?? {};
  return logs !== undefined && text.startsWith(logs);
}

/** Opens a scene and waits until nothing is asked for any more. */
export async function openScene(page, url, { component = 'all', scenario, query = '' }) {
  const quiet = scenario === 'loading' ? undefined : whenQuiet(page);
  await page.goto(`${url}/scene.html?component=${component}&scenario=${scenario}${query}`);
  await page.locator('[data-scene]').first().waitFor({ state: 'attached' });
  await quiet?.();
  // What was answered last has been rendered in the frame after the next.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** Watches the requests from now on; what is returned resolves once none was under way for a while. */
function whenQuiet(page) {
  const open = new Set();
  let last = Date.now();
  const began = (request) => open.add(request);
  const ended = (request) => {
    open.delete(request);
    last = Date.now();
  };
  page.on('request', began).on('requestfinished', ended).on('requestfailed', ended);
  return async () => {
    const deadline = Date.now() + 60_000;
    // A failed request is tried again by and by.
    while (open.size > 0 || Date.now() - last < 150 || (await isWaiting(page))) {
      if (Date.now() > deadline) throw new Error(`${page.url()} is still asking`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    page.off('request', began).off('requestfinished', ended).off('requestfailed', ended);
  };
}

const isWaiting = (page) =>
  page.evaluate(
    () => document.querySelector('[data-polar][data-state="loading"], [data-polar][aria-busy="true"]') !== null,
  );

/**
 * Every component in every scenario. Returns how many had a problem.
 * @param {string} url
 * @param {{ screenshots?: string, only?: string }} options `only`: a component
 */
export async function checkScenes(url, { screenshots, only }) {
  if (screenshots !== undefined) mkdirSync(screenshots, { recursive: true });
  const browser = await openBrowser();
  const context = await browser.newContext({ locale: 'en-US', reducedMotion: 'reduce' });
  const page = await context.newPage();
  const problems = watchConsole(page);
  const names = (await componentNames(page, url)).filter((name) => only === undefined || name === only);
  let failed = 0;
  for (const component of names) {
    for (const { name: scenario } of scenarios) {
      problems.length = 0;
      try {
        for (const look of screenshots === undefined ? looks.slice(0, 1) : looks) {
          await page.setViewportSize({ width: look.width, height: 800 });
          await openScene(page, url, { component, scenario, query: look.query });
          if (screenshots === undefined) continue;
          await page.screenshot({
            path: join(screenshots, `${component}-${scenario}-${look.name}.png`),
            fullPage: true,
          });
        }
      } catch (error) {
        problems.push(error.message);
      }
      if (problems.length === 0) continue;
      failed += 1;
      missed(`${component} in '${scenario}':\n  ${problems.join('\n  ')}`);
    }
    seen(`${component}: ${scenarios.length} scenarios`);
  }
  await browser.close();
  return failed;
}
