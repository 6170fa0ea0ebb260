// Benchmarks: a delivery of 4.6 KB (subscription.updated) verified and read, natively and as Wasm, beside
// `standardwebhooks` and `@polar-sh/sdk`, taking turns in one run. Seconds depend on the machine; the ratios are gates.
//
//   npm run bench                            builds what is missing
//   npm run bench -- --peers /some/folder    where the peers' node_modules are, if not here
//   npm run bench -- --ms 200 --runs 9
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { benchYear } from '../tests/bench/year.mjs';
import { at } from './lib/paths.mjs';
import { node, run } from './lib/run.mjs';

const { values: options } = parseArgs({
  options: {
    peers: { type: 'string', default: at() },
    ms: { type: 'string', default: '200' },
    runs: { type: 'string', default: '9' },
    'no-build': { type: 'boolean', default: false },
  },
});
if (!options['no-build']) {
  await run(node, [at('scripts/build.mjs'), '--native', '--target', 'plinto_polar_bench']);
}

const SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const file = at('tests/bench/subscription_updated.json');
const body = readFileSync(file, 'utf8');
const bytes = readFileSync(file);
const seconds = Math.floor(Date.now() / 1000);
const from = createRequire(`${options.peers}/package.json`);

// The modules themselves, and the package's verifyWebhook around them.
const { default: createWebhooks } = await import(pathToFileURL(at('dist/wasm/webhooks.mjs')));
const webhooks = await createWebhooks({ wasmBinary: readFileSync(at('dist/wasm/webhooks.wasm')) });
const { verifyWebhook } = await import(pathToFileURL(at('dist/js/webhooks.js')));
const { Webhook } = from('standardwebhooks');
const official = optional('@polar-sh/sdk/2026-04')?.webhooks;

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
];
if (official !== undefined) {
  contenders.push({ name: '@polar-sh/sdk validateEvent', work: () => official.validateEvent(body, headers, SECRET) });
} else {
  console.log('bench: @polar-sh/sdk is not installed; --peers names a folder that has it');
}

const rows = new Map();
for (const { name } of contenders) rows.set(name, []);
const add = (name, microseconds) => rows.set(name, [...(rows.get(name) ?? []), ...microseconds]);
for (const { work } of contenders) await time(work);
for (let round = 0; round < Number(options.runs); round += 1) {
  for (const { name, work } of contenders) add(name, [await time(work)]);
  // Natively in every round too, so that a busy machine slows all of them alike.
  const output = await run(at('build/native/bin/plinto_polar_bench'), [file, options.ms, '1'], { quiet: true });
  for (const line of output.trim().split('\n')) {
    const { name, microseconds } = JSON.parse(line);
    add(`native: ${name}`, microseconds);
  }
}

const medians = new Map([...rows].map(([name, values]) => [name, median(values)]));
const peers = ['standardwebhooks', '@polar-sh/sdk validateEvent'].filter((name) => medians.has(name));
console.log(
  `${'a 4.6 KB subscription.updated'.padEnd(34)}${'microseconds'.padStart(14)}${peers.map((name) => `x ${name.split(' ')[0]}`.padStart(20)).join('')}`,
);
for (const [name, value] of medians) {
  const ratios = peers.map((peer) => (medians.get(peer) / value).toFixed(2).padStart(20));
  console.log(`${name.padEnd(34)}${value.toFixed(1).padStart(14)}${ratios.join('')}`);
}

// What must hold, and what is aimed at; docs/architecture.md#webhooks says where the time goes.
const gates = [
  { name: 'native: verify, read the envelope', peer: '@polar-sh/sdk validateEvent', least: 5, aim: 5 },
  { name: 'native: verify, read the envelope', peer: 'standardwebhooks', least: 5, aim: 5 },
  { name: 'native: verify, read all as JSON', peer: '@polar-sh/sdk validateEvent', least: 2, aim: 5 },
  { name: 'native: verify, read all as JSON', peer: 'standardwebhooks', least: 1.2, aim: 5 },
  { name: 'Wasm: verify, JSON.parse', peer: '@polar-sh/sdk validateEvent', least: 1, aim: 1.2 },
  { name: 'Wasm: verify, JSON.parse', peer: 'standardwebhooks', least: 1, aim: 1.2 },
];
for (const { name, peer, least, aim } of gates) {
  if (!medians.has(peer)) continue;
  const ratio = medians.get(peer) / medians.get(name);
  const verdict = ratio < least ? 'below the limit' : ratio < aim ? 'below the aim' : 'ok';
  console.log(`${verdict}: ${name} is ${ratio.toFixed(2)} x ${peer} (limit ${least}, aim ${aim})`);
  if (ratio < least) process.exitCode = 1;
}
if (!(await benchYear(Number(options.runs)))) process.exitCode = 1;

function optional(name) {
  try {
    return from(name);
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
  }
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** Microseconds of CPU per call, those of the garbage collector included: other work on the machine does not count. */
async function time(work) {
  const limit = Number(options.ms) * 1000;
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
