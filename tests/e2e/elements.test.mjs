// The custom elements in Chromium, as a page without a bundler has them, against the real server and the emulator.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { openBrowser } from '../../scripts/lib/browser.mjs';
import { payCheckout } from '../../scripts/lib/emulator.mjs';
import { at } from '../../scripts/lib/paths.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { axeFindings } from './support/scene.mjs';
import { startWorld } from './support/world.mjs';

const types = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' };
const head = `<!doctype html><html lang="en"><title>Shop</title><link rel="stylesheet" href="/dist/components/styles.css">`;
/** A Plinto client by its shape, whose user may change. `sent` counts what goes to the server. */
const script = (baseURL) => `<script type="module">
  import { createPolarPlugin } from '/dist/js/index.js';
  import { definePolarElements } from '/dist/js/elements.js';
  const handlers = {};
  window.plinto = {
    getAccessToken: async () => localStorage.getItem('token'),
    getConfig: () => ({ baseURL: '${baseURL}' }),
    on: (event, handler) => (handlers[event] ??= []).push(handler),
    emit: (event) => { for (const handler of handlers[event] ?? []) handler(); },
  };
  window.told = [];
  for (const type of ['error', 'open', 'close', 'select', 'change', 'sign-in'])
    addEventListener('polar-' + type, (event) => {
      told.push(type);
      if (window.prevent === type) event.preventDefault();
    });
  window.usePlugin = (settings) => definePolarElements({ polar: createPolarPlugin(settings).install(plinto) });
  usePlugin({ defaultSuccessUrl: location.origin + '/done', ...window.settings });
</script>`;

let world;
let browser;
let server;
let page;
let asked;
let html;
before(async () => {
  server = createServer(async ({ url }, response) => {
    const { pathname } = new URL(url, 'http://page');
    if (!pathname.startsWith('/dist/')) return response.setHeader('content-type', 'text/html').end(html);
    response.setHeader('content-type', types[extname(pathname)] ?? 'text/plain');
    return response.end(await readFile(at(`.${pathname}`)).catch(() => response.writeHead(404) && ''));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const pageUrl = `http://127.0.0.1:${server.address().port}`;
  world = await startWorld({ serverEnv: { ALLOWED_ORIGINS: pageUrl, RETURN_ORIGINS: pageUrl } });
  world.pageUrl = pageUrl;
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await world?.stop();
  server?.close();
});

beforeEach(async () => {
  await page?.context().close();
  page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(8_000);
  asked = [];
  page.on('request', (request) => asked.push(request.url().replace(`${world.urls.server}/api/v1/polar`, '')));
});

/** Opens a page of this body, for whoever has this token. */
async function open(body, { token = world.tokens.owner, settings = {} } = {}) {
  await page.addInitScript(
    ([value, some]) => {
      if (value && !localStorage.getItem('token')) localStorage.setItem('token', value);
      window.settings = some;
    },
    [token, settings],
  );
  html = `${head}<body><main>${body}</main>${script(world.urls.server)}`;
  await page.goto(`${world.pageUrl}/`);
}

const isAtPolar = (part) =>
  page.waitForURL((url) => url.href.startsWith(`${world.urls.emulator}/`) && url.pathname.includes(part));
const told = () => page.evaluate(() => window.told);
/** What the checkout is asked with that this button opens. */
async function countryOf(button) {
  const asks = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/checkout'));
  await button.click();
  return (await asks).postDataJSON().country;
}
const pause = () => page.waitForTimeout(300);

describe('<polar-checkout-button>', () => {
  it('makes a button of its text, and opens the checkout of what its attributes say then', async () => {
    await open('<polar-checkout-button product-id="nonsense">Buy</polar-checkout-button>');
    const button = page.getByRole('button', { name: 'Buy' });
    assert.equal(await button.getAttribute('data-polar'), 'checkout-button');
    assert.deepEqual(
      asked.filter((path) => path.startsWith('/checkout')),
      [],
    );

    await button.click();
    await page.locator('button[data-state=error][title]').waitFor();
    assert.deepEqual(await told(), ['open', 'error']);
    await page.evaluate(
      (id) => document.querySelector('polar-checkout-button').setAttribute('product-id', id),
      world.product.id,
    );
    await button.click();
    await isAtPolar('/checkout/');
  });

  it('tells where the buyer is', async () => {
    await open(`<polar-checkout-button product-id="${world.product.id}" country="DE">Buy</polar-checkout-button>`);
    assert.equal(await countryOf(page.getByRole('button', { name: 'Buy' })), 'DE');
  });

  it('leaves what stands in it as it is, follows `disabled`, and is stopped by whoever prevents it', async () => {
    await open(
      `<polar-checkout-button product-id="${world.product.id}" metadata='{"a":1}' disabled><button class="mine"><b>Buy</b> now</button></polar-checkout-button>`,
    );
    const button = page.locator('polar-checkout-button > button.mine');
    await page.locator('button.mine[data-state=idle]').waitFor();
    assert.equal(await button.isDisabled(), true);
    await page.evaluate(() => document.querySelector('polar-checkout-button').removeAttribute('disabled'));
    await page.locator('button.mine:enabled').waitFor();
    assert.equal(await button.innerHTML(), '<b>Buy</b> now');

    await page.evaluate(() => {
      window.prevent = 'open';
    });
    await button.click();
    await pause();
    assert.deepEqual(await told(), ['open']);
    assert.equal(await button.getAttribute('data-state'), 'idle');
    await page.evaluate(() => {
      window.prevent = '';
    });
    await button.dblclick();
    await isAtPolar('/checkout/');
    assert.equal(asked.filter((path) => path === '/checkout').length, 1);
  });

  it('leads nobody away who has left it, and says nothing of it', async () => {
    await open(`<polar-checkout-button product-id="${world.product.id}">Buy</polar-checkout-button>`);
    let release;
    const held = new Promise((resolve) => {
      release = resolve;
    });
    await page.route('**/api/v1/polar/checkout', async (route) => {
      await held;
      await route.continue().catch(() => {});
    });
    await page.getByRole('button', { name: 'Buy' }).click();
    await page.locator('button[data-state=pending][aria-busy=true]').waitFor();
    await page.evaluate(() => document.querySelector('polar-checkout-button').remove());
    release();
    await pause();

    assert.equal(page.url(), `${world.pageUrl}/`);
    assert.deepEqual(await told(), ['open']);
  });

  it('is alive again by the back button', async () => {
    await open(`<polar-checkout-button product-id="${world.product.id}">Buy</polar-checkout-button>`);
    await page.getByRole('button', { name: 'Buy' }).click();
    await isAtPolar('/checkout/');
    await page.goBack();

    await page.locator('button[data-state=idle]').waitFor();
    await page.getByRole('button', { name: 'Buy' }).click();
    await isAtPolar('/checkout/');
  });

  it('sells in a dialog of the page', async () => {
    await open(`<polar-checkout-button product-id="${world.product.id}" mode="embed">Buy</polar-checkout-button>`);
    await page.getByRole('button', { name: 'Buy' }).click();
    await page.locator('dialog[data-polar=embed][data-state=loaded]').waitFor();
    await page.locator('[data-polar=checkout-button][data-state=pending]').waitFor();
    await page.keyboard.press('Escape');

    await page.locator('[data-polar=checkout-button][data-state=idle]').waitFor();
    assert.deepEqual(await told(), ['open', 'close']);
    assert.equal(page.url(), `${world.pageUrl}/`);
  });

  it('says why an attribute cannot be read', async () => {
    await open('<polar-checkout-button slug="pro" metadata="{"></polar-checkout-button>');
    const message = page.waitForEvent('console', (one) => one.type() === 'error');
    await page.getByRole('button', { name: 'Subscribe' }).click();

    assert.match((await message).text(), /attribute metadata of <polar-checkout-button> is not JSON/);
  });
});

describe('<polar-customer-portal>', () => {
  it('leads customers to the portal', async () => {
    await open('<polar-customer-portal></polar-customer-portal>');
    await page.getByRole('button', { name: 'Manage Subscription' }).click();

    await isAtPolar('/portal');
  });
});

describe('<polar-pricing-table>', () => {
  const current = '[data-polar=pricing-table-plan][data-state=current]';
  const plan = (name) =>
    page.locator('[data-polar=pricing-table-plan]').filter({ has: page.getByText(name, { exact: true }) });

  it('shows plans to nobody in particular, by interval, and has them sign in', async () => {
    await open('<polar-pricing-table highlighted="Pro" default-interval="year"></polar-pricing-table>', { token: '' });
    await page.locator('[data-polar=pricing-table][data-state=ready]').waitFor();

    const year = page.getByRole('radio', { name: 'Yearly' });
    assert.equal(await year.getAttribute('aria-checked'), 'true');
    await year.focus();
    await page.keyboard.press('ArrowLeft');
    const month = page.getByRole('radio', { name: 'Monthly' });
    await page.locator('[role=radio][aria-checked=true]').filter({ hasText: 'Monthly' }).waitFor();
    assert.equal(await month.evaluate((radio) => radio === document.activeElement), true);
    assert.deepEqual(await axeFindings(page), []);

    await page.evaluate(() => {
      window.prevent = 'sign-in';
    });
    await plan('Pro').getByRole('button').click();
    assert.deepEqual(await told(), ['select', 'sign-in']);
  });

  it('keeps the focus and what is typed while totals are worked out', async () => {
    await open('<polar-pricing-table></polar-pricing-table>', { token: '' });
    const field = plan('Team').getByRole('spinbutton');
    await field.focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('12');
    await page.locator('[data-polar=pricing-table-total][data-state=ready]').filter({ hasText: '12 seats' }).waitFor();

    assert.equal(await field.evaluate((input) => input === document.activeElement), true);
    assert.equal(await field.inputValue(), '12');
    await plan('Team').getByRole('button', { name: 'More seats' }).click();
    await plan('Team').getByText('13 seats').waitFor();
  });

  it('tells where the buyer is', async () => {
    await open('<polar-pricing-table country="DE"></polar-pricing-table>');
    assert.equal(await countryOf(plan('Pro').getByRole('button', { name: 'Subscribe' })), 'DE');
  });

  it('sells a plan, shows that it is there, changes it in a dialog, and shows nothing of it to somebody else', async () => {
    const body = { product_id: world.product.id };
    await open('<polar-pricing-table></polar-pricing-table>');
    await plan('Pro').getByRole('button', { name: 'Subscribe' }).click();
    await isAtPolar('/checkout/');
    const bought = await world.call('POST', '/checkout', { token: world.tokens.owner, body });
    await payCheckout(world.urls.emulator, bought.body.client_secret);
    const hasPaid = async () => (await world.call('GET', '/access', { token: world.tokens.owner })).body.allowed;
    await waitFor('the access', hasPaid);
    await page.goto(`${world.pageUrl}/`);
    await page.locator(current).filter({ hasText: 'Current plan' }).waitFor();

    await page.getByRole('radio', { name: 'Yearly' }).click();
    await plan('Pro yearly').getByRole('button').click();
    const dialog = page.locator('dialog[open]');
    await dialog.getByText('Next payment').waitFor();
    assert.deepEqual(await axeFindings(page), []);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await plan('Pro yearly').getByRole('button').click();
    await dialog.getByRole('button', { name: 'Change to Pro yearly' }).click();
    await dialog
      .getByRole('status')
      .filter({ hasText: /plan is changed|Changes on/ })
      .waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.locator(current).filter({ hasText: 'Pro yearly' }).waitFor();

    await page.evaluate(() => {
      localStorage.removeItem('token');
      window.plinto.emit('auth:signedOut');
    });
    await page.locator(current).waitFor({ state: 'detached' });
    await page.evaluate((token) => {
      localStorage.setItem('token', token);
      window.plinto.emit('auth:signedIn');
    }, world.tokens.stranger);
    await page.locator('button[data-relation=buy]:not([aria-disabled=true])').first().waitFor();
    assert.equal(await page.locator(current).count(), 0);
  });

  it('turns to another organization by its attribute, or by another client', async () => {
    await open('<polar-pricing-table></polar-pricing-table>');
    await page.locator(current).waitFor();
    await page.evaluate(
      (id) => document.querySelector('polar-pricing-table').setAttribute('organization-id', id),
      world.organizationId,
    );
    await page.locator('button[data-relation=buy]:not([aria-disabled=true])').first().waitFor();
    assert.ok(asked.some((path) => path.startsWith(`/customer/state?organization_id=${world.organizationId}`)));
    await page.evaluate(() => document.querySelector('polar-pricing-table').removeAttribute('organization-id'));
    await page.locator(current).waitFor();

    await page.evaluate((organizationId) => window.usePlugin({ organizationId }), world.organizationId);
    await page.locator('button[data-relation=buy]:not([aria-disabled=true])').first().waitFor();
  });

  it('asks nothing more once it is gone, and goes on where it is only moved', async () => {
    await open('<polar-pricing-table></polar-pricing-table><aside></aside>');
    await page.locator(current).waitFor();
    await page.evaluate(() => document.querySelector('aside').append(document.querySelector('polar-pricing-table')));
    await pause();
    await page.locator(`aside ${current}`).waitFor();

    await page.evaluate(() => document.querySelector('polar-pricing-table').remove());
    await pause();
    asked.length = 0;
    await page.evaluate(() => {
      window.plinto.emit('auth:signedIn');
      window.dispatchEvent(new Event('focus'));
    });
    await pause();
    assert.deepEqual(
      asked.filter((path) => path.startsWith('/')),
      [],
    );
  });

  it('says what failed, with a button that tries again', async () => {
    await page.route('**/api/v1/polar/products', (route) => route.fulfill({ status: 404, body: '{}' }));
    await open('<polar-pricing-table></polar-pricing-table>', { token: '' });
    await page.getByRole('alert').waitFor();
    await page.unroute('**/api/v1/polar/products');
    await page.getByRole('button', { name: 'Try again' }).click();

    await page.locator('[data-polar=pricing-table][data-state=ready]').waitFor();
  });
});
