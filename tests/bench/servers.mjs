// Our server beside Fastify with Polar's SDK 1.0, the same with a store for webhooks, and Better Auth with Polar's plugin:
// the same upstream, the same load, taking turns. CPU seconds depend on the machine; the ratios, the memory and the
// upstream's count are gates.
//
// The servers run on one core, the load and the upstream on the other. A server's CPU is counted until it is idle again:
// what it does after it has answered (reporting usage, working off webhooks) is part of its price.
import { execFileSync } from 'node:child_process';
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { claimsFor, signToken } from '../../dist/js/plinto/index.js';
import { at, releaseBin } from '../../scripts/lib/paths.mjs';
import { freePorts } from '../../scripts/lib/ports.mjs';
import { node, run } from '../../scripts/lib/run.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { withPrograms } from './programs.mjs';

const WEBHOOK_SECRET = 'whsec_ovyN6cPrTv56AApvzCaJno08SSmGJmgbWilb33N2JuK';
const JWT_SECRET = randomBytes(48).toString('base64');
const SUBJECT = randomUUID();
const EMAIL = 'buyer@example.com';
const CONNECTIONS = 32;
/** The time of the last delivery's envelope. */
let emitted = Date.now();
const HZ = Number(execFileSync('getconf', ['CLK_TCK']));
const here = at('tests/bench/servers');
const binary = `${releaseBin}/plinto-polar`;

/** What the budgets of docs/benchmarks.md#the-server-beside-its-peers say: our CPU is at most this part of the peer's. */
const budgets = {
  checkout: { fastify: 1 / 6, 'better-auth': 1 / 30 },
  portal: { fastify: 1 / 7, 'better-auth': 1 / 30 },
  usage: { fastify: 1 / 9, 'better-auth': 1 / 30 },
  // Of Fastify alone, which verifies and forgets, and of the one that stores, which does the same work.
  webhook: { fastify: 1, 'fastify-storing': 1 / 4 },
};
const MEMORY_IDLE = 15;
const MEMORY_LOADED = 40;
const UPSTREAM_PER_THOUSAND_USAGE = 2;

/** Prints the comparison. Answers whether every budget is met. */
export async function benchServers({ rounds, seconds }) {
  await installPeers();
  return await withPrograms(async ({ folder, start }) => {
    const table = await recordAnswers(start, folder);
    const upstream = await start(
      'the upstream',
      onCore(1, [`${releaseBin}/plinto_polar_bench_upstream`, table.file]),
      {},
      /listening on (\S+)/,
    );
    const servers = await startServers(start, folder, upstream.ready[1], table.product);
    return await compare(servers, {
      folder,
      upstream: { url: upstream.ready[1], pid: upstream.child.pid },
      table,
      rounds,
      seconds,
    });
  });
}

export async function installPeers() {
  if (existsSync(join(here, 'node_modules/libsql'))) return;
  await run('npm', ['ci', '--prefix', here, '--ignore-scripts', '--no-audit', '--no-fund'], { quiet: true });
}

export const onCore = (core, command) => ['taskset', '-c', String(core), ...command];

/** What Polar answers, taken from the emulator, whose answers both lines of Polar's SDK accept. */
export async function recordAnswers(start, folder) {
  const token = 'polar_oat_bench';
  const { child, ready } = await start(
    'the emulator',
    [binary, 'emulate', '--port', '0', '--access-token', token],
    {},
    /listening on (\S+)/,
  );
  const call = async (method, path, body) => {
    const answer = await fetch(ready[1] + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'polar-version': '2026-04' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`the emulator answered ${answer.status} to ${path}: ${await answer.text()}`);
    return { line: [method, path.replace(/\/$/, ''), answer.status], value: await answer.json() };
  };
  const products = await call('GET', '/v1/products/');
  const product = products.value.items.find(({ name }) => name === 'Pro').id;
  const customer = await call('POST', '/v1/customers/', { email: EMAIL, name: 'Ada', external_id: SUBJECT });
  const answers = [
    customer,
    await call('GET', `/v1/customers/external/${SUBJECT}`),
    await call('POST', '/v1/checkouts/', { products: [product], external_customer_id: SUBJECT }),
    await call('POST', '/v1/customer-sessions/', { external_customer_id: SUBJECT }),
    await call('POST', '/v1/events/ingest', { events: [{ name: 'api_call', external_customer_id: SUBJECT }] }),
    { line: ['GET', '/api/v1/users/me', 200], value: { id: SUBJECT, email: EMAIL, display_name: 'Ada' } },
  ];
  await child.stop();
  const file = join(folder, 'answers.tsv');
  // Each checkout has an id of its own, else a server that stores them would rightly refuse the second.
  const checkout = answers[2].value.id;
  const numbered = `${checkout.slice(0, 24)}${'#'.repeat(12)}`;
  const text = answers.map(({ line, value }) => `${line.join('\t')}\t${JSON.stringify(value)}\n`).join('');
  writeFileSync(file, text.replaceAll(checkout, numbered));
  return { file, product, usageLine: answers.findIndex(({ line }) => line[1] === '/v1/events/ingest') };
}

/** The environment of our server. The peers log no requests, and have no limits. */
export const settingsOf = (upstream, folder) => ({
  POLAR_ACCESS_TOKEN: 'polar_oat_bench',
  POLAR_WEBHOOK_SECRET: WEBHOOK_SECRET,
  POLAR_API_URL: upstream,
  PLINTO_API_URL: upstream,
  PLINTO_JWT_SECRET: JWT_SECRET,
  DATABASE_URL: `sqlite:${join(folder, 'bench.db')}`,
  USAGE_EVENTS: 'api_call',
  LOG_LEVEL: 'warn',
  POLAR_REQUESTS_PER_MINUTE: '0',
  RATE_LIMIT_PER_USER: '0',
  RATE_LIMIT_PER_KEY: '0',
  RATE_LIMIT_PER_ADDRESS: '0',
});

/** The header by which the buyer is signed in. */
export const bearer = () => ({
  authorization: `Bearer ${signToken(claimsFor({ userId: SUBJECT, type: 'access', lifetimeSeconds: 3600 }), JWT_SECRET)}`,
});

/** Without white space, as Polar sends it. */
export const readDelivery = () =>
  JSON.stringify(JSON.parse(readFileSync(at('tests/bench/subscription_updated.json'), 'utf8')));

async function startServers(start, folder, upstream, product) {
  const [ours, fastify, storing, betterAuth] = await freePorts(4);
  const shared = { UPSTREAM: upstream, WEBHOOK_SECRET, SUBJECT, PRODUCT: product, NODE_ENV: 'production' };
  const begin = async (name, port, command, env, ready, routes) => {
    const { child } = await start(name, onCore(0, command), { ...env, PORT: String(port) }, ready);
    const url = `http://127.0.0.1:${port}`;
    const pid = child.pid;
    return { name, url, pid, idle: await settledMemory(pid), routes: await routes(url), results: {} };
  };
  const bodies = {
    checkout: { product_id: product, metadata: { campaign: 'spring' } },
    usage: { event_name: 'api_call', quantity: 3, properties: { route: '/v1/things' } },
  };
  const route = (method, path, headers, body) => ({ method, path, headers, body });
  const delivery = readDelivery();
  const polarRoutes = (headers) => ({
    checkout: route('POST', '/polar/checkout', headers, JSON.stringify(bodies.checkout)),
    portal: route('GET', '/polar/customer/portal', headers),
    usage: route('POST', '/polar/usage', headers, JSON.stringify(bodies.usage)),
    webhook: { ...route('POST', '/polar/webhooks', {}, delivery), signed: true },
  });
  return [
    await begin('plinto-polar', ours, [binary, 'serve'], settingsOf(upstream, folder), /listening on/, async () =>
      polarRoutes(bearer()),
    ),
    await begin('fastify', fastify, [node, join(here, 'fastify.mjs')], shared, /^listening$/, async () =>
      polarRoutes({ cookie: 'session=bench' }),
    ),
    await begin(
      'fastify-storing',
      storing,
      [node, join(here, 'fastify-storing.mjs')],
      { ...shared, DATABASE: join(folder, 'peer.db') },
      /^listening$/,
      async () => ({ webhook: polarRoutes({}).webhook }),
    ),
    await begin(
      'better-auth',
      betterAuth,
      [node, join(here, 'better-auth.mjs')],
      shared,
      /^listening$/,
      async (url) => {
        const headers = { cookie: await signUp(url), origin: url };
        const usage = { event: 'api_call', metadata: { quantity: 3, ...bodies.usage.properties } };
        return {
          checkout: route(
            'POST',
            '/api/auth/checkout',
            headers,
            JSON.stringify({ slug: 'pro', metadata: { campaign: 'spring' } }),
          ),
          portal: route('GET', '/api/auth/customer/portal', headers),
          usage: route('POST', '/api/auth/usage/ingest', headers, JSON.stringify(usage)),
          webhook: { ...route('POST', '/api/auth/polar/webhooks', {}, delivery), signed: true },
        };
      },
    ),
  ];
}

async function signUp(url) {
  const answer = await fetch(`${url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ email: EMAIL, password: 'a long enough password', name: 'Ada' }),
  });
  if (!answer.ok) throw new Error(`better-auth answered ${answer.status} to the sign-up: ${await answer.text()}`);
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

async function compare(servers, { folder, upstream, table, rounds, seconds }) {
  const counts = async () => (await fetch(`${upstream.url}/_counts`)).json();
  for (const scenario of Object.keys(budgets)) {
    const able = servers.filter(({ routes }) => routes[scenario] !== undefined);
    for (const server of able) server.results[scenario] = [];
    for (let round = 0; round <= rounds; round += 1) {
      for (const server of able) {
        const before = { reports: (await counts())[table.usageLine], cpu: cpuSeconds(upstream.pid) };
        const result = await load(server, server.routes[scenario], { folder, seconds });
        result.reports = (await counts())[table.usageLine] - before.reports;
        result.upstreamCpu = ((cpuSeconds(upstream.pid) - before.cpu) / result.requests) * 10_000;
        // The first round warms up.
        if (round > 0) server.results[scenario].push(result);
      }
    }
  }
  return report(servers);
}

/** One run of wrk, and what it cost the server. */
export async function load({ url, pid, name }, { method, path, headers, body, signed }, { folder, seconds }) {
  const bodyFile = join(folder, 'body.json');
  if (body !== undefined) writeFileSync(bodyFile, body);
  const signatureFile = join(folder, 'signatures');
  // More than any server here takes in the time: no delivery comes twice.
  const deliveries = seconds * 12_000;
  if (signed) writeFileSync(signatureFile, signatures(body, deliveries));
  const lines = { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  if (!signed) {
    // One by itself first: its refusal can be read.
    const answer = await fetch(url + path, { method, headers: lines, ...(body === undefined ? {} : { body }) });
    if (!answer.ok) throw new Error(`${name} answered ${answer.status} to ${path}: ${await answer.text()}`);
  }
  const before = cpuSeconds(pid);
  const arguments_ = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--timeout', '10s', '-s', join(here, 'load.lua')];
  const output = await run('taskset', ['-c', '1', 'wrk', ...arguments_, url + path], {
    quiet: true,
    env: {
      METHOD: method,
      BODY: body === undefined ? '' : bodyFile,
      HEADERS: Object.entries(lines)
        .map(([key, value]) => `${key}: ${value}`)
        .join('\n'),
      SIGNATURES: signed ? signatureFile : '',
    },
  });
  const result = JSON.parse(output.trim().split('\n').at(-1));
  if (result.failed > 0 || result.requests === 0) {
    throw new Error(`${name} failed ${result.failed} of ${result.requests} requests to ${path}`);
  }
  if (signed && result.requests > deliveries) throw new Error(`${name} took deliveries twice: sign more of them`);
  const memory = residentMebibytes(pid);
  const cpu = (await settledCpu(pid)) - before;
  return { ...result, cpu: (cpu / result.requests) * 10_000, memory };
}

/**
 * `id time signature timestamp` lines, keyed as Polar keys them: by the bytes of the whole secret. Each delivery is a
 * newer snapshot than the one before.
 */
function signatures(body, count) {
  const time = Math.floor(Date.now() / 1000);
  const run_ = randomUUID();
  const lines = [];
  for (let i = 0; i < count; i += 1) {
    const id = `msg_${run_}_${i}`;
    emitted += 1;
    const timestamp = new Date(emitted).toISOString();
    const text = body.replace(/"timestamp":"[^"]*"/, `"timestamp":"${timestamp}"`);
    const signature = createHmac('sha256', WEBHOOK_SECRET).update(`${id}.${time}.${text}`).digest('base64');
    lines.push(`${id} ${time} v1,${signature} ${timestamp}\n`);
  }
  return lines.join('');
}

const field = (pid, file, pattern) => Number(pattern.exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))[1]);
export const residentMebibytes = (pid) => field(pid, 'status', /VmRSS:\s+(\d+)/) / 1024;

/** Of all threads; none of these servers has child processes. */
export function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / HZ;
}

/** The CPU time once it has not moved for half a second. */
export async function settledCpu(pid) {
  let last = -1;
  let since = Date.now();
  return waitFor(
    `process ${pid} come to rest`,
    () => {
      const now = cpuSeconds(pid);
      if (now - last > 0.02) {
        last = now;
        since = Date.now();
      }
      return Date.now() - since > 500 ? now : undefined;
    },
    { withinMs: 60_000, everyMs: 100 },
  );
}

async function settledMemory(pid) {
  await settledCpu(pid);
  return residentMebibytes(pid);
}

function report(servers) {
  const [ours, ...peers] = servers;
  const middle = (server, scenario, key) => {
    const values = server.results[scenario].map((result) => result[key]).sort((left, right) => left - right);
    return values[values.length >> 1];
  };
  const row = (cells) => console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(14) : cell.padStart(15))).join(''));
  row(['', '', 'CPU s / 10,000', 'requests / s', 'p50 ms', 'p99 ms', 'MiB', "of ours' CPU"]);
  let met = true;
  const gate = (holds, text) => {
    console.log(`${holds ? 'ok' : 'ABOVE THE BUDGET'}: ${text}`);
    met &&= holds;
  };
  const able = (list, scenario) => list.filter(({ results }) => results[scenario] !== undefined);
  for (const scenario of Object.keys(budgets)) {
    for (const server of able(servers, scenario)) {
      const value = (key) => middle(server, scenario, key);
      const rate = value('requests') / (value('microseconds') / 1e6);
      row([
        scenario,
        server.name,
        value('cpu').toFixed(2),
        rate.toFixed(0),
        (value('p50') / 1000).toFixed(1),
        (value('p99') / 1000).toFixed(1),
        value('memory').toFixed(0),
        `x ${(value('cpu') / middle(ours, scenario, 'cpu')).toFixed(1)}`,
      ]);
    }
  }
  // What a program costs that only reads a request and writes a recorded answer: nobody who asks Polar is below twice it.
  const floor = middle(ours, 'portal', 'upstreamCpu');
  console.log(`the upstream itself, which answers from a table: ${floor.toFixed(2)} CPU s / 10,000 requests`);
  for (const [scenario, limits] of Object.entries(budgets)) {
    for (const peer of able(peers, scenario).filter(({ name }) => limits[name] !== undefined)) {
      const ratio = middle(peer, scenario, 'cpu') / middle(ours, scenario, 'cpu');
      const least = 1 / limits[peer.name];
      gate(
        ratio >= least,
        `${scenario}: ${peer.name} takes ${ratio.toFixed(1)} times our CPU (budget ${least.toFixed(0)})`,
      );
    }
  }
  const loaded = Math.max(...Object.keys(budgets).map((scenario) => middle(ours, scenario, 'memory')));
  gate(
    ours.idle <= MEMORY_IDLE,
    `memory, idle: ${ours.idle.toFixed(1)} MiB (budget ${MEMORY_IDLE}); ${peers.map(({ name, idle }) => `${name} ${idle.toFixed(0)}`).join(', ')}`,
  );
  gate(
    loaded <= MEMORY_LOADED,
    `memory at ${CONNECTIONS} connections: ${loaded.toFixed(1)} MiB (budget ${MEMORY_LOADED})`,
  );
  const perThousandOf = ({ results: { usage } }) => (1000 * sum(usage, 'reports')) / sum(usage, 'requests');
  const perThousand = perThousandOf(ours);
  const peersPerThousand = able(peers, 'usage')
    .map((peer) => `${peer.name} ${perThousandOf(peer).toFixed(0)}`)
    .join(', ');
  gate(
    perThousand <= UPSTREAM_PER_THOUSAND_USAGE,
    `requests to Polar per 1,000 usage events: ${perThousand.toFixed(1)} (budget ${UPSTREAM_PER_THOUSAND_USAGE}); ${peersPerThousand}`,
  );
  return met;
}

const sum = (results, key) => results.reduce((total, result) => total + result[key], 0);
