// The emulator's pages as buyers use them, in Chromium: what Pay buys, what stays typed, where the keyboard is.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { openBrowser } from '../../scripts/lib/browser.mjs';
import { emulators, startEmulator } from '../../scripts/lib/emulator-process.mjs';

const accessToken = 'polar_oat_pages';
const declined = '4000 0000 0000 0002';

const half = { name: 'Half', code: 'HALF' };

let emulator;
let browser;
let products;

for (const [name, command] of Object.entries(emulators)) {
  describe(name, () => {
    before(async () => {
      emulator = await startEmulator(accessToken, command);
      browser = await openBrowser();
      const gift = { name: 'Gift', prices: [{ amount_type: 'custom', minimum_amount: 100, preset_amount: 200 }] };
      await ask('POST', '/v1/products/', { ...gift, recurring_interval: null });
      await ask('POST', '/v1/discounts/', { ...half, type: 'percentage', basis_points: 5000, duration: 'once' });
      const { items } = await ask('GET', '/v1/products/?limit=100');
      products = new Map(items.map(({ name, id }) => [name, id]));
    });

    after(async () => {
      await browser?.close();
      await emulator?.stop();
    });

    describe('the checkout page', { timeout: 120_000 }, () => {
      // A click at once, as a test's; and as people's, whose finger stays down while the total changes.
      for (const delay of [0, 120]) {
        it(`buys the seats that are typed when Pay is clicked next (${delay} ms)`, async () => {
          const { made, page } = await open(['Team']);

          await page.locator('#seats').fill('5');
          await page.locator('[data-action="pay"]').click({ delay });
          await page.getByRole('heading', { name: 'Thank you' }).waitFor();

          assert.deepEqual(await bought(made), { product: 'Team', seats: 5, total: 7500 });
          await page.context().close();
        });

        it(`charges the amount that is typed when Pay is clicked next (${delay} ms)`, async () => {
          const { made, page } = await open(['Gift']);

          await page.locator('#amount').fill('8,50');
          await page.locator('[data-action="pay"]').click({ delay });
          await page.getByRole('heading', { name: 'Thank you' }).waitFor();

          assert.equal((await bought(made)).total, 850);
          await page.context().close();
        });
      }

      it('pays with the code that is typed and not applied yet, and not with a wrong one', async () => {
        const { made, page } = await open(['Pro']);

        await page.locator('#discount_code').fill('NONE');
        await page.locator('[data-action="pay"]').click();
        await page.locator('[data-problem]').waitFor();
        assert.equal((await ask('GET', `/v1/checkouts/${made.id}`)).status, 'open');
        await page.locator('#discount_code').fill('half');
        await page.locator('[data-action="pay"]').click();
        await page.getByRole('heading', { name: 'Thank you' }).waitFor();

        assert.equal((await bought(made)).total, 1000);
        await page.context().close();
      });

      it('does not pay what it cannot read, and says so', async () => {
        const { made, page } = await open(['Gift']);

        await page.locator('#amount').fill('12.345');
        await page.locator('[data-action="pay"]').click();
        await page.locator('[data-problem]', { hasText: 'at most two decimals' }).waitFor();

        assert.equal(await page.locator('#amount').inputValue(), '12.345');
        assert.equal((await ask('GET', `/v1/checkouts/${made.id}`)).status, 'open');
        await page.locator('#amount').fill('12.50');
        await page.locator('[data-action="pay"]').click();
        await page.getByRole('heading', { name: 'Thank you' }).waitFor();
        assert.equal((await bought(made)).total, 1250);
        await page.context().close();
      });

      it('keeps what is typed over choices and codes, so that a declining card declines', async () => {
        const { page } = await open(['Pro', 'Team']);
        await page.locator('#name').fill('Ada');
        await page.locator('#card_number').fill(declined);
        await page.locator('#country').selectOption('FR');

        await page.locator('#discount_code').fill('half');
        await page.locator('#discount_code').press('Enter');
        await page.locator('[data-total] dd', { hasText: '$10.00' }).waitFor();
        await page.getByRole('radio', { name: /Team/ }).check();
        await page.locator('[data-total] dd', { hasText: '$7.50' }).waitFor();
        await page.getByRole('button', { name: 'Remove' }).click();
        await page.locator('[data-total] dd', { hasText: '$15.00' }).waitFor();

        assert.equal(await page.locator('#name').inputValue(), 'Ada');
        assert.equal(await page.locator('#card_number').inputValue(), declined);
        assert.equal(await page.locator('#country').inputValue(), 'FR');
        await page.locator('[data-action="pay"]').click();
        await page.locator('[data-problem]', { hasText: 'declined' }).waitFor();
        assert.equal(await page.locator('#card_number').inputValue(), declined);
        assert.equal(await page.locator('#country').inputValue(), 'FR');
        await page.context().close();
      });

      it('lets the keyboard go on from a choice, and Enter pay from the card alone', async () => {
        const { made, page } = await open(['Team']);

        await page.locator('#seats').fill('3');
        await page.keyboard.press('Tab');
        await page.locator('[data-total] dd', { hasText: '$45.00' }).waitFor();
        assert.equal(await page.evaluate(() => document.activeElement.id), 'discount_code');
        await page.locator('#seats').fill('4');
        await page.locator('#seats').press('Enter');
        await page.locator('[data-total] dd', { hasText: '$60.00' }).waitFor();
        assert.equal((await ask('GET', `/v1/checkouts/${made.id}`)).status, 'open');
        await page.locator('#card_number').press('Enter');
        await page.getByRole('heading', { name: 'Thank you' }).waitFor();
        assert.equal((await bought(made)).total, 6000);
        await page.context().close();
      });

      it('sells nothing else than it has shown where no script runs', async () => {
        const { made, page } = await open(['Pro', 'Team'], { javaScriptEnabled: false });

        await page.locator('#card_number').fill('4000 0000 0000 0341');
        await page.getByRole('radio', { name: /Team/ }).check();
        await page.locator('[data-action="pay"]').click();
        await page.locator('[data-problem]', { hasText: 'The total has changed.' }).waitFor();
        assert.equal((await ask('GET', `/v1/checkouts/${made.id}`)).status, 'open');
        assert.equal(await page.locator('#card_number').inputValue(), '4000 0000 0000 0341');
        await page.locator('#seats').fill('2');
        await page.locator('[data-action="update"]').click();
        await page.locator('[data-total] dd', { hasText: '$30.00' }).waitFor();
        await page.locator('[data-action="pay"]').click();
        await page.getByRole('heading', { name: 'Thank you' }).waitFor();

        assert.deepEqual(await bought(made), { product: 'Team', seats: 2, total: 3000 });
        await page.context().close();
      });
    });

    it('no page of the emulator scrolls sideways on a phone', { timeout: 60_000 }, async () => {
      const { page } = await open(['Team', 'Gift'], { viewport: { width: 360, height: 740 } });
      const isTooWide = () => page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);

      assert.equal(await isTooWide(), false, 'the checkout');
      await page.locator('[data-action="pay"]').click();
      await page.getByRole('heading', { name: 'Thank you' }).waitFor();
      await page.goto(`${emulator.url}/_emulator`);
      assert.equal(await isTooWide(), false, 'the log');
      await page.context().close();
    });

    it('the log page sends a delivery again', { timeout: 60_000 }, async () => {
      await ask('POST', '/v1/webhooks/endpoints', {
        url: 'http://127.0.0.1:9/',
        format: 'raw',
        events: ['checkout.created'],
      });
      const { page } = await open(['Pro']);
      while ((await ask('GET', '/_emulator/log')).deliveries.length === 0) await setTimeout(50);
      await page.goto(`${emulator.url}/_emulator`);

      const [answer] = await Promise.all([
        page.waitForResponse((response) => response.url().endsWith('/redeliver')),
        page.locator('form button').first().click(),
      ]);
      assert.equal(answer.status(), 303);
      await page.context().close();
    });
  });
}

let buyers = 0;

/** A new checkout of these products, in a new browser. */
async function open(names, options = {}) {
  const made = await ask('POST', '/v1/checkouts/', { products: names.map((name) => products.get(name)) });
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(made.url);
  await page.locator('[name="email"]').fill(`buyer-${++buyers}@example.com`);
  return { made, page };
}

async function bought({ id }) {
  const { status, product, seats, total_amount: total } = await ask('GET', `/v1/checkouts/${id}`);
  assert.equal(status, 'succeeded');
  return { product: product.name, seats, total };
}

async function ask(method, path, body) {
  const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const answer = await fetch(emulator.url + path, init);
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${answer.ok ? '' : await answer.text()}`);
  return answer.json();
}
