// The emulator of Conekta, native and by npx, judged by a client that we did not write: npm `conekta`, Conekta's own.
import assert from 'node:assert/strict';
import { createVerify } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import conekta from 'conekta';
import { openBrowser } from '../../scripts/lib/browser.mjs';
import { Child } from '../../scripts/lib/child.mjs';
import { emulators } from '../../scripts/lib/emulator-process.mjs';
import { attempt } from '../../scripts/lib/run.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { axeFindings } from './support/scene.mjs';

const apiKey = 'key_of_this_test';
const ana = { name: 'Ana Ruiz', email: 'ana@example.com', phone: '+525512345678' };
const kit = { name: 'Starter kit', quantity: 1, unit_price: 34_900 };

for (const [name, command] of Object.entries(emulators)) {
  describe(name, { timeout: 120_000 }, () => {
    let child;
    let url;
    let api;
    let shop;

    before(async () => {
      child = new Child('emulate', [...command, '--port', '0', '--conekta', '--conekta-key', apiKey]);
      const [, printed] = await child.line(/Conekta API:\s+(\S+)/);
      [, url] = await child.line(/listening on (\S+)/);
      assert.equal(printed, `${url}/conekta`);
      api = clients(printed, apiKey);
      shop = await startShop();
    });
    after(async () => {
      shop?.stop();
      await child?.stop();
    });

    const control = async (path, body = {}) => {
      const answer = await fetch(`${url}/_emulator/${path}`, { method: 'POST', body: JSON.stringify(body) });
      assert.ok(answer.ok, `${path}: ${answer.status} ${await answer.clone().text()}`);
      return answer.json();
    };
    const hosted = async (more = {}) => {
      const { data } = await api.orders.createOrder({
        currency: 'MXN',
        customer_info: ana,
        line_items: [kit],
        metadata: { purchase_id: 'p_81' },
        checkout: {
          type: 'HostedPayment',
          allowed_payment_methods: ['card', 'cash', 'bank_transfer'],
          success_url: `${shop.url}/ok?p=p_81`,
          failure_url: `${shop.url}/no?p=p_81`,
          ...more,
        },
      });
      return data;
    };
    const statusOf = async ({ id }) => (await api.orders.getOrderById(id)).data.payment_status;
    const pay = async (order, fields) => {
      const body = new URLSearchParams({ lang: 'en', ...fields });
      return fetch(order.checkout.url, { method: 'POST', body, redirect: 'manual' });
    };
    const payByCard = (order, number) =>
      pay(order, { method: 'card', number, name: 'Ana Ruiz', exp: '12/40', cvc: '123' });

    it('refuses the key alone, and names the flag that is missing', async () => {
      const { code, output } = await attempt(command[0], [...command.slice(1), '--conekta-key', 'key_1'], {
        quiet: true,
      });
      assert.equal(code, 2, output);
      assert.match(output, /add --conekta\b/);
    });

    it('sells by card: the order is paid, and the buyer is back at the shop', async () => {
      const order = await hosted();
      assert.equal(order.payment_status, undefined);

      const answer = await payByCard(order, '4242 4242 4242 4242');

      assert.equal(answer.status, 303);
      assert.equal(answer.headers.get('location'), `${shop.url}/ok?p=p_81`);
      const { data } = await api.orders.getOrderById(order.id);
      assert.equal(data.payment_status, 'paid');
      assert.equal(data.amount, 34_900);
      assert.equal(data.metadata.purchase_id, 'p_81');
      assert.equal(data.charges.data[0].payment_method.last4, '4242');
      assert.equal((await api.charges.getCharges()).data.data[0].order_id, order.id);
    });

    it('declines a card with 402 and the order, as the client reports it', async () => {
      const token = (await api.tokens.createToken({ card: cardOf('4000000000000127') })).data;
      assert.equal(token.used, false);
      const wish = {
        currency: 'MXN',
        customer_info: ana,
        line_items: [kit],
        charges: [{ payment_method: { type: 'card', token_id: token.id } }],
      };

      const declined = await refusal(api.orders.createOrder(wish));
      assert.equal(declined.status, 402);
      assert.equal(declined.data.type, 'processing_error');
      assert.equal(declined.data.data.payment_status, 'declined');
      const used = await refusal(api.orders.createOrder(wish, 'en'));
      assert.equal(used.data.details[0].code, 'conekta.errors.processing.tokenization.used');
      assert.equal(used.data.details[0].message, 'The card could not be processed.');
    });

    it('refuses wrong keys, unknown orders and unknown members as documented', async () => {
      const stranger = clients(`${url}/conekta`, 'key_wrong');
      assert.equal((await refusal(stranger.orders.getOrders())).status, 401);
      assert.equal((await refusal(api.orders.getOrderById('ord_none'))).data.type, 'resource_not_found_error');
      const unknown = await refusal(api.customers.createCustomer({ ...ana, nickname: 'Anita' }, 'en'));
      assert.equal(unknown.status, 422);
      assert.equal(unknown.data.details[0].code, 'conekta.errors.parameter_validation.whitelist');
      assert.match(unknown.data.details[0].message, /"nickname"/);
    });

    it('waits for cash that comes days later, and expires what nobody pays', async () => {
      const expires = await inEmulatedDays(3);
      const late = await hosted({ expires_at: expires });
      const never = await hosted({ expires_at: expires });
      await pay(late, { method: 'cash' });
      await pay(never, { method: 'spei' });
      const pending = (await api.orders.getOrderById(late.id)).data;
      assert.equal(pending.payment_status, 'pending_payment');
      assert.match(pending.charges.data[0].payment_method.reference, /^\d{14}$/);
      const changed = await refusal(api.orders.updateOrder(late.id, { currency: 'MXN' }));
      assert.equal(changed.status, 428);

      await control('clock', { advance: '2 days' });
      await control(`conekta/orders/${late.id}/receive`);
      await control('clock', { advance: '2 days' });

      assert.equal(await statusOf(late), 'paid');
      assert.equal(await statusOf(never), 'expired');
      assert.equal((await refusal(api.orders.cancelOrder(never.id))).status, 422);
    });

    it('refunds in part and in full, with negative amounts inside the charge', async () => {
      const order = await hosted();
      await payByCard(order, '5555 5555 5555 4444');
      const reason = 'requested_by_client';

      const part = (await api.orders.orderRefund(order.id, { amount: 10_000, reason })).data;
      assert.equal(part.payment_status, 'partially_refunded');
      assert.equal(part.amount_refunded, 10_000);
      assert.equal(part.charges.data[0].refunds.data[0].amount, -10_000);
      assert.equal((await refusal(api.orders.orderRefund(order.id, { amount: 24_901, reason }))).status, 422);
      const all = (await api.orders.orderRefund(order.id, { amount: 24_900, reason })).data;
      assert.equal(all.payment_status, 'refunded');
    });

    it('bills a subscription by the clock: renewed, refused, recovered, paused, canceled', async () => {
      const { data: plan } = await api.plans.createPlan({
        name: 'Pro',
        amount: 19_900,
        currency: 'MXN',
        interval: 'month',
        frequency: 1,
        max_retries: 3,
        retry_delay_hours: 48,
      });
      const { data: customer } = await api.customers.createCustomer({
        ...ana,
        custom_reference: 'user_7',
        payment_sources: [{ type: 'card', token_id: 'tok_test_visa_4242' }],
      });
      const { data: made } = await api.subscriptions.subscriptionCreate(customer.id, { plan_id: plan.id });
      assert.equal(made.status, 'active');
      const read = async () => (await api.subscriptions.subscriptionsGet(customer.id, made.id)).data;

      await control('clock', { advance: '1 month' });
      const renewed = await read();
      assert.equal(renewed.billing_cycle_start, made.billing_cycle_end);
      assert.equal(await statusOf({ id: renewed.last_billing_cycle_order_id }), 'paid');

      await control(`conekta/cards/${renewed.card_id}`, { decline: 'insufficient_funds' });
      await control('clock', { advance: '1 month' });
      assert.equal((await read()).status, 'past_due');
      const { data: better } = await api.sources.createCustomerPaymentMethods(customer.id, {
        type: 'card',
        token_id: 'tok_test_mastercard_4444',
      });
      await api.subscriptions.subscriptionUpdate(customer.id, made.id, { card_id: better.id });
      const { data: recovered } = await api.subscriptions.subscriptionsRetry(customer.id, made.id);
      assert.equal(recovered.status, 'active');

      assert.equal((await api.subscriptions.subscriptionPause(customer.id, made.id)).data.status, 'paused');
      assert.equal((await api.subscriptions.subscriptionResume(customer.id, made.id)).data.status, 'active');
      const { data: portal } = await api.portals.createCustomerPortal(made.id);
      assert.equal((await fetch(portal.portal_url)).status, 200);
      const { data: canceled } = await api.subscriptions.subscriptionCancel(customer.id, made.id);
      assert.equal(canceled.status, 'canceled');
      const { data: events } = await api.subscriptions.subscriptionEvents(customer.id, made.id);
      assert.deepEqual(events.data.map(({ type }) => type.replace('subscription.', '')).reverse(), [
        ...['created', 'paid', 'paid', 'payment_failed', 'updated', 'paid', 'paused', 'resumed', 'canceled'],
      ]);
      const { data: list } = await api.subscriptions.subscriptionList(customer.id);
      assert.equal(list.data[0].id, made.id);
    });

    it('signs webhooks by RSA over the bytes, sends them again until they are taken, and pings', async () => {
      const { data: key } = await api.keys.createWebhookKey('es', { active: true });
      const { data: webhook } = await api.webhooks.createWebhook({
        url: `${shop.url}/conekta`,
        subscribed_events: ['order.paid'],
      });
      const isSigned = ({ body, headers }) =>
        createVerify('RSA-SHA256').update(body).verify(key.public_key, headers.digest, 'base64');

      await api.webhooks.testWebhook(webhook.id);
      const ping = await waitFor('the ping', () => shop.of('webhook_ping')[0]);
      assert.ok(isSigned(ping));
      assert.ok(!isSigned({ ...ping, body: `${ping.body} ` }));

      shop.answer = 503;
      await payByCard(await hosted(), '4242 4242 4242 4242');
      const first = await waitFor('the first attempt', () => shop.of('order.paid')[0]);
      await waitFor('its failure in the event', async () => {
        const { data } = await api.events.getEvent(first.json.id);
        return data.webhook_logs[0].failed_attempts === 1;
      });
      shop.answer = 200;
      await control('faults', { kind: 'duplicate', match: 'order.paid', count: 1 });
      await control('clock', { advance_seconds: 11 });
      await waitFor('the retry, twice', () => shop.of('order.paid').length === 3);
      const attempts = shop.of('order.paid');
      assert.ok(attempts.every((one) => isSigned(one) && one.json.id === first.json.id && one.body === first.body));
      await waitFor('its success in the event', async () => {
        const { data } = await api.events.getEvent(first.json.id);
        return data.webhook_status === 'successful';
      });

      await api.events.resendEvent(first.json.id, { webhooks_ids: [webhook.id] });
      await waitFor('it once more', () => shop.of('order.paid').length === 4);
      const { data: newest } = await api.events.getEvents('es', undefined, 1);
      const { data: older } = await api.events.getEvents('es', undefined, 1, undefined, newest.data[0].id);
      assert.ok(newest.has_more && older.data[0].id !== newest.data[0].id);

      await api.keys.updateWebhookKey(key.id, 'es', { active: false });
      await api.webhooks.testWebhook(webhook.id);
      const unsigned = await waitFor('the second ping', () => shop.of('webhook_ping')[1]);
      assert.equal(unsigned.headers.digest, undefined);
      await api.webhooks.deleteWebhook(webhook.id);
    });

    it('is a page that a buyer can use: Spanish, a declined card, a good one', async () => {
      const browser = await openBrowser();
      try {
        const page = await browser.newPage({ locale: 'es-MX' });
        const order = await hosted();
        await page.goto(order.checkout.url);
        await page.getByRole('heading', { name: 'Tarjeta' }).waitFor();
        assert.deepEqual(await axeFindings(page), []);
        await page.getByLabel('Número de tarjeta').fill('4000 0000 0000 0002');
        await page.getByRole('button', { name: 'Pagar MXN 349.00' }).click();
        await page.getByRole('alert').waitFor();
        await page.getByLabel('Número de tarjeta').fill('4242 4242 4242 4242');
        await page.getByRole('button', { name: 'Pagar MXN 349.00' }).click();
        await page.waitForURL(`${shop.url}/ok?p=p_81`);
        assert.equal(await statusOf(order), 'paid');

        const cash = await hosted();
        await page.goto(`${cash.checkout.url}?lang=en`);
        await page.getByRole('button', { name: 'Get a reference' }).click();
        await page.getByRole('heading', { name: 'Your payment is due' }).waitFor();
        assert.deepEqual(await axeFindings(page), []);
        assert.equal(await statusOf(cash), 'pending_payment');
        await page.getByRole('button', { name: 'The money arrives' }).click();
        await page.waitForURL(`${shop.url}/ok?p=p_81`);
        assert.equal(await statusOf(cash), 'paid');
      } finally {
        await browser.close();
      }
    });

    async function inEmulatedDays(days) {
      const { now } = await (await fetch(`${url}/_emulator/clock`)).json();
      return Math.floor(Date.parse(now) / 1_000) + days * 86_400;
    }
  });
}

/** Conekta's client, one object for each part of its API. */
function clients(basePath, accessToken) {
  const settings = new conekta.Configuration({ accessToken, basePath });
  const of = (name) => new conekta[`${name}Api`](settings);
  return {
    charges: of('Charges'),
    customers: of('Customers'),
    events: of('Events'),
    keys: of('WebhookKeys'),
    orders: of('Orders'),
    plans: of('Plans'),
    portals: of('SubscriptionsCustomerPortal'),
    sources: of('PaymentMethods'),
    subscriptions: of('Subscriptions'),
    tokens: of('Tokens'),
    webhooks: of('Webhooks'),
  };
}

const cardOf = (number) => ({ number, name: 'Ana Ruiz', exp_month: '12', exp_year: '2040', cvc: '123' });

/** The answer by which a call was refused. */
async function refusal(call) {
  const error = await call.then(
    () => assert.fail('it was not refused'),
    (reason) => reason,
  );
  assert.ok(error.response, error.message);
  return error.response;
}

/** A shop's pages and its webhook, which answers as `answer` says. */
async function startShop() {
  const deliveries = [];
  const shop = { answer: 200, of: (type) => deliveries.filter(({ json }) => json.type === type) };
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    if (request.method === 'POST') deliveries.push({ headers: request.headers, body, json: JSON.parse(body) });
    response.writeHead(request.method === 'POST' ? shop.answer : 200, { 'content-type': 'text/html' }).end('shop');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  shop.url = `http://127.0.0.1:${server.address().port}`;
  shop.stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return shop;
}
