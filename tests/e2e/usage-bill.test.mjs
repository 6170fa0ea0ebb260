// A month of usage becomes one order: five tabs of a browser record decimals at two servers on one PostgreSQL, and a back
// end sends all of it once more to the other server; the amount is computed by hand below.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { startPolarStack } from '@plinto/polar/testing';
import { claimsFor, signToken } from '../../dist/js/plinto/index.js';
import { openBrowser } from '../../scripts/lib/browser.mjs';
import { Child } from '../../scripts/lib/child.mjs';
import { binary } from '../../scripts/lib/paths.mjs';
import { freePorts } from '../../scripts/lib/ports.mjs';
import { startPostgres } from '../../scripts/lib/postgres.mjs';
import { attempt, run } from '../../scripts/lib/run.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { RecordingTabs, startPages } from './support/recording-tabs.mjs';

const DAY_MS = 86_400_000;
/** Tabs that record at the one server, and at the other. */
const TABS = [3, 2];
const DAYS = 28;
const id = '00000000-0000-4000-8000-000000000001';

// What one tab records in a day: 40 times 1.9 and twice 3.05: 76 + 6.1 = 82.1.
const DAILY = [...Array(40).fill('1.9'), ...Array(2).fill('3.05')];
// Five of them in 28 days: 5 * 28 * 82.1 = 11,494. The back end knows of 14.1 too many, and says so, and
// there is 0.1 just in time: 11,480.
const CORRECTION = '-14.1';
const UNITS = '11480';
const EVENTS = 5 * DAYS * DAILY.length + 1;
// 1,000 are free, the next 9,000 cost 1.5 cents each, and the 1,480 beyond 0.753: 13,500 + 1,114.44 = 14,614.44 cents,
// rounded once to 14,614; the plan itself is 900.
const tiers = {
  type: 'graduated',
  tiers: [{ bound: 1_000, unit_amount: '0' }, { bound: 10_000, unit_amount: '1.5' }, { unit_amount: '0.753' }],
};
const AMOUNT = 900 + 14_614;

const catalog = {
  meters: [
    {
      key: 'calls',
      name: 'Calls',
      filter: { conjunction: 'and', clauses: [{ property: 'name', operator: 'eq', value: 'api_call' }] },
      aggregation: { func: 'sum', property: 'quantity' },
    },
  ],
  products: [
    {
      id,
      name: 'Metered',
      recurring_interval: 'month',
      prices: [
        { amount_type: 'fixed', price_amount: 900 },
        { amount_type: 'metered_tiers', meter_id: 'calls', tiers },
      ],
    },
  ],
};

let postgres;
let stack;
let servers;
let settings;
let key;
let customer;
let pages;
let browser;
/** By server. @type {RecordingTabs[]} */
let tabs;
before(async () => {
  pages = await startPages();
  postgres = await startPostgres();
  const ports = await freePorts(2);
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  // In the past, so that nothing that is signed by the machine's own time is from the future.
  const now = new Date(Math.floor((Date.now() - 60 * DAY_MS) / 60_000) * 60_000);
  stack = await startPolarStack({
    now,
    catalog,
    products: { metered: { product_id: id, tier: 'metered' } },
    server: false,
    webhookUrls: [`${urls[0]}/api/v1/polar/webhooks`],
  });
  settings = {
    ...stack.environment,
    DATABASE_URL: postgres.url,
    ALLOWED_ORIGINS: pages.url,
    POLAR_REQUESTS_PER_MINUTE: '0',
    RATE_LIMIT_PER_USER: '0',
    USAGE_EVENTS: 'api_call',
    RATE_LIMIT_PER_KEY: '0',
    RATE_LIMIT_PER_ADDRESS: '0',
    LOG_LEVEL: 'warn',
  };
  servers = urls.map((url, i) => ({ url, start: () => startServer(`server ${i + 1}`, ports[i]) }));
  for (const server of servers) server.child = await server.start();
  const added = await command('key', 'add', '--scope', 'usage:write,usage:read', '--name', 'producers');
  [key] = added.match(/plinto_sk_\w+/);
  customer = await stack.signUp({ name: 'Ada Lovelace', email: 'ada@bill.test' });
  const checkout = await stack.polar.api('POST', '/v1/checkouts/', {
    products: [id],
    external_customer_id: customer.id,
    customer_email: 'ada@bill.test',
  });
  await stack.polar.pay(checkout);
  await openTabs();
});
after(async () => {
  await browser?.close();
  pages?.stop();
  for (const { child } of servers ?? []) await child?.stop();
  await stack?.stop();
  await postgres?.stop();
});

/** All tabs are of one origin and one user. */
async function openTabs() {
  browser = await openBrowser();
  const context = await browser.newContext();
  const nowSeconds = Math.floor(stack.now().getTime() / 1_000);
  const claims = claimsFor({ userId: customer.id, type: 'access', lifetimeSeconds: 70 * 86_400, nowSeconds });
  const token = signToken(claims, settings.PLINTO_JWT_SECRET);
  await context.addInitScript((value) => localStorage.setItem('token', value), token);
  tabs = servers.map(({ url }) => new RecordingTabs(context, `${pages.url}/?server=${encodeURIComponent(url)}`));
  for (const [i, of] of tabs.entries()) for (let n = 0; n < TABS[i]; n += 1) await of.open();
}

async function startServer(name, port) {
  const child = new Child(name, [binary, 'serve'], { env: { ...settings, HOST: '127.0.0.1', PORT: String(port) } });
  await child.line(/listening on http/);
  return child;
}

const command = (...args) => run(binary, args, { env: settings, quiet: true });

async function call(server, method, path, { body, headers = {} } = {}) {
  const answer = await fetch(
    `${server.url}/api/v1/polar${path}${path.includes('?') ? '&' : '?'}user_id=${customer.id}`,
    {
      method,
      headers: { authorization: `Bearer ${key}`, ...headers },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(60_000),
    },
  );
  return { status: answer.status, body: await answer.json() };
}

/** JSON's own text of a decimal: a double's would do here, but this is what the application has. */
const event = (name, quantity, more = '') =>
  `{"event_name":"api_call","external_id":"${name}","quantity":${quantity}${more}}`;

async function sendSingle(server, text) {
  const answer = await call(server, 'POST', '/usage', { body: text, headers: { 'content-type': 'application/json' } });
  assert.equal(answer.status, 202, JSON.stringify(answer.body));
}

async function sendLines(server, lines) {
  const answer = await call(server, 'POST', '/usage/batch', {
    body: gzipSync(lines.join('\n')),
    headers: { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' },
  });
  assert.equal(answer.status, 202, JSON.stringify(answer.body));
  return answer.body.results.map(({ status }) => status);
}

/** A day of all tabs of a server. */
async function record(i) {
  const lists = await Promise.all(tabs[i].tabs.map((tab) => tabs[i].burst(tab, DAILY)));
  return lists.map((list) => list.map(({ id }, place) => event(id, DAILY[place])));
}

/** All of it is sent once more, to the other server, as after an answer that was lost. */
async function sendAgain(i, lists) {
  for (const list of lists) {
    const again = await sendLines(servers[1 - i], list);
    assert.ok(again.length === DAILY.length && again.every((status) => status === 'duplicate'), again.join());
  }
}

async function summary(query = '') {
  const from = new Date(stack.now().getTime() - 70 * DAY_MS).toISOString().slice(0, 10);
  const to = new Date(stack.now().getTime() + 2 * DAY_MS).toISOString().slice(0, 10);
  const { status, body } = await call(servers[1], 'GET', `/usage/summary?from=${from}&to=${to}&limit=1000${query}`);
  assert.equal(status, 200, JSON.stringify(body));
  const sum = (name) => body.items.reduce((total, item) => total + item[name], 0);
  return { events: sum('events'), waiting: sum('waiting'), reported: sum('reported') };
}

const allReported = () =>
  waitFor(
    'all usage to be at Polar',
    async () => {
      const { events, reported } = await summary();
      return events > 0 && events === reported;
    },
    { withinMs: 60_000 },
  );

const orders = async () => {
  const { items } = await stack.polar.api('GET', `/v1/orders/?limit=100&external_customer_id=${customer.id}`);
  return items.filter(({ billing_reason: reason }) => reason === 'subscription_cycle');
};

const subscription = async () =>
  (await stack.polar.api('GET', `/v1/subscriptions/?external_customer_id=${customer.id}`)).items[0];

it('takes a month of events from five tabs through two servers, one of which is killed on the way', async () => {
  const before = Date.parse((await subscription()).current_period_end);
  for (let day = 0; day < DAYS; day += 1) {
    const recorded = await Promise.all(servers.map((_, i) => record(i)));
    if (day === 10) {
      process.kill(servers[0].child.pid, 'SIGKILL');
      await servers[0].child.stop();
      servers[0].child = await servers[0].start();
    }
    // At once: the browser has one store for both servers, and each tab sends to its own only.
    await Promise.all(tabs.map((of) => of.sent()));
    await Promise.all(recorded.map((lists, i) => sendAgain(i, lists)));
    await stack.advance('1 day');
  }
  await sendSingle(servers[0], event('correction', CORRECTION));
  assert.ok(stack.now().getTime() < before, 'the period has not ended');
  const { events } = await summary();
  assert.equal(events, EVENTS);
});

it('has all of it at Polar before the period ends, and in one order of the amount that was computed by hand', async () => {
  const { current_period_end: periodEnd } = await subscription();
  await allReported();
  // Each quarter of an hour Polar writes what it has received onto bills: this is before the last one in the period.
  await stack.advanceTo(new Date(Date.parse(periodEnd) - 20 * 60_000));
  await sendSingle(servers[1], event('just in time', '0.1'));
  await allReported();
  assert.ok(stack.now().getTime() < Date.parse(periodEnd) - 16 * 60_000);

  await stack.advanceTo(new Date(Date.parse(periodEnd) + 60_000));
  await waitFor('the order of the month', async () => (await orders()).length === 1);

  const [order] = await orders();
  assert.equal(order.subtotal_amount, AMOUNT);
  assert.equal(
    order.items.reduce((sum, { amount }) => sum + amount, 0),
    AMOUNT,
  );
});

it('bills in the next month what is recorded after that, once', async () => {
  await Promise.all(servers.map((server) => sendSingle(server, event('next month', '1000.5'))));
  await allReported();
  const { current_period_end: periodEnd } = await subscription();
  await stack.advanceTo(new Date(Date.parse(periodEnd) + 60_000));
  await waitFor('the second order', async () => (await orders()).length === 2);

  // Half a unit beyond the free ones: 0.75 cents, rounded to one.
  const amounts = (await orders()).map(({ subtotal_amount: amount }) => amount).toSorted((a, b) => a - b);
  assert.deepEqual(amounts, [901, AMOUNT]);
});

it("agrees with Polar's meters to the unit, and says so", async () => {
  const day = (days) => new Date(stack.now().getTime() + days * DAY_MS).toISOString().slice(0, 10);
  const span = ['--from', day(-70), '--to', day(0)];
  const { code, output } = await attempt(binary, ['usage', 'verify', '--json', ...span], {
    env: settings,
    quiet: true,
  });
  assert.equal(code, 0, output);
  const [meter] = JSON.parse(output).meters;
  assert.deepEqual([meter.agrees, meter.recorded, meter.drift], [true, String(Number(UNITS) + 1000.5), []]);

  // What somebody else sends to Polar is found, on its day.
  await stack.polar.api('POST', '/v1/events/ingest', {
    events: [{ name: 'api_call', external_customer_id: customer.id, metadata: { quantity: 3 } }],
  });
  const drift = await attempt(binary, ['usage', 'verify', ...span], { env: settings, quiet: true });
  assert.equal(drift.code, 3, drift.output);
  assert.match(drift.output, /\tdiffers\trecorded 12480\.5\ton its way 0\tat Polar 12483\.\d+\n/);
  assert.match(drift.output, /1 of 1 meters differ$/m);
});

it('tells what has become of one event', async () => {
  const shown = await command('usage', 'show', 'next month', '--user', customer.id, '--json');
  const told = JSON.parse(shown);
  assert.deepEqual([told.status, told.quantity, told.event_id], ['reported', 1000.5, 'next month']);
  const [, number] = (await command('usage', 'show', 'next month', '--user', customer.id)).match(/^number\t(\d+)$/m);
  assert.match(await command('usage', 'show', number), /^event\tnext month$/m);
  assert.equal((await attempt(binary, ['usage', 'show', '1'], { env: settings, quiet: true })).code, 1);
});
