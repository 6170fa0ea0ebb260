// Recorders of usage in trouble: 50,000 events of five tabs over 20 reloads, while tabs are killed, the browser is offline, the
// server is killed, the way to it breaks, and Polar is busy, failing or cut off; and a back end that is killed again and again. What
// was recorded is what Polar's meter counts, to the unit. `npm run test:full -- --only recorder`
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { claimsFor } from '../../dist/js/plinto/index.js';
import { openBrowser } from '../../scripts/lib/browser.mjs';
import { at } from '../../scripts/lib/paths.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { FlakyLink } from '../e2e/support/flaky-link.mjs';
import { createMeter, RecordingTabs, startPages } from '../e2e/support/recording-tabs.mjs';
import { Chance, sized } from './chance.mjs';
import { startScene } from './scene.mjs';

const rounds = 20;
const tabCount = 5;
const events = sized(50_000);
const burst = Math.max(1, Math.round(events / rounds / tabCount / 5));
const lives = sized(30);

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
function signIn(userId, secret) {
  const claims = claimsFor({ userId, type: 'access', lifetimeSeconds: 36_000 });
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

describe(`${events} events that five tabs record`, () => {
  const chance = Chance.announced('recorder');
  const recorded = new Map();
  /** What a back end began to record, and may have been killed over. */
  const tried = new Map();
  const made = { reloads: 0, kills: 0, crashes: 0, offline: 0, broken: 0 };
  let scene;
  let pages;
  let link;
  let browser;
  let context;
  let tabs;
  let meter;
  let user;
  let started;
  before(async () => {
    started = Date.now();
    pages = await startPages();
    scene = await startScene({
      seed: chance.between(1, 1_000_000),
      serverEnv: { ALLOWED_ORIGINS: pages.url, APP_WEBHOOK_URL: '', APP_WEBHOOK_SECRET: '' },
    });
    link = await FlakyLink.to(scene.servers[0].url);
    meter = await createMeter((...call) => scene.polar.call(...call));
    user = randomUUID();
    await scene.polar.call('POST', '/v1/customers/', { email: 'ada@example.com', name: 'Ada', external_id: user });
    for (const fault of [
      { kind: '429', retry_after: 1, probability: 0.1 },
      { kind: '5xx', status: 503, probability: 0.1 },
      { kind: 'cut', probability: 0.1 },
      // Polar has it, and nobody hears: it is sent again.
      { kind: 'cut', probability: 0.1, after: true },
      { kind: '5xx', status: 500, probability: 0.1, after: true },
    ]) {
      await scene.polar.call('POST', '/_emulator/faults', { match: 'POST /v1/events/ingest', ...fault });
    }
    browser = await openBrowser();
    context = await browser.newContext();
    context.setDefaultTimeout(60_000);
    await context.addInitScript(
      (token) => localStorage.setItem('token', token),
      signIn(user, scene.settings.PLINTO_JWT_SECRET),
    );
    tabs = new RecordingTabs(context, `${pages.url}/?server=${encodeURIComponent(link.url)}`);
    for (let i = 0; i < tabCount; i += 1) await tabs.open();
  });
  after(async () => {
    await browser?.close();
    await link?.stop();
    await scene?.stop();
    pages?.stop();
  });

  const troubles = {
    async kill() {
      const [server] = scene.servers;
      server.child.kill('SIGKILL');
      await server.child.stop();
      await sleep(chance.between(0, 1_000));
      await server.start();
      made.kills += 1;
    },
    async offline() {
      await context.setOffline(true);
      await sleep(chance.between(100, 3_000));
      await context.setOffline(false);
      made.offline += 1;
    },
    async broken() {
      await link.become(chance.pick(['failing', 'closed', 'silent']));
      await sleep(chance.between(100, 3_000));
      await link.become('passing');
      made.broken += 1;
    },
    none: () => sleep(chance.between(0, 500)),
  };

  it(`over ${rounds} reloads, with tabs, server and network that come and go`, async () => {
    const quantities = () => Array.from({ length: burst }, () => chance.between(0, 1_000));
    for (let round = 0; round < rounds; round += 1) {
      const trouble = troubles[chance.pick(Object.keys(troubles))]();
      for (let i = 0; i < 5; i += 1) {
        await Promise.all(tabs.tabs.map((tab) => tabs.burst(tab, quantities())));
        await sleep(chance.between(0, 300));
      }
      await trouble;
      // Right behind what it has recorded.
      const reloaded = chance.pick(tabs.tabs);
      await tabs.burst(reloaded, quantities());
      await tabs.reload(reloaded);
      made.reloads += 1;
      if (chance.hits(0.4)) {
        const killed = chance.pick(tabs.tabs);
        // What `saved()` has not answered for may be lost with the process of a tab.
        await tabs.burst(killed, quantities());
        await tabs.saved(killed);
        await tabs.crash(killed);
        await tabs.open();
        made.crashes += 1;
      }
    }
    for (const [mark, quantity] of tabs.recorded) recorded.set(mark, quantity);
    console.log(`${recorded.size} recorded; ${JSON.stringify(made)}; ${Math.round((Date.now() - started) / 1000)} s`);
    assert.ok(recorded.size >= events);
  });

  it('are sent, all of them', () => tabs.sent({ withinMs: 300_000 }));

  it(`and so is what a back end recorded that was killed ${lives} times`, async () => {
    const key = (await scene.command('key', 'add', '--scope', 'usage:write', '--name', 'recorder')).match(
      /plinto_sk_\w+/,
    )[0];
    const file = join(scene.folder, 'usage.jsonl');
    const start = (count, ...more) => {
      const args = [at('tests/js/support/usage-process.mjs'), link.url, file, String(count), ...more];
      const env = { ...process.env, SERVICE_KEY: key, USAGE_USER: user };
      const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
      const lines = [];
      createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
      return { child, lines };
    };
    let before = recorded.size;
    for (let life = 0; life < lives; life += 1) {
      const { child, lines } = start(1_000_000);
      const enough = chance.between(1, 400);
      await waitFor('events of a life', () => lines.length > enough, { everyMs: 1 });
      const ended = once(child, 'close');
      child.kill('SIGKILL');
      await ended;
      for (const line of lines.slice(1)) {
        const [, mark, quantity] = line.split(' ');
        (line.startsWith('trying') ? tried : recorded).set(mark, Number(quantity));
      }
      if (chance.hits(0.2)) await troubles.kill();
    }
    const last = start(0, 'flush');
    await waitFor('the last life to end', () => last.child.exitCode !== null, { withinMs: 120_000 });
    assert.match(last.lines.at(-1), /"queued":0/);
    before = recorded.size - before;
    console.log(`${before} recorded by a back end over ${lives} lives`);
  });

  it('are what the meter counts, and each event once', async () => {
    await scene.polar.call('DELETE', '/_emulator/faults');
    for (const mark of recorded.keys()) tried.delete(mark);
    assert.ok(tried.size <= lives);
    // What Polar did not take waits for up to five minutes. The server is asked: the meter would be busy with the answers.
    await scene.quiet({ forMs: 1_000, withinMs: 600_000 });
    const sum = await meter.assertCounts(recorded, { withinMs: 300_000, tried });

    console.log(`the meter says ${sum} for ${recorded.size} events; ${Math.round((Date.now() - started) / 1000)} s`);
  });

  it('leave nothing that was given up', async () => {
    assert.equal(await scene.command('usage', 'list'), '');
  });
});
