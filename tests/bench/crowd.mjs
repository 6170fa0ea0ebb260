// Who waits for whom: eight clients of each kind that costs a server most, and beside them the times of /healthz, /access
// and a webhook, which have to be small whatever the eight do.
//
// Each kind is sent as fast as it is answered, without limits of rate, over one SQLite file with a million usage events.
import { execFileSync } from 'node:child_process';
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { claimsFor, signToken } from '../../dist/js/plinto/index.js';
import { at, releaseBin } from '../../scripts/lib/paths.mjs';
import { node } from '../../scripts/lib/run.mjs';
import { withPrograms } from './programs.mjs';

const WEBHOOK_SECRET = 'whsec_ovyN6cPrTv56AApvzCaJno08SSmGJmgbWilb33N2JuK';
const JWT_SECRET = randomBytes(48).toString('base64');
const SUBJECT = randomUUID();
const EVENTS = 1_000_000;
const MEBIBYTE = 1024 * 1024;
/** The goal for each median, in milliseconds, on two cores. */
const GOAL = 100;
const binary = `${releaseBin}/plinto-polar`;

/** Prints the medians. Answers whether all are within the goal. */
export async function benchCrowd({ seconds }) {
  return await withPrograms(async ({ folder, start }) => {
    const emulator = await start(
      'the emulator',
      [binary, 'emulate', '--port', '0', '--access-token', 'polar_oat_bench'],
      {},
      /listening on (\S+)/,
    );
    await createCustomer(emulator.ready[1]);
    const settings = {
      POLAR_ACCESS_TOKEN: 'polar_oat_bench',
      POLAR_WEBHOOK_SECRET: WEBHOOK_SECRET,
      POLAR_API_URL: emulator.ready[1],
      PLINTO_API_URL: 'http://127.0.0.1:9',
      PLINTO_WEBHOOK_SECRET: randomBytes(32).toString('base64'),
      PLINTO_JWT_SECRET: JWT_SECRET,
      DATABASE_URL: `sqlite:${join(folder, 'bench.db')}`,
      USAGE_EVENTS: 'api_call',
      LOG_LEVEL: 'error',
      PORT: '0',
      POLAR_REQUESTS_PER_MINUTE: '0',
      RATE_LIMIT_PER_USER: '0',
      RATE_LIMIT_PER_KEY: '0',
      RATE_LIMIT_PER_ADDRESS: '0',
    };
    const first = await start('plinto-polar', [binary, 'serve'], settings, /listening on/);
    await first.child.stop();
    fill(join(folder, 'bench.db'));
    const server = await start('plinto-polar', [binary, 'serve'], settings, /listening on (\S+)/);
    return await measure(server.ready[1], { folder, seconds, start });
  });
}

async function createCustomer(url) {
  const answer = await fetch(`${url}/v1/customers/`, {
    method: 'POST',
    headers: { authorization: 'Bearer polar_oat_bench', 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'buyer@example.com', name: 'Ada', external_id: SUBJECT }),
  });
  if (!answer.ok) throw new Error(`the emulator answered ${answer.status}: ${await answer.text()}`);
}

/** A million events of this month that Polar has been told of, within the engine: the server would take minutes. */
function fill(file) {
  const program = `
import sqlite3, sys, time
file, subject, count = sys.argv[1:]
now = int(time.time() * 1e6)
db = sqlite3.connect(file)
db.execute("PRAGMA synchronous = OFF")
db.execute("PRAGMA cache_size = -500000")
db.execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
           " INSERT INTO polar_usage_events (tenant, user_id, external_id, event_name, quantity, created_at,"
           " reported_to_polar_at) SELECT 'default', ?, 'e' || i, 'api_call', 1, ? - i, ? FROM n", (int(count), subject, now, now))
db.commit()
`;
  execFileSync('python3', ['-c', program, file, SUBJECT, String(EVENTS)], { stdio: ['ignore', 'ignore', 'inherit'] });
}

const bearer = () => ({
  authorization: `Bearer ${signToken(claimsFor({ userId: SUBJECT, type: 'access', lifetimeSeconds: 3600 }), JWT_SECRET)}`,
});

/** The kinds: what each costs where it is paid for before it is limited. */
function kinds(url) {
  const json = { 'content-type': 'application/json' };
  const objects = (size) => Buffer.from(`[${'{},'.repeat(size / 3 - 1)}{}]`);
  const members = Array.from({ length: 1000 }, (_, i) => `"k${String(i).padStart(5, '0')}":0`).join(',');
  const batch = `{"events":[${Array.from({ length: 500 }, () => `{${members}}`).join(',')}]}`;
  const numbers = `{"type":"x","data":[${Array.from({ length: (4 * MEBIBYTE) / 4 - 20 }, () => '1.0').join(',')}]}`;
  const stamp = String(Math.floor(Date.now() / 1000));
  const forged = {
    'webhook-id': randomUUID(),
    'webhook-timestamp': stamp,
    'webhook-signature': `v1,${'A'.repeat(43)}=`,
  };
  return {
    'unsigned events of 4 MiB': [
      'POST',
      `${url}/polar/events/plinto`,
      { ...json, 'x-webhook-signature': '0'.repeat(64) },
      objects(4 * MEBIBYTE),
    ],
    'unsigned events of 256 KiB': [
      'POST',
      `${url}/polar/events/plinto`,
      { ...json, 'x-webhook-signature': '0'.repeat(64) },
      objects(MEBIBYTE / 4),
    ],
    'forged deliveries of 4 MiB': ['POST', `${url}/polar/webhooks`, { ...json, ...forged }, Buffer.from(numbers)],
    'forged deliveries of 60 KiB': [
      'POST',
      `${url}/polar/webhooks`,
      { ...json, ...forged },
      Buffer.from(`{"type":"x","data":[${'1.0,'.repeat(15_000)}1]}`),
    ],
    'packed batches, 5 MiB unpacked': [
      'POST',
      `${url}/polar/usage/batch`,
      { ...json, ...bearer(), 'content-encoding': 'gzip' },
      gzipSync(batch),
    ],
    'summaries of a million events': ['GET', `${url}/polar/usage/summary?by=day`, bearer(), null],
  };
}

async function measure(url, { folder, seconds, start }) {
  const agent = new Agent({ keepAlive: true });
  const once = (method, target, headers, body) =>
    new Promise((resolve, reject) => {
      const began = performance.now();
      const sent = request(target, { agent, method, headers }, (answer) => {
        answer.resume();
        answer.on('end', () => resolve({ status: answer.statusCode, ms: performance.now() - began }));
      });
      sent.on('error', reject);
      sent.end(body);
    });
  const delivery = JSON.stringify(JSON.parse(readFileSync(at('tests/bench/subscription_updated.json'), 'utf8')));
  const probes = {
    '/healthz': () => once('GET', `${url}/healthz`, {}),
    '/access': () => once('GET', `${url}/polar/access`, bearer()),
    'a webhook': () => {
      const id = randomUUID();
      const time = Math.floor(Date.now() / 1000);
      const signature = createHmac('sha256', WEBHOOK_SECRET).update(`${id}.${time}.${delivery}`).digest('base64');
      const headers = {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(time),
        'webhook-signature': `v1,${signature}`,
      };
      return once('POST', `${url}/polar/webhooks`, headers, delivery);
    },
  };
  const medians = async () => {
    const times = Object.fromEntries(Object.keys(probes).map((name) => [name, []]));
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      for (const [name, probe] of Object.entries(probes)) {
        const { status, ms } = await probe();
        if (status >= 300) throw new Error(`${name} was answered ${status}`);
        times[name].push(ms);
      }
    }
    return Object.values(times).map((all) => all.sort((left, right) => left - right)[all.length >> 1]);
  };

  const row = (cells) => console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(34) : cell.padStart(12))).join(''));
  row(['median ms', ...Object.keys(probes), 'answers / s', 'of']);
  row(['alone', ...(await medians()).map((ms) => ms.toFixed(1))]);
  let met = true;
  for (const [name, [method, target, headers, body]] of Object.entries(kinds(url))) {
    const file = join(folder, 'request.json');
    const bodyFile = join(folder, 'body');
    if (body !== null) writeFileSync(bodyFile, body);
    writeFileSync(file, JSON.stringify({ url: target, method, headers, body: body === null ? null : bodyFile }));
    let answers = {};
    const total = () => Object.values(answers).reduce((sum, count) => sum + count, 0);
    const sender = await start('the eight', [node, at('tests/bench/crowd/sender.mjs'), file], {}, /^\{/, (line) => {
      answers = JSON.parse(line);
    });
    const before = { count: total(), at: performance.now() };
    const found = await medians();
    const rate = (1000 * (total() - before.count)) / (performance.now() - before.at);
    await sender.child.stop();
    row([`8 × ${name}`, ...found.map((ms) => ms.toFixed(1)), rate.toFixed(0), Object.keys(answers).join(' ')]);
    met &&= found.every((ms) => ms < GOAL);
  }
  console.log(`${met ? 'ok' : 'ABOVE THE GOAL'}: every median beside the eight is below ${GOAL} ms`);
  return met;
}
