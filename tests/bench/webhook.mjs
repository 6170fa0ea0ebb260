// A delivery of 4.6 KB (subscription.updated) verified and read, natively and as Wasm, beside `standardwebhooks` and
// `@polar-sh/sdk`, taking turns in one run. Seconds depend on the machine; the ratios are gates.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { at, releaseBin } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/run.mjs';

// What must hold, and what is aimed at; docs/benchmarks.md#webhooks says where the time goes.
const gates = [
  { name: 'native: verify, read the envelope', peer: '@polar-sh/sdk validateEvent', least: 5, aim: 5 },
  { name: 'native: verify, read the envelope', peer: 'standardwebhooks', least: 5, aim: 5 },
  { name: 'native: verify, read all as JSON', peer: '@polar-sh/sdk validateEvent', least: 2, aim: 5 },
  { name: 'native: verify, read all as JSON', peer: 'standardwebhooks', least: 1.2, aim: 5 },
  { name: 'Wasm: verify, JSON.parse', peer: '@polar-sh/sdk validateEvent', least: 1, aim: 1.2 },
  { name: 'Wasm: verify, JSON.parse', peer: 'standardwebhooks', least: 1, aim: 1.2 },
];

/** Prints the medians of `runs` rounds of `ms` milliseconds each. Answers whether the gates hold. */
export async function benchWebhook({ ms, runs }) {
  const SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
  const file = at('tests/bench/subscription_updated.json');
  const body = readFileSync(file, 'utf8');
  const bytes = readFileSync(file);
  const seconds = Math.floor(Date.now() / 1000);
  const from = createRequire(at('package.json'));

  // The modules themselves, and the package's verifyWebhook around them.
  const { default: createWebhooks } = await import(pathToFileURL(at('dist/wasm/webhooks.mjs')));
  const webhooks = await createWebhooks({ wasmBinary: readFileSync(at('dist/wasm/webhooks.wasm')) });
  const { verifyWebhook } = await import(pathToFileURL(at('dist/js/webhooks.js')));
  const { Webhook } = from('standardwebhooks');
  const { webhooks: official } = from('@polar-sh/sdk/2026-04');

  // Each peer gets the signature of the key that it derives.
  const signed = (secret) =>
    JSON.parse(webhooks.signWebhook(secret, 'whole_text', 'msg_bench', seconds * 1000, bytes)).value;
  const standard = new Webhook(SECRET);
  const standardHeaders = {
    'webhook-id': 'msg_bench',
    'webhook-timestamp': String(seconds),
    'webhook-signature': standard.sign('msg_bench', new Date(seconds * 1000), body),
  };
  const headers = signed(SECRET);
  const secretsJson = JSON.stringify([SECRET]);
  const headersJson = JSON.stringify(Object.entries(headers));
  const verified = (envelope) => {
    if (!JSON.parse(envelope).ok) throw new Error(`the delivery was refused: ${envelope}`);
  };
  const contenders = [
    { name: 'standardwebhooks', work: () => standard.verify(body, standardHeaders) },
    {
      name: 'Wasm: verify, JSON.parse',
      work: () => {
        verified(webhooks.verifyWebhook(secretsJson, headersJson, bytes, seconds * 1000));
        return JSON.parse(body);
      },
    },
    { name: 'Wasm: the package', work: () => verifyWebhook({ secret: SECRET, headers, body: bytes }) },
    { name: '@polar-sh/sdk validateEvent', work: () => official.validateEvent(body, headers, SECRET) },
  ];

  const rows = new Map();
  for (const { name } of contenders) rows.set(name, []);
  const add = (name, microseconds) => rows.set(name, [...(rows.get(name) ?? []), ...microseconds]);
  for (const { work } of contenders) await time(work, ms);
  for (let round = 0; round < runs; round += 1) {
    for (const { name, work } of contenders) add(name, [await time(work, ms)]);
    // Natively in every round too, so that a busy machine slows all of them alike.
    const output = await run(`${releaseBin}/plinto_polar_bench`, [file, String(ms), '1'], { quiet: true });
    for (const line of output.trim().split('\n')) {
      const { name, microseconds } = JSON.parse(line);
      add(`native: ${name}`, microseconds);
    }
  }

  const medians = new Map([...rows].map(([name, values]) => [name, median(values)]));
  const peers = ['standardwebhooks', '@polar-sh/sdk validateEvent'];
  console.log(
    `${'a 4.6 KB subscription.updated'.padEnd(34)}${'microseconds'.padStart(14)}${peers.map((name) => `x ${name.split(' ')[0]}`.padStart(20)).join('')}`,
  );
  for (const [name, value] of medians) {
    const ratios = peers.map((peer) => (medians.get(peer) / value).toFixed(2).padStart(20));
    console.log(`${name.padEnd(34)}${value.toFixed(1).padStart(14)}${ratios.join('')}`);
  }

  let met = true;
  for (const { name, peer, least, aim } of gates) {
    const ratio = medians.get(peer) / medians.get(name);
    const verdict = ratio < least ? 'below the limit' : ratio < aim ? 'below the aim' : 'ok';
    console.log(`${verdict}: ${name} is ${ratio.toFixed(2)} x ${peer} (limit ${least}, aim ${aim})`);
    met &&= ratio >= least;
  }
  return met;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** Microseconds of CPU per call, those of the garbage collector included: other work on the machine does not count. */
async function time(work, ms) {
  const limit = ms * 1000;
  const start = process.cpuUsage();
  let count = 0;
  let elapsed = 0;
  while (elapsed < limit) {
    for (let i = 0; i < 64; i += 1) {
      const result = work();
      if (result instanceof Promise) await result;
    }
    count += 64;
    const { user, system } = process.cpuUsage(start);
    elapsed = user + system;
  }
  return elapsed / count;
}
