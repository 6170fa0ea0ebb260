// The package as people install it: packed, put into an empty Vite app, and used in Chromium under a strict policy.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openBrowser } from '../../scripts/lib/browser.mjs';
import { createPeople, owner } from '../../scripts/lib/demo-people.mjs';
import { plintoApi } from '../../scripts/lib/plinto-api.mjs';
import { startStack } from '../../scripts/lib/stack.mjs';
import { installApp } from './installed-app.mjs';

let app;
let browser;
before(async () => {
  app = await installApp();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  app?.remove();
});

describe('the tarball', () => {
  it('holds what the entry points need, and no sources', () => {
    for (const file of ['dist/js/index.js', 'dist/js/index.d.ts', 'dist/components/index.js', 'dist/js/webhooks.js']) {
      assert.ok(app.files.includes(file), `${file} is missing`);
    }
    for (const module of ['core', 'quote', 'usage', 'webhooks']) {
      for (const name of [`${module}.mjs`, `${module}.wasm`, `${module}.inline.mjs`]) {
        assert.ok(app.files.includes(`dist/wasm/${name}`), `${name} is missing`);
      }
    }
    const strays = app.files.filter((path) => !/^(dist\/|package\.json$|README\.md$|LICENSE$)/.test(path));
    assert.deepEqual(strays, []);
  });
});

const strict = "default-src 'self'; script-src 'self'";
const open = `${strict} 'wasm-unsafe-eval'`;

/** What a host may do to the binary, and whether the core runs all the same. */
const hosts = {
  'that serves the binary': { policy: open, core: true },
  'that has a page in its place': {
    policy: open,
    core: true,
    onBinary: (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Not found</title>' }),
  },
  'that does not have it': { policy: open, core: true, onBinary: (route) => route.fulfill({ status: 404, body: '' }) },
  'that never answers for it': { policy: open, core: false, onBinary: () => {} },
  'whose policy forbids WebAssembly': { policy: strict, core: false, says: /Add 'wasm-unsafe-eval' to script-src/ },
};
for (const policy of [open, strict]) {
  describe(`under the policy ${policy}`, () => {
    let stack;
    let token;
    before(async () => {
      stack = await startStack({ page: app.folder, pageEnv: { CONTENT_SECURITY_POLICY: policy } });
      await createPeople(stack.urls.plinto);
      token = (await plintoApi(stack.urls.plinto).signIn(owner)).access_token;
    });
    after(() => stack?.stop());

    /** Opens the app with a token and returns the page with what it fetched and said. */
    async function visit(product, onBinary) {
      const context = await browser.newContext();
      await context.addInitScript((value) => localStorage.setItem('plinto_access_token', value), token);
      const page = await context.newPage();
      const said = [];
      const sent = [];
      page.on('console', (message) => said.push(message.text()));
      page.on('pageerror', (error) => said.push(error.message));
      page.on('request', (request) => sent.push(new URL(request.url()).pathname));
      if (onBinary) await page.route('**/*.wasm', onBinary);
      await page.goto(`${stack.urls.page}/?product=${product}`);
      return { page, said, sent, close: () => context.close() };
    }

    for (const [host, { core, onBinary, says }] of Object.entries(hosts).filter(([, one]) => one.policy === policy)) {
      it(`starts a checkout on a host ${host}`, async () => {
        const { page, said, sent, close } = await visit(stack.product.id, onBinary);
        // A click waits milliseconds for the core, so the page may be gone before it has come or was refused.
        const fetched = page.waitForRequest(/core[^/]*\.wasm$/);
        const refused = says && page.waitForEvent('console', (message) => message.text().includes('WebAssembly core'));
        await page.route('**/api/v1/polar/checkout', async (route) => {
          await Promise.all([fetched, refused]);
          await route.continue();
        });

        await page.getByRole('button', { name: 'Buy' }).click();
        await page.waitForURL((url) => url.origin === stack.urls.emulator && url.pathname.startsWith('/checkout/'));

        assert.equal(sent.filter((path) => path === '/api/v1/polar/checkout').length, 1);
        const refusals = said.filter((text) => text.includes('WebAssembly'));
        if (says) assert.match(refusals.join('\n'), says);
        else assert.deepEqual(refusals, []);
        await close();
      });

      it(`refuses a product id that is no UUID ${core ? 'in the page, before anything is sent' : 'at the server'}, on a host ${host}`, async () => {
        const { page, sent, close } = await visit('pro', onBinary);
        if (core) await page.evaluate(() => window.loadCore());

        await page.getByRole('button', { name: 'Buy' }).click();
        const refusal = page.getByRole('status').filter({ hasText: 'VALIDATION_FAILED' });
        await refusal.waitFor();

        assert.match((await refusal.textContent()) ?? '', core ? /productId/ : /product_id|productId/);
        assert.equal(sent.includes('/api/v1/polar/checkout'), !core);
        await close();
      });
    }
  });
}
