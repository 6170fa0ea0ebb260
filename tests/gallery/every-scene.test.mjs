// Each component by itself in every scenario: every theme under axe, every width in both directions, colors that are forced.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openBrowser } from '../../scripts/lib/browser.mjs';
import { componentNames, openScene, watchConsole } from '../../scripts/lib/gallery/check.mjs';
import { buildGallery } from '../../scripts/lib/gallery/page.mjs';
import { scenarios } from '../../scripts/lib/gallery/scenarios.mjs';
import { startGallery } from '../../scripts/lib/gallery/world.mjs';
import { axeFindings, look, overflowing } from '../e2e/support/scene.mjs';

let gallery;
let browser;
let page;
let problems;
before(async () => {
  gallery = await startGallery({ files: await buildGallery() });
  browser = await openBrowser();
  const context = await browser.newContext({ locale: 'en-US', reducedMotion: 'reduce' });
  page = await context.newPage();
  problems = watchConsole(page);
});
after(async () => {
  await browser?.close();
  await gallery?.stop();
});

describe('every scene', { timeout: 1_800_000 }, () => {
  for (const { name: scenario, what } of scenarios) {
    it(what, async () => {
      for (const component of await componentNames(page, gallery.url)) {
        problems.length = 0;
        await page.setViewportSize({ width: 1180, height: 800 });
        await openScene(page, gallery.url, { component, scenario });

        const found = [];
        for (const theme of ['light', 'dark', 'shadcn', 'shadcn-dark']) {
          await look(page, { dark: theme.endsWith('dark'), shadcn: theme.startsWith('shadcn') });
          found.push(...(await axeFindings(page)).map((finding) => `${theme}: ${finding}`));
        }
        for (const width of [320, 480, 768]) {
          await page.setViewportSize({ width, height: 800 });
          for (const direction of ['ltr', 'rtl']) {
            await look(page, { direction });
            found.push(...(await overflowing(page)).map((part) => `${part} overflows at ${width} px, ${direction}`));
          }
        }
        await page.emulateMedia({ forcedColors: 'active' });
        found.push(...(await unreadable(page)).map((part) => `${part} is not seen where colors are forced`));
        await page.emulateMedia({ forcedColors: 'none' });

        assert.deepEqual([...found, ...problems], [], component);
      }
    });
  }
});

/** Parts that say something, and have no room to say it. */
const unreadable = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('[data-polar]')]
      .filter((part) => part.textContent.trim() !== '' && part.getClientRects().length > 0)
      .filter((part) => part.getBoundingClientRect().height < 8)
      .map((part) => part.dataset.polar),
  );
