// 2,000 requests made from our own OpenAPI document, against the running server and the emulator, on SQLite and again on
// PostgreSQL: no failure of the server, every answer as the document says, every refusal findable in the log.
//
// The seed is printed; SWEEP_SEED repeats a run.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request as send } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { Child } from '../../../scripts/lib/child.mjs';
import { payCheckout } from '../../../scripts/lib/emulator.mjs';
import { at, binary } from '../../../scripts/lib/paths.mjs';
import { freePorts } from '../../../scripts/lib/ports.mjs';
import { startPostgres } from '../../../scripts/lib/postgres.mjs';
import { run } from '../../../scripts/lib/run.mjs';
import { waitFor } from '../../../scripts/lib/wait.mjs';
import { makeConektaKeys } from '../../e2e/support/conekta-keys.mjs';
import { startWorld } from '../../e2e/support/world.mjs';
import { randomFrom } from './random.mjs';
import { operationsOf, requestsFrom } from './requests.mjs';

const total = 2_000;
const atOnce = 8;
const seed = Number(process.env.SWEEP_SEED ?? Date.now() % 0xffffffff);
const document = JSON.parse(readFileSync(at('docs/openapi.json'), 'utf8'));
const unlimited = { RATE_LIMIT_PER_USER: '0', RATE_LIMIT_PER_KEY: '0', RATE_LIMIT_PER_ADDRESS: '0' };
const scopes = [
  ...['checkout:read', 'checkout:write', 'customer:read', 'customer:write', 'portal:write'],
  ...['subscription:write', 'usage:read', 'usage:write', 'access:read', 'grant:read', 'grant:write'],
];

const engines = { SQLite: async () => undefined, PostgreSQL: startPostgres };

let world;
let agent;
let databaseUrl;
let metricsPort;
let log = [];
let answers = [];

/** A purchase gives credits on the meter of `api_call`, too: something to reserve. */
async function addCredits() {
  const make = (path, body) => world.emulator.call('POST', path, body);
  const { items } = await world.emulator.call('GET', '/v1/meters/?limit=100');
  const meter = items.find(({ filter }) => filter.clauses.some(({ value }) => value === 'api_call'));
  const benefit = await make('/v1/benefits/', {
    type: 'meter_credit',
    description: 'Calls',
    properties: { units: 1_000, rollover: false, meter_id: meter.id },
  });
  const product = await world.emulator.call('GET', `/v1/products/${world.product.id}`);
  const benefits = [...product.benefits.map(({ id }) => id), benefit.id];
  await make(`/v1/products/${world.product.id}/benefits`, { benefits });
}

/** What an organization has after it has bought: a checkout, a subscription and an order; and what it has used and was given. */
async function buy(key) {
  await addCredits();
  const checkout = await world.call('POST', '/checkout', {
    token: world.tokens.owner,
    body: { product_id: world.product.id, organization_id: world.organizationId },
  });
  assert.equal(checkout.status, 201, JSON.stringify(checkout.body));
  await payCheckout(world.urls.emulator, checkout.body.client_secret);
  const data = await waitFor('the subscription and its order', async () => {
    const path = `/customer/data?organization_id=${world.organizationId}`;
    const { body } = await world.call('GET', path, { token: world.tokens.owner });
    return body.subscriptions?.[0] && body.orders?.[0] && body;
  });
  const used = await asOwner('/usage', { event_name: 'api_call', external_id: 'sweep' });
  assert.equal(used.status, 202, JSON.stringify(used.body));
  const reserve = () =>
    waitFor('something to reserve', async () => {
      const { status, body } = await asOwner('/usage/reserve', { event_name: 'api_call', expires_in: 3_600 });
      if (status !== 201) throw new Error(JSON.stringify(body));
      return body.lease_id;
    });
  const given = await world.call('POST', '/grants', {
    token: key,
    body: { features: ['export'], reason: 'The sweep', source: 'tests', organization_id: world.organizationId },
  });
  assert.equal(given.status, 201, JSON.stringify(given.body));
  return {
    checkoutId: checkout.body.checkout_id,
    subscriptionId: data.subscriptions[0].id,
    orderId: data.orders[0].id,
    eventId: used.body.event_id,
    leases: [await reserve(), await reserve()],
    grantId: given.body.id,
  };
}

const asOwner = (path, body) =>
  world.call('POST', path, { token: world.tokens.owner, body: { ...body, organization_id: world.organizationId } });

/** A value that means something here, by the name of its field. */
const knownValues = (bought) => (name) => {
  switch (name) {
    case 'product_id':
      return world.product.id;
    case 'products':
      return [world.product.id];
    case 'organization_id':
      return world.organizationId;
    case 'user_id':
      return world.ownerId;
    case 'success_url':
    case 'return_url':
    case 'embed_origin':
      return world.urls.page;
    case 'event_name':
      return 'api_call';
    case 'event_id':
      return bought.eventId;
    case 'period':
      return 'month';
    case 'maximum':
      return 1_000_000;
    case 'locale':
      return 'en';
    case 'currency':
      return 'usd';
    case 'country':
      return 'MX';
    case 'from':
      return '2026-11-01';
    case 'to':
      return '2026-12-01';
    case 'by':
      return 'month';
    case 'receivePlintoEvent':
      return { id: 'sweep', type: 'nothing.we_know', data: { a: 1 } };
    case 'receivePolarWebhook':
      return { type: 'order.updated', timestamp: '2026-11-22T06:00:00Z', data: { id: 'x' } };
    default:
      if (name.startsWith('id of /checkout')) return bought.checkoutId;
      if (name.startsWith('id of /orders')) return bought.orderId;
      if (name.startsWith('id of /grants')) return bought.grantId;
      if (name.startsWith('id of /usage/leases')) return bought.leases[name.endsWith('/commit') ? 0 : 1];
      return name.startsWith('id of /subscriptions') ? bought.subscriptionId : undefined;
  }
};

/** Sends one request over a kept connection. */
function exchange({ method, target, headers, text }) {
  const { hostname, port } = new URL(world.urls.server);
  return new Promise((resolve, reject) => {
    const outgoing = send({ hostname, port, method, path: target, headers, agent, timeout: 20_000 }, (incoming) => {
      const chunks = [];
      incoming.on('data', (chunk) => chunks.push(chunk));
      incoming.once('error', reject);
      incoming.once('end', () =>
        resolve({ status: incoming.statusCode, headers: incoming.headers, body: Buffer.concat(chunks).toString() }),
      );
    });
    outgoing.once('timeout', () => outgoing.destroy(new Error('no answer in 20 s')));
    outgoing.once('error', reject);
    outgoing.end(text);
  });
}

/** A connection that the server had closed already is no answer, and no failure. */
async function ask(request) {
  for (let attempt = 1; ; ++attempt) {
    try {
      return await exchange(request);
    } catch (error) {
      if (attempt === 3 || !['ECONNRESET', 'EPIPE'].includes(error.code)) throw error;
    }
  }
}

const validators = new Map();
const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));
ajv.addFormat('int64', true);
ajv.addSchema({ $id: 'document', components: document.components });

function validatorOf(schema) {
  const key = JSON.stringify(schema);
  if (!validators.has(key)) {
    validators.set(key, ajv.compile(JSON.parse(key.replaceAll('"#/components', '"document#/components'))));
  }
  return validators.get(key);
}

/** What the document says of this status of an operation; nothing where it does not list it. */
function documentedAnswer(operation, status) {
  const listed = operation.responses[status];
  return listed?.$ref === undefined ? listed : document.components.responses[listed.$ref.split('/').at(-1)];
}

/** Is it the operation's path that is asked for? A target with a broken escape names none. */
const namesRoute = ({ how, target }) => how !== 'another path' && !/%(?![0-9a-f]{2})/i.test(target);

/** What is wrong with an answer, or nothing. */
function complaintOf({ request, answer }) {
  const { status, headers, body } = answer;
  const asAsked = request.method === request.operation.method && namesRoute(request);
  const documented = documentedAnswer(request.operation, status);
  if (asAsked && documented === undefined) return `the status ${status} is not in the document`;
  if (status >= 500) return 'the server failed';
  if (headers['x-request-id'] === undefined) return 'no X-Request-Id';
  if (request.method === 'HEAD' || status === 204 || status === 304) {
    return body === '' ? undefined : 'a body where there is none';
  }
  if (!/^application\/json\b/.test(headers['content-type'] ?? '')) return `content-type ${headers['content-type']}`;
  let json;
  try {
    json = JSON.parse(body);
  } catch {
    return 'no JSON';
  }
  if (status < 400 && !asAsked) return undefined;
  const schema = asAsked ? documented.content?.['application/json'].schema : { $ref: '#/components/schemas/Error' };
  if (schema !== undefined) {
    const validate = validatorOf(schema);
    if (!validate(json)) return ajv.errorsText(validate.errors);
  }
  if (status >= 400 && json.error.request_id !== headers['x-request-id']) return 'no request_id, or another';
  return undefined;
}

const describeOne = ({ request, answer }, complaint) =>
  [
    `${complaint}: ${request.method} ${request.target.slice(0, 300)} (${request.how}, by ${request.caller})`,
    `  sent ${request.text?.toString().slice(0, 300) ?? 'no body'}`,
    `  got ${answer.status} ${answer.body.slice(0, 300)}`,
  ].join('\n');

const conekta = makeConektaKeys();
const { CONEKTA_API_KEY: conektaKey } = conekta.serverEnv;

for (const [engine, start] of Object.entries(engines)) {
  describe(`2,000 requests out of the OpenAPI document, on ${engine}`, () => {
    let postgres;
    let conektaEmulator;
    before(async () => {
      console.log(`sweep: SWEEP_SEED=${seed} on ${engine}`);
      [log, answers] = [[], []];
      [metricsPort] = await freePorts(1);
      postgres = await start();
      const emulate = [binary, 'emulate', '--port', '0', '--conekta', '--conekta-key', conektaKey];
      conektaEmulator = new Child('Conekta', emulate);
      const [, conektaUrl] = await conektaEmulator.line(/Conekta API:\s+(\S+)/);
      world = await startWorld({
        serverEnv: {
          ...unlimited,
          ...{ ...conekta.serverEnv, CONEKTA_URL: conektaUrl },
          METRICS_PORT: String(metricsPort),
          ...(postgres === undefined ? {} : { DATABASE_URL: postgres.url }),
        },
        onLine: (name, line) => {
          if (name === 'the server') log.push(line);
        },
      });
      databaseUrl = postgres?.url ?? `sqlite:${world.database}`;
      agent = new Agent({ keepAlive: true, maxSockets: atOnce });
    });
    after(async () => {
      agent?.destroy();
      await world?.stop();
      await conektaEmulator?.stop();
      await postgres?.stop();
    });

    it('are all answered as the document says, and none fails the server', async () => {
      const [key] = (
        await run(binary, ['key', 'add', '--scope', scopes.join(','), '--name', 'sweep'], {
          env: { DATABASE_URL: databaseUrl },
          quiet: true,
        })
      ).split('\n');
      const bought = await buy(key);
      const next = requestsFrom(document, randomFrom(seed), {
        known: knownValues(bought),
        callers: {
          owner: world.tokens.owner,
          key,
          member: world.tokens.member,
          stranger: world.tokens.stranger,
          nobody: undefined,
        },
        secrets: { ...world.secrets, conektaDigest: conekta.digest },
      });
      const requests = Array.from({ length: total }, (_, number) => next(number));

      let taken = 0;
      const takeOne = async () => {
        const request = requests[taken++];
        const answer = await ask(request).catch((error) => {
          throw new Error(`${request.method} ${request.target.slice(0, 300)} (${request.how}): ${error.message}`);
        });
        answers.push({ request, answer });
      };
      const worker = async () => {
        while (taken < requests.length) await takeOne();
      };
      // The examples change what they are about, so one waits for the other.
      const examples = requests.filter(({ how }) => how === 'an example').length;
      while (taken < examples) await takeOne();
      await Promise.all(Array.from({ length: atOnce }, worker));

      const counts = {};
      for (const { answer } of answers) counts[answer.status] = (counts[answer.status] ?? 0) + 1;
      console.log(`sweep: ${JSON.stringify(counts)}`);
      const complaints = answers.flatMap((one) => {
        const complaint = complaintOf(one);
        return complaint === undefined ? [] : [describeOne(one, complaint)];
      });
      assert.equal(answers.length, total);
      assert.equal(complaints.length, 0, `SWEEP_SEED=${seed}\n${complaints.slice(0, 12).join('\n')}\n`);
    });

    it('reach every route, and get through to it', () => {
      for (const { method, path } of operationsOf(document)) {
        const of = answers.filter(
          ({ request: { operation } }) => operation.path === path && operation.method === method,
        );
        const example = of.find(({ request }) => request.how === 'an example');
        assert.ok(example.answer.status < 300, describeOne(example, 'the example is refused'));
        const bad = of.filter(({ answer }) => answer.status >= 400);
        assert.ok(bad.length > 0, `${method} ${path}: nothing of ${of.length} was refused (SWEEP_SEED=${seed})`);
      }
    });

    it('leave a line in the log for each refusal, with its request id', async () => {
      const refused = answers.filter(({ answer }) => answer.status >= 400);
      const last = refused.at(-1).answer.headers['x-request-id'];
      await waitFor('the last line', () => log.some((line) => line.includes(last)));
      const lines = log.join('\n');
      const missing = refused.filter(({ answer }) => !lines.includes(answer.headers['x-request-id']));
      assert.ok(refused.length > total / 10);
      assert.deepEqual(
        missing.map((one) => describeOne(one, 'not in the log')),
        [],
      );
    });

    it('leave no delivery behind that holds up the others', async () => {
      const body = JSON.stringify({
        type: 'customer.updated',
        timestamp: new Date().toISOString(),
        data: { id: '99999999-9999-4999-8999-999999999999', email: 'a@example.test', name: 'a\u0000b' },
      });
      const [id, time] = ['nul', String(Math.floor(Date.now() / 1000))];
      const signature = createHmac('sha256', world.secrets.polarWebhook)
        .update(`${id}.${time}.${body}`)
        .digest('base64');
      const headers = { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': `v1,${signature}` };
      assert.equal((await world.call('POST', '/webhooks', { body, headers })).status, 202);

      await waitFor('an empty inbox', async () => {
        const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
        return text.includes('plinto_polar_queue_rows{queue="inbox",state="waiting"} 0\n');
      });
    });

    it('leave a server behind that works', async () => {
      assert.equal((await fetch(`${world.urls.server}/readyz`)).status, 200);
      const { status } = await world.call('GET', '/customer/data', { token: world.tokens.owner });
      assert.equal(status, 200);
    });
  });
}
