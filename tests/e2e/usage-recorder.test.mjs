// Usage that pages record, in Chromium and in Firefox, against the real server and the emulator: what was recorded is what Polar's
// meter counts, to the unit, whatever happens to tabs, network, server and Polar meanwhile. 50,000 events: tests/trials/recorder.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { openBrowser } from '../../scripts/lib/browser.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { openFirefox } from './support/firefox.mjs';
import { FlakyLink } from './support/flaky-link.mjs';
import { createMeter, RecordingTabs, startPages } from './support/recording-tabs.mjs';
import { startWorld } from './support/world.mjs';

let pages;
let world;
let link;
let meter;
let url;
/** All that was recorded in this file: the meter counts all of it. */
const recorded = new Map();
before(async () => {
  pages = await startPages();
  world = await startWorld({ serverEnv: { ALLOWED_ORIGINS: pages.url, RATE_LIMIT_PER_USER: '0' } });
  link = await FlakyLink.to(world.urls.server);
  url = `${pages.url}/?server=${encodeURIComponent(link.url)}`;
  meter = await createMeter((...call) => world.emulator.call(...call));
});
after(async () => {
  await link?.stop();
  await world?.stop();
  pages?.stop();
});

const some = (count, first = 0) => Array.from({ length: count }, (_, i) => first + i);
const fault = (kind, more) =>
  world.emulator.call('POST', '/_emulator/faults', { kind, match: 'POST /v1/events/ingest', ...more });

function remember(tabs) {
  for (const [id, quantity] of tabs.recorded) recorded.set(id, quantity);
}

describe('usage in Chromium', { timeout: 300_000 }, () => {
  let browser;
  let context;
  /** Requests of batches, with the page that each came from. */
  let batches;
  /** Files of the package that pages have asked for. */
  let scripts;
  before(async () => {
    browser = await openBrowser();
  });
  after(() => browser?.close());
  beforeEach(async () => {
    await context?.close();
    await link.become('passing');
    await world.link.become('passing');
    await world.emulator.call('DELETE', '/_emulator/faults');
    context = await browser.newContext();
    context.setDefaultTimeout(20_000);
    batches = [];
    scripts = [];
    context.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.endsWith('/usage/batch') && request.method() === 'POST') batches.push(request);
      if (pathname.startsWith('/dist/')) scripts.push(pathname.split('/').at(-1));
    });
  });

  const signIn = (token) => context.addInitScript((value) => localStorage.setItem('token', value), token);
  async function openTabs(count, { token = world.tokens.owner, at = url } = {}) {
    await signIn(token);
    const tabs = new RecordingTabs(context, at);
    for (let i = 0; i < count; i += 1) await tabs.open();
    return tabs;
  }
  const stats = (tab) => tab.evaluate(() => window.polar.usage.stats());

  it('is what the meter counts, after a reload, a crash, an offline spell, and while server and Polar fail', async () => {
    const tabs = await openTabs(3);
    await fault('5xx', { status: 503, probability: 0.3 });
    await fault('429', { retry_after: 1, probability: 0.2 });
    await fault('cut', { probability: 0.2 });
    await fault('cut', { probability: 0.2, after: true });

    await Promise.all(tabs.tabs.map((tab, i) => tabs.burst(tab, some(40, i * 40))));
    await tabs.reload(tabs.tabs[0]);
    await context.setOffline(true);
    for (const tab of tabs.tabs) await tabs.burst(tab, some(30));
    await tabs.saved(tabs.tabs[1]);
    await tabs.crash(tabs.tabs[1]);
    await context.setOffline(false);
    await tabs.open();
    await link.become('failing');
    for (const tab of tabs.tabs) await tabs.burst(tab, some(20, 500));
    await tabs.reload(tabs.tabs[1]);
    await link.become('closed');
    await tabs.burst(tabs.tabs[2], some(20));
    await link.become('passing');
    for (const tab of tabs.tabs) await tabs.burst(tab, some(10));

    await tabs.sent();
    await world.emulator.call('DELETE', '/_emulator/faults');
    remember(tabs);
    assert.equal(tabs.recorded.size, 320);
    await meter.assertCounts(recorded);
  });

  it('is sent by one tab for all, and by another when that one is gone', async () => {
    const tabs = await openTabs(3);
    for (const tab of tabs.tabs) await tabs.burst(tab, some(5));
    await tabs.sent();
    const senders = new Set(batches.map((request) => request.frame().page()));
    assert.equal(senders.size, 1);
    const [sender] = senders;

    await tabs.close(sender);
    batches.length = 0;
    for (const tab of tabs.tabs) await tabs.burst(tab, some(5));
    await tabs.sent();
    const heirs = new Set(batches.map((request) => request.frame().page()));
    assert.equal(heirs.size, 1);
    assert.ok(!heirs.has(sender));
    remember(tabs);
    await meter.assertCounts(recorded);
  });

  it('loads the sender at the first event, and does without where WebAssembly is blocked', async () => {
    const tabs = await openTabs(1, { at: url.replace('/?', '/strict?') });
    await tabs.tabs[0].evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
    assert.deepEqual(
      scripts.filter((name) => /usage|recorder|shift/.test(name)),
      [],
    );

    await tabs.burst(tabs.tabs[0], some(30));
    await tabs.sent();
    assert.ok(scripts.includes('plain-sender.js'));
    const known = await tabs.open(url);
    await tabs.burst(known, some(30));
    await tabs.sent();
    assert.ok(scripts.includes('usage.wasm'));
    remember(tabs);
    await meter.assertCounts(recorded);
  });

  it('leaves with a page that goes for good', async () => {
    const tabs = await openTabs(1);
    const [tab] = tabs.tabs;
    // The recorder is there, and knows whose it is.
    await stats(tab);
    await tabs.burst(tab, some(50));
    await tab.goto('about:blank');

    remember(tabs);
    await meter.assertCounts(recorded);
  });

  it('is there after a reload, though the browser had not written it down and the last request failed', async () => {
    const tabs = await openTabs(2);
    const [tab, busy] = tabs.tabs;
    // The recorder is there, and knows whose it is.
    await stats(tab);
    await busy.evaluate(async () => {
      const opened = indexedDB.open('plinto-polar-usage');
      await new Promise((resolve) => {
        opened.onsuccess = resolve;
      });
      const store = opened.result.transaction('events', 'readwrite').objectStore('events');
      const hold = () => {
        if (!window.isFree) store.count().onsuccess = hold;
      };
      hold();
    });
    await link.become('closed');
    await tabs.burst(tab, some(25));
    await tabs.reload(tab);
    await link.become('passing');
    await busy.evaluate(() => {
      window.isFree = true;
    });

    await tabs.sent();
    remember(tabs);
    await meter.assertCounts(recorded);
    assert.deepEqual(await tab.evaluate(() => Object.keys(localStorage).filter((key) => /usage ?http/.test(key))), []);
  });

  it('that an earlier page has left is sent by the next one, which records nothing', async () => {
    const tabs = await openTabs(1);
    const [tab] = tabs.tabs;
    await link.become('closed');
    await tabs.burst(tab, some(25));
    await tabs.saved(tab);
    await tabs.close(tab);
    await link.become('passing');

    await tabs.open();

    remember(tabs);
    await meter.assertCounts(recorded);
  });

  it('of one user is never sent with the token of another', async () => {
    const tabs = await openTabs(1);
    const [tab] = tabs.tabs;
    await link.become('closed');
    const ofOwner = await tabs.burst(tab, some(3));
    await tabs.saved(tab);
    await tab.evaluate((token) => localStorage.setItem('token', token), world.tokens.member);
    const ofMember = await tabs.burst(tab, some(2));
    await tabs.saved(tab);
    await link.become('passing');

    const before = await tab.evaluate(() => window.polar.usage.flush());
    assert.equal(before.queued, 3);
    await tab.evaluate(() => localStorage.removeItem('token'));
    await tab.evaluate(() => window.polar.usage.flush());
    const marksOf = async (user) => (await world.emulator.events(user)).map(({ metadata }) => metadata.mark);
    const marks = (events) => events.map(({ mark }) => mark).toSorted();
    await waitFor('the usage of the member', async () => (await marksOf(world.memberId)).length === 2);
    assert.deepEqual((await marksOf(world.memberId)).toSorted(), marks(ofMember));

    await tabs.reload(tab);
    await tabs.sent();
    remember(tabs);
    await meter.assertCounts(recorded);
    const found = await marksOf(world.ownerId);
    for (const { mark } of ofOwner) assert.ok(found.includes(mark));
  });

  it('stays in memory where the browser keeps nothing, and says so', async () => {
    await context.addInitScript(() => {
      // As in a frame without storage, and in some private windows.
      Object.defineProperty(window, 'indexedDB', { get: () => undefined });
    });
    const tabs = await openTabs(1);
    const [tab] = tabs.tabs;
    await tabs.burst(tab, some(5));

    assert.equal((await stats(tab)).keptIn, 'memory');
    await tabs.sent();
    assert.equal((await stats(tab)).sent, 5);
    remember(tabs);
    await meter.assertCounts(recorded);
  });

  it('is kept up to the limit, whichever tabs recorded it, and told beyond', async () => {
    await context.addInitScript(() => localStorage.setItem('limit', '10'));
    const tabs = await openTabs(2);
    await link.become('closed');
    const [one, other] = tabs.tabs;
    await tabs.burst(one, some(6));
    await tabs.saved(one);
    const events = await tabs.burst(other, some(6));
    await tabs.saved(other);

    const dropped = await other.evaluate(() => window.dropped);
    assert.deepEqual(
      dropped,
      events.slice(4).map(({ id }) => id),
    );
    const { keptIn, queued, dropped: count } = await stats(other);
    assert.deepEqual([keptIn, queued, count], ['indexeddb', 10, 2]);
    for (const { mark } of events.slice(4)) tabs.recorded.delete(mark);
    await other.evaluate(() => window.dropped.splice(0));
    await link.become('passing');
    await tabs.sent();
    remember(tabs);
    await meter.assertCounts(recorded);
  });
});

describe('usage in Firefox', { timeout: 120_000 }, () => {
  let browser;
  before(async () => {
    await link.become('passing');
    browser = await openFirefox();
  });
  after(() => browser?.close());

  it('is what the meter counts, after a reload and while the server is away', async () => {
    const context = await browser.createBrowserContext();
    const tabs = new RecordingTabs(context, url);
    const first = await tabs.open();
    await first.evaluate((token) => localStorage.setItem('token', token), world.tokens.owner);
    await tabs.open();
    for (const tab of tabs.tabs) await tabs.burst(tab, some(40));
    await tabs.reload(tabs.tabs[0]);
    await link.become('closed');
    for (const tab of tabs.tabs) await tabs.burst(tab, some(30));
    await tabs.reload(tabs.tabs[1]);
    await link.become('passing');
    for (const tab of tabs.tabs) await tabs.burst(tab, some(30));

    await tabs.sent();
    remember(tabs);
    await meter.assertCounts(recorded);
  });
});
