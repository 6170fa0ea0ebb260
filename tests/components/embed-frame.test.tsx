// @vitest-environment node
// The checkout's dialog in Chromium: the keyboard, a strict CSP, and pages that refuse to be framed.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
// @ts-expect-error: a script without types
import { openBrowser } from '../../scripts/lib/browser.mjs';
import { type Answer, type Asked, CHECKOUT, DATA, Gateway, PRODUCT, refusal } from '../js/support/gateway.ts';

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Polar's page, as far as it speaks. */
const POLAR_PAGE = `<!doctype html><title>Checkout</title><button id="pay">Pay</button><button id="close">Close</button>
<script>
  const origin = new URLSearchParams(location.search).get('embed_origin');
  const tell = (event, more) => parent !== window && parent.postMessage({ type: 'POLAR_CHECKOUT', event, ...more }, origin);
  document.getElementById('close').onclick = () => tell('close');
  document.addEventListener('keydown', ({ key }) => key === 'Escape' && tell('close'));
  pay.onclick = () => {
    tell('confirmed');
    tell('close');
    tell('success', { redirect: true, successURL: origin + '/done' });
  };
  tell('loaded');
</script>`;

let files: Map<string, string>;
let gateway: Gateway;
/** Another origin. */
let polar: Gateway;
let browser: Browser;
let page: Page;
/** The CSP of the shop, and how the checkout is framed. */
let csp = '';
let framing: Record<string, string> = {};

const as = (type: string, body: string, headers: Record<string, string> = {}): Answer => ({
  status: 200,
  body,
  headers: { 'content-type': type, ...headers },
});

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [at('tests/components/support/embed-page.tsx')],
    bundle: true,
    splitting: true,
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    outdir: '/app/js',
    write: false,
  });
  files = new Map(outputFiles.map(({ path, text }) => [path, text]));
  [gateway, polar] = await Promise.all([Gateway.start(), Gateway.start()]);
  gateway.answer(answer);
  polar.answer(() => as('text/html', POLAR_PAGE, framing));
  browser = (await openBrowser()) as Browser;
}, 60_000);
beforeEach(async () => {
  csp = `frame-src ${polar.url}; style-src 'nonce-r4nd0m'`;
  framing = {};
  page = await browser.newPage();
}, 60_000);
afterEach(() => page.close());
afterAll(async () => {
  await browser?.close();
  await Promise.all([gateway?.stop(), polar?.stop()]);
});

function answer({ path, body }: Asked): Answer {
  const { checkout_id, expires_at } = CHECKOUT.body;
  if (path === '/api/v1/polar/checkout') {
    if ((body as { slug: string }).slug !== 'pro') return refusal(422, 'PRODUCT_UNKNOWN');
    return { status: 201, body: { ...CHECKOUT.body, checkout_url: `${polar.url}/checkout` } };
  }
  if (path.startsWith('/api/v1/polar/checkout/')) {
    const body = { checkout_id, status: 'succeeded', product_id: PRODUCT, expires_at, updated_at: expires_at };
    return { status: 200, body };
  }
  if (path === '/api/v1/polar/customer/orders') return { status: 200, body: { items: DATA.body.orders } };
  if (files.has(path)) return as('text/javascript', files.get(path) ?? '');
  // The requests go out without the core.
  if (path.endsWith('.wasm')) return { status: 404, body: {} };
  const shop = '<!doctype html><div id="root"></div><script type="module" src="/app/js/embed-page.js"></script>';
  return as('text/html', shop, { 'content-security-policy': csp });
}

const buy = () => page.getByRole('button', { name: 'Subscribe' });
const dialog = () => page.getByRole('dialog', { name: 'Checkout' });
const inFrame = () => page.frameLocator('iframe');
const focused = () => page.evaluate(() => document.activeElement?.textContent || document.activeElement?.tagName);
const overflow = () => page.evaluate(() => getComputedStyle(document.documentElement).overflow);

async function open() {
  await page.goto(gateway.url);
  await buy().focus();
  await page.keyboard.press('Enter');
  await dialog().and(page.locator('[data-state="loaded"]')).waitFor();
}

describe("the checkout's dialog", () => {
  it('takes the keyboard in, keeps it there, and gives it back at Escape', async () => {
    await open();
    const box = await page.locator('iframe').boundingBox();
    expect(box).toMatchObject({ x: 0, y: 0, ...page.viewportSize() });
    expect(await overflow()).toBe('hidden');
    expect(await focused()).toBe('IFRAME');
    const seen: string[] = [];
    for (let i = 0; i < 8; i++) {
      await page.keyboard.press('Tab');
      seen.push((await focused()) ?? '');
    }
    expect(seen).toContain('Close');
    expect(seen).not.toContain('Before');
    expect(seen).not.toContain('After');
    await inFrame().locator('#pay').focus();

    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });

    // Said anew once the dialog has gone.
    await page.locator('button:focus', { hasText: 'Subscribe' }).waitFor();
    expect(await overflow()).toBe('visible');
    expect(await page.getByRole('status').textContent()).toBe('closed');
  });

  it('closes by its own button too, which is there for the keyboard', async () => {
    await open();

    await dialog().getByRole('button', { name: 'Close' }).focus();
    await page.keyboard.press('Enter');

    await dialog().waitFor({ state: 'detached' });
    // Said anew once the dialog has gone.
    await page.locator('button:focus', { hasText: 'Subscribe' }).waitFor();
  });

  it('tells what was bought', async () => {
    await open();

    await inFrame().locator('#pay').click();

    await page.getByText('succeeded 2000').waitFor();
    expect(await dialog().count()).toBe(0);
    expect(page.url()).toBe(`${gateway.url}/`);
  });

  it("leads to Polar's page at once where the page's CSP forbids frames", async () => {
    csp = "default-src 'self'; connect-src *";
    await page.goto(gateway.url);

    await buy().click();

    await page.waitForURL(`${polar.url}/checkout`, { timeout: 8_000 });
  });

  it("leads to Polar's page after a while where that refuses to be framed", async () => {
    framing = { 'content-security-policy': "frame-ancestors 'none'" };
    await page.goto(gateway.url);

    await buy().click();
    await dialog().waitFor();

    await page.waitForURL(`${polar.url}/checkout`, { timeout: 45_000 });
  });
});

describe("checkoutEmbed, as Better Auth's client has it", () => {
  /** Opens one and listens to all it tells; `prevents` keeps the browser from where it would go. */
  const embed = (prevents = false) =>
    page.evaluate(async (prevents) => {
      const checkout = await window.authClient.checkoutEmbed({ slug: 'pro' });
      for (const name of ['loaded', 'confirmed', 'success', 'close']) {
        checkout.addEventListener(name, (event) => {
          const { successURL = '' } = (event as CustomEvent).detail;
          window.heard.push(`${name} ${successURL}`.trim());
          if (prevents) event.preventDefault();
        });
      }
      Object.assign(window, { checkout });
    }, prevents);
  const close = () => page.evaluate(() => (window as unknown as { checkout: { close(): void } }).checkout.close());
  const heard = () => page.evaluate(() => window.heard);
  const done = () => `${gateway.url}/done`;

  it('tells what happens, and goes where the buyer is to go', async () => {
    await page.goto(gateway.url);
    await embed();
    expect(await heard()).toEqual(['loaded']);

    await inFrame().locator('#pay').click();

    await page.waitForURL(done());
  });

  it('stays where the page prevents it', async () => {
    await page.goto(gateway.url);
    await embed(true);

    await inFrame().locator('#pay').click();
    await dialog().and(page.locator('[data-state="success"]')).waitFor();

    expect(await heard()).toEqual(['loaded', 'confirmed', `success ${done()}`]);
    expect(page.url()).toBe(`${gateway.url}/`);
  });

  it('tells that the buyer has closed it, and can be closed by the page, without a word', async () => {
    await page.goto(gateway.url);
    await embed();
    await inFrame().locator('#close').click();
    await dialog().waitFor({ state: 'detached' });
    expect(await heard()).toEqual(['loaded', 'close']);

    await embed();
    await close();
    await dialog().waitFor({ state: 'detached' });
    expect(await heard()).toEqual(['loaded', 'close', 'loaded']);
  });

  it('rejects where the checkout is refused', async () => {
    await page.goto(gateway.url);
    const refused = page.evaluate(() => window.authClient.checkoutEmbed({ slug: 'gone' }).catch(({ code }) => code));

    expect(await refused).toBe('PRODUCT_UNKNOWN');
    expect(await dialog().count()).toBe(0);
  });
});
