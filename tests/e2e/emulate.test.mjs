// `emulate` as a program, native and by npx: where it listens, what it delivers, and the file in which it keeps its history.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { Child } from '../../scripts/lib/child.mjs';
import { emulators } from '../../scripts/lib/emulator-process.mjs';
import { freePorts } from '../../scripts/lib/ports.mjs';
import { attempt } from '../../scripts/lib/run.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';

const token = 'polar_oat_of_this_test';
const secret = 'whsec_of-this-test-0123456789-0123456789';
const ada = { email: 'ada@example.com', external_id: 'ada' };
const authorization = `Bearer ${token}`;

let folder;
let port;
before(async () => {
  [port] = await freePorts(1);
  folder = await mkdtemp(join(tmpdir(), 'plinto-polar-'));
});
after(() => rm(folder, { recursive: true, force: true }));

// Its address is part of its history: a file goes on at the port where it was begun.
const flags = (file) => ['--port', String(port), '--seed', '7', '--access-token', token, '--data', file];

/** Starts an emulator for as long as `use` takes, and sees that it ends in order. */
async function during([program, ...args], use) {
  const child = new Child('emulate', [program, ...args]);
  let code;
  try {
    const [, url] = await child.line(/listening on (http:\S+)/);
    return await use(url, child);
  } finally {
    code = await child.stop();
    assert.equal(code, 0, child.tail());
  }
}

async function call(url, method, path, body) {
  const answer = await fetch(url + path, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  return answer.json();
}

/** With headers and bytes that `fetch` would not send. */
async function ask(url, method, path, headers, bytes) {
  const sent = request(url + path, { method, headers, agent: false });
  sent.on('error', () => {});
  sent.flushHeaders();
  if (bytes !== undefined || headers['content-length'] === undefined) sent.end(bytes);
  const [answer] = await once(sent, 'response');
  let body = '';
  for await (const part of answer.setEncoding('utf8')) body += part;
  sent.destroy();
  return { status: answer.statusCode, headers: answer.headers, body };
}

/** An application's endpoint. It keeps what comes, and answers as `answer` says; with 0 not at all. */
async function startReceiver(answer = () => 202) {
  const deliveries = [];
  const of = (type) => deliveries.filter((one) => one.type === type);
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    deliveries.push({ headers: request.headers, body, type: JSON.parse(body).type });
    const status = answer(deliveries.at(-1).type, of);
    if (status === 0) request.socket.destroy();
    else response.writeHead(status).end('seen');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/hooks`,
    deliveries,
    of,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

for (const [name, command] of Object.entries(emulators)) {
  const refused = async (args, reason) => {
    const { code, output } = await attempt(command[0], [...command.slice(1), ...args], { quiet: true });
    assert.equal(code, 2, output);
    assert.match(output, reason);
  };
  const withFile = (file, use, more = []) => during([...command, ...flags(file), ...more], use);
  const withFlags = (more, use) => during([...command, '--port', '0', '--access-token', token, ...more], use);
  const fileOf = (what) => join(folder, `${what}-${command.length}.jsonl`);

  describe(name, () => {
    it('listens on other addresses than loopback only when told twice', async () => {
      await refused(['--port', '0', '--host', '0.0.0.0'], /--allow-remote/);
      await withFlags(['--host', '0.0.0.0', '--allow-remote'], async (url) => {
        assert.match(url, /^http:\/\/0\.0\.0\.0:/);
        const { status } = await ask(url.replace('0.0.0.0', '127.0.0.1'), 'GET', '/_emulator/log', {
          host: 'my.laptop',
        });
        assert.equal(status, 200);
      });
    });

    it('begins with the settings and tokens of a seed file, and goes on with them', async () => {
      const seed = join(folder, 'shop.json');
      const file = fileOf('seeded');
      await writeFile(
        seed,
        JSON.stringify({
          settings: { benefit_revocation_grace_period: 7 },
          tokens: [{ token: 'polar_oat_reader', scopes: ['products:read'] }],
        }),
      );
      const asked = async (url) => {
        const read = (path) => fetch(url + path, { headers: { authorization: 'Bearer polar_oat_reader' } });
        const settings = await (await fetch(`${url}/_emulator/settings`)).json();
        return [
          settings.benefit_revocation_grace_period,
          (await read('/v1/products/')).status,
          (await read('/v1/orders/')).status,
        ];
      };

      assert.deepEqual(await withFile(file, asked, ['--seed', seed]), [7, 200, 403]);
      assert.deepEqual(await withFile(file, asked, ['--seed', seed]), [7, 200, 403]);
    });

    it('takes one number and one file to begin with', async () => {
      await refused(['--port', '0', '--seed', '1', '--seed', '2'], /--seed is given two numbers/);
    });

    it('refuses a seed file by the place of the mistake', async () => {
      const seed = join(folder, 'wrong.json');
      await writeFile(seed, JSON.stringify({ tokens: [{ token: 't', scopes: ['everything'] }] }));

      await refused(['--port', '0', '--seed', seed], /tokens\[0\]\.scopes\[0\]/);
      await refused(
        ['--port', '0', '--seed', join(folder, 'nothing.json')],
        /no file that can be read: .*nothing\.json/,
      );
      await writeFile(seed, '');
      await refused(['--port', '0', '--seed', seed], /is empty/);
    });

    it('goes on with what its file holds, which is for its owner alone', async () => {
      const file = fileOf('kept');
      const made = await withFile(file, (url) => call(url, 'POST', '/v1/customers/', ada));

      const found = await withFile(file, (url) => call(url, 'GET', '/v1/customers/external/ada'));

      assert.deepEqual(found, made);
      assert.equal((await stat(file)).mode & 0o777, 0o600);
    });

    it('answers a body that is too large as Polar does', async () => {
      const size = 11 * 1024 * 1024 + 1;
      const bytes = Buffer.alloc(size, 'x');
      const headers = { authorization, 'content-type': 'application/json' };
      await withFile(fileOf('large'), async (url) => {
        for (const answer of [
          await ask(url, 'POST', '/v1/customers/', { 'content-length': String(size) }),
          await ask(url, 'POST', '/v1/customers/', { ...headers, 'transfer-encoding': 'chunked' }, bytes),
          await ask(
            url,
            'POST',
            '/v1/customers/',
            { ...headers, 'content-length': String(size - 1) },
            bytes.subarray(1),
          ),
        ]) {
          assert.equal(answer.status, 413);
          assert.deepEqual(JSON.parse(answer.body), {
            error: 'RequestBodyTooLarge',
            detail: 'The request body is larger than 10 MiB.',
          });
        }
      });
    });

    it('answers for this machine only, and lets no page of another use /_emulator', async () => {
      const status =
        (headers, path = '/_emulator/log') =>
        async (url) =>
          (await ask(url, 'GET', path, headers)).status;
      const file = fileOf('local');
      await withFile(file, async (url) => {
        for (const host of [
          'evil.example',
          'evil.example:4010',
          '127.evil.example',
          'localhost.evil.example',
          '[::2]',
        ]) {
          assert.equal(await status({ host })(url), 403, host);
          assert.equal(await status({ host }, '/v1/products/')(url), 403, host);
        }
        for (const host of [
          'localhost',
          'LOCALHOST:4010',
          'app.localhost',
          '127.0.0.2:80',
          '[::1]:1',
          'sandbox.polar.sh',
        ]) {
          assert.equal(await status({ host })(url), 200, host);
        }
        for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1.evil.example']) {
          assert.equal(await status({ origin })(url), 403, origin);
          assert.equal((await ask(url, 'POST', '/_emulator/tokens', { origin })).status, 403, origin);
          // Polar's own API is for every page.
          assert.equal(await status({ origin }, '/v1/products/')(url), 401, origin);
        }
        for (const origin of [url, 'http://localhost:3000', 'http://[::1]:80']) {
          assert.equal(await status({ origin })(url), 200, origin);
        }
      });
    });

    it('refuses a damaged file and names the line', async () => {
      const file = fileOf('damaged');
      await withFile(file, (url) => call(url, 'POST', '/v1/customers/', ada));
      const lines = (await readFile(file, 'utf8')).split('\n');
      lines[1] = lines[1].replace('ada@', 'eva@');
      await writeFile(file, lines.join('\n'));

      await refused(flags(file), /Line 2 /);
    });

    it('refuses by name a flag that it does not have, twice, or without a value', async () => {
      await refused(['--bogus'], /not expected: --bogus/);
      await refused(['extra'], /not expected: extra/);
      await refused(['--data', 'a', '--data', 'b'], /--data/);
      await refused(['--port', '--seed', '7'], /--port/);
      for (const port of ['010', '0x10', '1e2', '-1', '', ' 5']) await refused([`--port=${port}`], /--port/);
      await refused(['--rate-limit', 'none'], /sandbox/);
      await refused(['--webhook-secret', 'short'], /--webhook-secret/);
      await refused(['--webhook-url', 'app.example'], /--webhook-url is not an http or https URL/);
      await refused(['--transcript', join(folder, 'no/where')], /--transcript/);
      await refused(['--port', '0', '--data', join(folder, 'no/where')], /--data cannot be used/);
    });

    it('says which address is in use', async () => {
      await withFlags([], async (url) => {
        const taken = new URL(url).port;
        await refused(['--port', taken], new RegExp(`Cannot listen on 127.0.0.1:${taken}`));
      });
    });

    it('holds its file alone, and does not go on with it as another', async () => {
      const file = fileOf('held');
      await withFile(file, () => refused(['--port', '0', '--data', file], /another emulator has it open/));

      await refused([...flags(file), '--webhook-url', 'http://127.0.0.1:9/'], /begun with another --webhook-url/);
      await refused(['--port', '0', '--data', file], /begun with another address/);
    });

    it('prints what an application is configured with, and answers HEAD without a body', async () => {
      const args = ['--seed', '7', '--webhook-secret', secret];
      await withFlags(args, async (url, child) => {
        assert.equal((await child.line(/^access token: +(\S+)/))[1], token);
        assert.equal((await child.line(/^webhook secret: +(\S+)/))[1], secret);
        await child.line(/^product: +[0-9a-f-]{36} {2}Pro, 2000 usd minor units a month$/);
        const get = await ask(url, 'GET', '/v1/products/', { authorization });
        const head = await ask(url, 'HEAD', '/v1/products/', { authorization });
        assert.deepEqual([head.status, head.body], [200, '']);
        assert.equal(head.headers['content-length'], get.headers['content-length']);
        assert.equal(head.headers['content-type'], 'application/json');
      });
    });

    it('delivers webhooks that verify, tries again as its clock says, and tells what was answered', async () => {
      const receiver = await startReceiver((type, of) =>
        type === 'customer.created' && of(type).length === 1 ? 500 : 202,
      );
      const args = ['--webhook-secret', secret, '--webhook-url', receiver.url];
      try {
        await withFlags(args, async (url, child) => {
          await call(url, 'POST', '/v1/customers/', ada);
          await child.line(/webhook \S+ was answered 500/);
          await waitFor('the first attempt', async () => {
            const { deliveries } = await call(url, 'GET', '/_emulator/log?type=customer.created');
            return deliveries[0]?.status === 500;
          });

          await call(url, 'POST', '/_emulator/clock', { advance: '1 minute' });
          await waitFor('the second attempt', () => receiver.of('customer.created').length >= 2);

          const [first, second] = receiver.of('customer.created');
          assert.equal(first.headers['webhook-id'], second.headers['webhook-id']);
          new Webhook(Buffer.from(secret).toString('base64')).verify(second.body, second.headers);
          const { items } = await waitFor('the record of it', async () => {
            const found = await call(url, 'GET', '/v1/webhooks/deliveries?succeeded=true');
            return found.items.length > 0 && found;
          });
          assert.equal(items.at(-1).response, 'seen');
        });
      } finally {
        receiver.stop();
      }
    });

    it('takes a receiver that breaks off for a failed delivery, and one that is not there', async () => {
      const receiver = await startReceiver(() => 0);
      const gone = await startReceiver();
      gone.stop();
      try {
        await withFlags(['--webhook-url', receiver.url], async (url) => {
          const endpoint = { url: gone.url, format: 'raw', events: ['customer.created'] };
          await call(url, 'POST', '/v1/webhooks/endpoints', endpoint);
          await call(url, 'POST', '/v1/customers/', ada);
          const faults = await waitFor('both faults', async () => {
            const { deliveries } = await call(url, 'GET', '/_emulator/log?type=customer.created');
            return deliveries.length === 2 && deliveries.map(({ fault }) => fault).sort();
          });
          assert.deepEqual(faults, ['connection_refused', 'network']);
        });
      } finally {
        receiver.stop();
      }
    });

    it('has a clock that runs, stands and is moved', async () => {
      await withFlags([], async (url) => {
        const clock = (body) => call(url, 'POST', '/_emulator/clock', body);
        assert.equal((await clock({ rate: 3600 })).mode, 'scaled');
        const before = Date.parse((await call(url, 'GET', '/_emulator/clock')).now);
        await waitFor('an hour', async () => {
          return Date.parse((await call(url, 'GET', '/_emulator/clock')).now) - before >= 3_600_000;
        });
        const stood = await clock({ mode: 'frozen' });
        assert.deepEqual(await call(url, 'GET', '/_emulator/clock'), stood);
        const moved = await clock({ advance: '1 month' });
        assert.ok(Date.parse(moved.now) - Date.parse(stood.now) >= 28 * 86_400_000);
      });
    });

    it('renews a subscription and tells of it when its clock has come there', async () => {
      const receiver = await startReceiver();
      try {
        await withFlags(['--seed', '7', '--webhook-url', receiver.url], async (url) => {
          const { items } = await call(url, 'GET', '/v1/products/?query=Pro&limit=100');
          const product = items.find((one) => one.name === 'Pro').id;
          const checkout = await call(url, 'POST', '/v1/checkouts/', {
            products: [product],
            customer_email: ada.email,
          });
          await call(url, 'POST', `/v1/checkouts/client/${checkout.client_secret}/confirm`, {
            confirmation_token_id: 'ctoken_visa',
            customer_billing_address: { country: 'FR' },
          });
          await waitFor('the first order', () => receiver.of('order.paid').length === 1);

          await call(url, 'POST', '/_emulator/clock', { advance: '1 month' });

          await waitFor('the renewal', () => receiver.of('order.paid').length === 2);
          const { data } = JSON.parse(receiver.of('order.paid')[1].body);
          assert.equal(data.billing_reason, 'subscription_cycle');
        });
      } finally {
        receiver.stop();
      }
    });

    it('answers late, and not at all, where a fault wants that', async () => {
      await withFlags([], async (url) => {
        const read = { match: 'GET /v1/products/', count: 1 };
        await call(url, 'POST', '/_emulator/faults', { kind: 'cut', ...read });
        await assert.rejects(
          ask(url, 'GET', '/v1/products/', { authorization }).then(
            () => 'answered',
            (error) => Promise.reject(error),
          ),
        );
        await call(url, 'POST', '/_emulator/faults', { kind: 'slow', delay_ms: 300, ...read });
        const before = performance.now();
        const answer = await ask(url, 'GET', '/v1/products/', { authorization });
        assert.ok(performance.now() - before >= 290);
        assert.deepEqual([answer.status, answer.headers['x-emulator-delay-ms']], [200, undefined]);
      });
    });

    it('appends each API request with its answer to a transcript, which is for its owner alone', async () => {
      const file = fileOf('transcript');
      await withFlags(['--transcript', file], async (url) => {
        await call(url, 'POST', '/v1/customers/', ada);
        await call(url, 'GET', '/_emulator/log');
      });

      const lines = (await readFile(file, 'utf8'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      assert.deepEqual(
        lines.map(({ method, route, status }) => [method, route, status]),
        [['POST', '/v1/customers/', 201]],
      );
      assert.equal((await stat(file)).mode & 0o777, 0o600);
    });

    it('limits requests as Polar does when told to', async () => {
      await withFlags(['--rate-limit', 'sandbox'], async (url) => {
        const statuses = new Set();
        for (let count = 0; count <= 100; ++count) {
          const answer = await fetch(`${url}/v1/products/`, { headers: { authorization } });
          await answer.arrayBuffer();
          statuses.add(answer.status);
        }
        assert.deepEqual([...statuses], [200, 429]);
      });
    });
  });
}

describe('the two programs', () => {
  it('give one history: the same seed, requests and answers, byte for byte', async () => {
    const said = [];
    for (const command of Object.values(emulators)) {
      const args = [...command, '--port', String(port), '--seed', '7', '--access-token', token];
      said.push(
        await during(args, async (url) => {
          const answers = [];
          const send = async (method, path, headers, bytes) =>
            answers.push((await ask(url, method, path, { authorization, ...headers }, bytes)).body);
          await call(url, 'POST', '/_emulator/clock', { mode: 'frozen' });
          await call(url, 'POST', '/_emulator/clock', { now: '2031-01-01T00:00:00Z' });
          await send('POST', '/v1/customers/', { 'content-type': 'application/json' }, JSON.stringify(ada));
          await send('GET', '/v1/products/', {});
          await send('POST', '/v1/customers/', {}, Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d]));
          await send('POST', '/v1/customers/', { 'content-type': 'text/plain' }, '{}');
          await send('GET', '/v1/nothing', {});
          await send('GET', '/_emulator', {});
          return answers.map((answer) => answer.replaceAll(/20\d\d-\d\d-\d\dT[\d:.]+Z/g, 'T'));
        }),
      );
    }
    assert.deepEqual(said[0], said[1]);
  });

  it("go on with each other's file", async () => {
    const [native, npx] = Object.values(emulators);
    for (const [first, then] of [
      [native, npx],
      [npx, native],
    ]) {
      const file = join(folder, `handed-over-${first.length}.jsonl`);
      const seed = join(folder, 'handed-over.json');
      await writeFile(
        seed,
        `{ "products": [{ "name": "Plan", "prices": [{"amount_type": "free"}],   "recurring_interval": "month" }] }`,
      );
      const start = (command) => [...command, ...flags(file), '--seed', seed];
      const made = await during(start(first), (url) => call(url, 'POST', '/v1/customers/', ada));
      const eva = { email: 'eva@example.com', external_id: 'eva' };

      const more = await during(start(then), async (url) => {
        assert.deepEqual(await call(url, 'GET', '/v1/customers/external/ada'), made);
        return call(url, 'POST', '/v1/customers/', eva);
      });

      await during(start(first), async (url) => {
        assert.deepEqual(await call(url, 'GET', '/v1/customers/external/eva'), more);
      });
    }
  });
});
