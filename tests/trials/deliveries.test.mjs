// Deliveries that come twice, in another order, damaged, of unknown types, or never; an endpoint that is off for a day; a
// server that is away for a week. `npm run test:full -- --only deliveries`
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { Chance, sized } from './chance.mjs';
import { Customers } from './customers.mjs';
import { startScene } from './scene.mjs';
import { assertNone, wrongWords } from './told.mjs';

const total = sized(10_000);
/** What must come of it at least, as parts of the events. */
const least = { again: 0.2, late: 0.2, damaged: 0.05, lost: 0.02, unknown: 0.01 };
/** With what probability it strikes. More than that: one that is put off is neither doubled nor damaged. */
const faults = { duplicate: 0.28, reorder: 0.27, corrupt: 0.09 };
const lostShare = 0.024;
const unknownShare = 0.012;
/** Of a known type, and not to be read. */
const unreadable = 5;
const customers = 60;
const hour = 3_600;
const day = 24 * hour;

const percent = (count, of) => `${count} (${((100 * count) / of).toFixed(1)} %)`;

const chance = Chance.announced('deliveries');
const started = Date.now();
let scene;
let buyers;
before(async () => {
  scene = await startScene({ seed: chance.between(1, 1_000_000) });
  buyers = await Customers.create(scene, chance, customers);
  await buyers.settle();
  await scene.quiet();
});
after(async () => {
  await scene?.stop();
});

async function assertTold() {
  const allowed = await buyers.allowed();
  const wrong = () => wrongWords(scene.application, allowed);
  await waitFor('the last notification', () => wrong().length === 0, { withinMs: 45_000 }).catch(() => undefined);
  assertNone(wrong());
}

const endpoint = async () => (await scene.polar.get('/v1/webhooks/endpoints')).items[0];
const enable = async (enabled) =>
  scene.polar.call('PATCH', `/v1/webhooks/endpoints/${(await endpoint()).id}`, { enabled });
const problem = (name) => scene.servers[0].metric(`plinto_polar_problems{problem="${name}"}`);
/** Polar takes its endpoint up again, and what it lost meanwhile is made good. */
async function healAfterEnabling() {
  await enable(true);
  await scene.pass(5 * 60);
  await waitFor('the end of the problem', async () => (await problem('endpoint_disabled')) === 0, {
    withinMs: 60_000,
  });
  await buyers.settle();
  await assertTold();
}
const repairsBeside = async () => (await scene.command('reconcile')).trim().split('\n').at(-1);

describe(`${total} deliveries`, () => {
  const unread = [];

  it('are taken where they are signed, and refused with 403 where they are damaged', async () => {
    const { front, polar } = scene;
    for (const [kind, probability] of Object.entries(faults)) {
      await polar.call('POST', '/_emulator/faults', { kind, probability });
    }
    const first = front.deliveries.length;
    const before = front.events;
    front.loses = ({ isFirst, isSigned }) => isFirst && isSigned && chance.hits(lostShare);
    const made = () => front.events - before;
    const others = [];
    let changes = 0;
    let seen = { count: 0, at: Date.now() };
    while (made() < total) {
      // Not more than Polar can send meanwhile: while it sends, it is behind by about so many.
      if (made() > seen.count) seen = { count: made(), at: Date.now() };
      if (3.6 * changes > made() + 100 && Date.now() - seen.at < 500) await sleep(20);
      else {
        await buyers.change();
        changes += 1;
      }
      if (others.length < made() * unknownShare) {
        const { userId, id } = chance.pick(buyers.list);
        const data = { id: userId, customer_id: id };
        const type = chance.pick(['invoice.created', 'wallet.topped_up', 'license_key.created']);
        others.push(
          await front.deliver(`unknown-${others.length}`, type, data, new Date(scene.clock.now()).toISOString()),
        );
      }
    }
    for (let i = 0; i < unreadable; i += 1) {
      unread.push(`unreadable-${i}`);
      const data = { id: i, customer: [] };
      others.push(
        await front.deliver(unread[i], 'subscription.updated', data, new Date(scene.clock.now()).toISOString()),
      );
    }
    await polar.call('DELETE', '/_emulator/faults');
    await scene.pass(60);
    await scene.quiet();
    front.loses = () => false;

    const these = front.deliveries.slice(first);
    const signed = these.filter(({ isSigned, isLost }) => isSigned && !isLost);
    const damaged = these.filter(({ isSigned }) => !isSigned);
    const events = made();
    const found = {
      again: these.length - events,
      late: these.filter(({ isFirst, timestamp }, i) => isFirst && these[i - 1]?.timestamp > timestamp).length,
      damaged: damaged.length,
      lost: these.filter(({ isLost }) => isLost).length,
      unknown: others.length - unreadable,
    };
    const shares = Object.entries(found).map(([kind, count]) => `${kind} ${percent(count, events)}`);
    console.log(`${events} events of ${changes} changes in ${these.length} deliveries: ${shares.join(', ')}`);
    for (const [kind, share] of Object.entries(least)) {
      // A tenth of the trial may draw fewer.
      if (total >= 10_000) assert.ok(found[kind] >= share * total, `${kind}: ${found[kind]}`);
    }
    assert.deepEqual([...new Set(signed.map(({ status }) => status))], [202]);
    assert.deepEqual([...new Set(damaged.map(({ status }) => status))], [403]);
    assert.deepEqual([...new Set(others)], [202]);
  });

  it('leave the mirror as Polar is, once it was verified', async () => {
    const lost = (await buyers.differences()).length;
    const said = await repairsBeside();
    console.log(`${lost} differences before, then: ${said}`);
    await buyers.settle();
    await assertTold();
  });

  it('are parked where they cannot be read, and nowhere else', async () => {
    const parked = (await scene.command('replay')).trim().split('\n');
    assert.deepEqual(parked.map((line) => line.split('\t')[0]).sort(), unread);
    assert.equal(await scene.command('usage', 'list'), '');
    assert.equal(await scene.command('notifications', 'list'), '');
  });
});

describe('an endpoint that is off for a day', () => {
  it('is said to be so, and all that it missed is known once it is on again', async () => {
    await enable(false);
    const before = scene.front.deliveries.length;
    for (let i = 0; i < 24; i += 1) {
      for (let k = 0; k < 3; k += 1) await buyers.change();
      await scene.pass(hour);
      await sleep(200);
    }
    assert.equal(scene.front.deliveries.length, before);
    await waitFor('the problem', async () => (await problem('endpoint_disabled')) === 1, { withinMs: 60_000 });
    assert.ok(
      scene.lines.some(({ line }) => /Polar has disabled|is disabled/.test(line)),
      'no line says so',
    );

    await healAfterEnabling();
    console.log(`a day without deliveries: ${JSON.stringify(await repairsBeside())}`);
  });
});

describe('a server that is away for a week', () => {
  it('knows all that it missed, and says that Polar has given up on its endpoint', async () => {
    const [server] = scene.servers;
    // So that periods end within that week.
    await scene.pass(25 * day);
    await scene.quiet();
    assert.equal(await server.stop(), 0);
    for (let i = 0; i < 7; i += 1) {
      await buyers.refresh();
      for (let k = 0; k < 8; k += 1) await buyers.change();
      // Ten attempts each, within an hour.
      for (let k = 0; k < 12; k += 1) {
        await scene.pass(5 * 60);
        await sleep(100);
      }
      await scene.pass(day - hour);
    }
    assert.equal((await endpoint()).enabled, false);

    await server.start();
    await waitFor('the problem', async () => (await problem('endpoint_disabled')) === 1, { withinMs: 60_000 });
    await healAfterEnabling();
    const repairs = scene.lines.filter(({ line }) => line.includes('mirror repaired')).length;
    console.log(`a week away: ${repairs} repairs in all; ${Math.round((Date.now() - started) / 1000)} s`);
  });
});
