// One user, one address and one tenant who each ask for all there is: nobody else waits twice as long for it. In between they
// ask another server on this machine, so that what is measured is the server and not the processor or the disk.
// `npm run test:full -- --only starvation`
import assert from 'node:assert/strict';
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { claimsFor, signToken } from '../../dist/js/plinto/index.js';
import { Child } from '../../scripts/lib/child.mjs';
import { at, binary } from '../../scripts/lib/paths.mjs';
import { node, run } from '../../scripts/lib/run.mjs';
import { FlakyLink } from '../e2e/support/flaky-link.mjs';
import { served, startTenant } from '../e2e/support/tenants.mjs';
import { Chance, sized } from './chance.mjs';
import { Customers } from './customers.mjs';
import { startScene } from './scene.mjs';

const turns = sized(8);
const turnMs = 2_500;
const clients = 8;
const others = 8;
/** What Polar takes for an answer. */
const polarMs = 40;
const sealingKey = randomBytes(32).toString('base64');

const chance = Chance.announced('starvation');
const json = { 'content-type': 'application/json' };
const base64 = (value) => Buffer.from(JSON.stringify(value)).toString('base64');
const median = (times) => times.sort((left, right) => left - right)[times.length >> 1];

/** The server that is measured, and one that takes the same load while it is left alone: so that both find the machine as busy. */
let here;
let elsewhere;
before(async () => {
  here = await startPlace();
  elsewhere = await startPlace();
});
after(async () => {
  await here?.scene.stop();
  await elsewhere?.scene.stop();
});

/** A server with a Polar and customers of its own. The last of them is the one who starves the others. */
async function startPlace() {
  // The limits are the documented ones, and Polar's budget that of production.
  const limits = { RATE_LIMIT_PER_USER: '1200', RATE_LIMIT_PER_KEY: '120000', RATE_LIMIT_PER_ADDRESS: '600' };
  const scene = await startScene({
    seed: chance.between(1, 1_000_000),
    serverEnv: { ...limits, POLAR_REQUESTS_PER_MINUTE: '500', PLINTO_POLAR_KEY: sealingKey, APP_WEBHOOK_URL: '' },
  });
  const buyers = await Customers.create(scene, chance, others + 1);
  await buyers.settle();
  const headers = new Map();
  for (const { userId } of buyers.list) {
    const claims = claimsFor({ userId, type: 'access', lifetimeSeconds: 3_600 });
    headers.set(userId, { authorization: `Bearer ${signToken(claims, scene.settings.PLINTO_JWT_SECRET)}` });
  }
  await scene.polar.call('POST', '/_emulator/faults', { kind: 'slow', match: '/v1/', delay_ms: polarMs });
  const server = scene.servers[0].url;
  const greedy = buyers.list[others].userId;
  return {
    scene,
    server,
    greedy,
    buyers: buyers.list.slice(0, others),
    bearer: (userId) => headers.get(userId),
    url: (path) => `${server}/api/v1/polar${path}`,
  };
}

const agent = new Agent({ keepAlive: true, localAddress: '127.0.0.1' });
function timed(method, path, headers, body) {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const sent = request(here.url(path), { agent, method, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => {
        if (answer.statusCode >= 300) return reject(new Error(`${path} was answered ${answer.statusCode}`));
        resolve(performance.now() - began);
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** What everybody else does: each after the other, as people do. */
const ways = {
  access: (buyer) => timed('GET', '/access', here.bearer(buyer.userId)),
  usage: (buyer) => {
    const event = { event_name: 'api_call', quantity: 1, external_id: randomUUID() };
    return timed('POST', '/usage', { ...json, ...here.bearer(buyer.userId) }, JSON.stringify(event));
  },
  delivery: () => {
    const id = randomUUID();
    const stamp = String(Math.floor(Date.now() / 1000));
    const body = JSON.stringify({ type: 'product.updated', timestamp: new Date().toISOString(), data: { id } });
    const secret = here.scene.settings.POLAR_WEBHOOK_SECRET;
    const signature = createHmac('sha256', secret).update(`${id}.${stamp}.${body}`).digest('base64');
    const headers = { 'webhook-id': id, 'webhook-timestamp': stamp, 'webhook-signature': `v1,${signature}` };
    return timed('POST', '/webhooks', { ...json, ...headers }, body);
  },
  portal: (buyer) => timed('GET', '/customer/portal', here.bearer(buyer.userId)),
};

let turn = 0;

/** Adds to `times` what each way takes, for one turn. */
async function measure(times) {
  const end = Date.now() + turnMs;
  for (let i = 0; Date.now() < end; i += 1) {
    for (const [name, way] of Object.entries(ways)) {
      // Each costs a request of the few that Polar allows one buyer.
      if (name === 'portal' && i % 8 !== 0) continue;
      turn += 1;
      times[name].push(await way(here.buyers[turn % others]));
    }
    await sleep(20);
  }
}

const none = () => Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
const medians = (times) => Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]));

const words = (found) =>
  Object.entries(found)
    .map(([name, ms]) => `${name} ${ms.toFixed(1)} ms`)
    .join(', ');

/** Starts a program that sends these requests as fast as they are answered; it stands still at first. */
async function startStarver(who, place, localAddress, requests, more) {
  const file = join(place.scene.folder, `${who}.json`);
  writeFileSync(file, JSON.stringify({ clients, localAddress, requests, ...more }));
  const starver = { answers: '' };
  starver.child = new Child(`one ${who}`, [node, at('tests/trials/starver.mjs'), file], {
    onLine: (line) => {
      starver.answers = line;
    },
  });
  await starver.child.line(/^\{"/);
  starver.child.kill('SIGSTOP');
  return starver;
}

/** Sends them to the server that is measured, and to the other one, in turns. */
async function assertNobodyStarves(who, localAddress, requestsTo, more = () => ({})) {
  const starvers = [];
  try {
    for (const place of [here, elsewhere]) {
      starvers.push(await startStarver(who, place, localAddress, requestsTo(place), more(place)));
    }
    const [beside, away] = starvers;
    const times = { alone: none(), beside: none() };
    const take = async (name, starver) => {
      // What the other one has asked for is answered.
      await sleep(1_000);
      starver.child.kill('SIGCONT');
      await sleep(200);
      await measure(times[name]);
      starver.child.kill('SIGSTOP');
    };
    for (let i = 0; i < turns; i += 1) {
      await take('alone', away);
      await take('beside', beside);
    }
    const found = { alone: medians(times.alone), beside: medians(times.beside) };
    console.log(
      `one ${who}: elsewhere ${words(found.alone)}; here ${words(found.beside)}; who was answered ${beside.answers}`,
    );
    const slow = Object.keys(ways).filter((name) => found.beside[name] > 2 * found.alone[name]);
    assert.deepEqual(slow, [], `more than twice as slow beside one ${who}`);
  } finally {
    for (const { child } of starvers) await child.stop();
  }
}

describe(`beside ${clients} clients who send as fast as they are answered`, () => {
  const batch = (mark) => ({
    events: Array.from({ length: 500 }, (_, i) => ({
      event_name: 'api_call',
      quantity: 1,
      external_id: `${mark}-#-${i}`,
    })),
  });

  it('of one user, nobody else waits twice as long', async () => {
    await assertNobodyStarves('user', '127.0.0.1', ({ url, bearer, greedy }) => {
      const headers = bearer(greedy);
      return [
        { method: 'GET', url: url('/customer/portal'), headers },
        { method: 'GET', url: url('/access'), headers },
        { method: 'POST', url: url('/usage/batch'), headers: { ...json, ...headers }, body: base64(batch('user')) },
        { method: 'GET', url: url('/usage/summary?by=day'), headers },
      ];
    });
  });

  it('of one address, nobody else waits twice as long', async () => {
    const forged = {
      ...json,
      'webhook-id': randomUUID(),
      'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
      'webhook-signature': `v1,${'A'.repeat(43)}=`,
    };
    const large = Buffer.from(`{"type":"x","data":[${'1.0,'.repeat(15_000)}1]}`).toString('base64');
    const events = { ...json, 'x-webhook-signature': '0'.repeat(64) };
    await assertNobodyStarves(
      'address',
      '127.0.0.2',
      ({ url }) => [
        { method: 'GET', url: url('/access'), headers: { authorization: `Bearer ${'x'.repeat(300)}` } },
        { method: 'POST', url: url('/webhooks'), headers: forged, body: large },
        { method: 'POST', url: url('/events/plinto'), headers: events, body: large },
        { method: 'GET', url: url('/no/such/path'), headers: {} },
      ],
      ({ url }) => ({ idle: 200, target: url('/usage') }),
    );
  });

  it('of one tenant, whose Polar is silent, nobody else waits twice as long', async () => {
    const ends = [];
    const keys = new Map();
    try {
      for (const place of [here, elsewhere]) keys.set(place, await addSilentTenant(place, ends));
      await assertNobodyStarves(
        'tenant',
        '127.0.0.3',
        (place) => {
          const headers = { authorization: `Bearer ${keys.get(place)}` };
          const mount = (path) => `${place.server}/t/greedy/api/v1/polar${path}?user_id=${place.greedy}`;
          const events = { ...json, ...headers };
          return [
            { method: 'GET', url: mount('/access'), headers },
            { method: 'GET', url: mount('/customer/portal'), headers },
            { method: 'POST', url: mount('/usage/batch'), headers: events, body: base64(batch('tenant')) },
          ];
        },
        () => ({ clients: 64 }),
      );
    } finally {
      for (const end of ends.toReversed()) await end();
    }
  });
});

/** Answers the tenant's service key. What is to be ended is added to `ends`. */
async function addSilentTenant({ scene, server }, ends) {
  const tenant = await startTenant('greedy', { urls: { server } });
  ends.push(() => tenant.stop());
  const link = await FlakyLink.to(tenant.url);
  ends.push(() => link.stop());
  const env = { ...scene.settings, PLINTO_POLAR_KEY: sealingKey };
  const command = (args, more = {}) => run(binary, args, { env: { ...env, ...more }, quiet: true });
  await command(['tenant', 'add', 'greedy'], { ...tenant.settings, TENANT_POLAR_API_URL: link.url });
  const call = async () => ({ status: (await fetch(`${server}/t/greedy/.well-known/jwks.json`)).status });
  await served({ id: 'greedy', call });
  const scopes = 'access:read,customer:read,usage:write,portal:write';
  const made = await command(['key', 'add', '--tenant', 'greedy', '--scope', scopes, '--name', 'greedy']);
  await link.become('silent');
  return made.match(/plinto_sk_\w+/)[0];
}
