// `plinto-polar emulate` as a program: where it listens, and the file in which it keeps its history.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Child } from '../../scripts/lib/child.mjs';
import { binary } from '../../scripts/lib/paths.mjs';
import { freePorts } from '../../scripts/lib/ports.mjs';
import { attempt } from '../../scripts/lib/run.mjs';

const token = 'polar_oat_of_this_test';
let folder;
let port;
before(async () => {
  [port] = await freePorts(1);
  folder = await mkdtemp(join(tmpdir(), 'plinto-polar-'));
});
after(() => rm(folder, { recursive: true, force: true }));

// Its address is part of its history: a file goes on at the port where it was begun.
const flags = (file) => ['emulate', '--port', String(port), '--seed', '7', '--access-token', token, '--data', file];

async function during(file, use, more = []) {
  const child = new Child('emulate', [binary, ...flags(file), ...more]);
  try {
    const [, url] = await child.line(/listening on (http:\S+)/);
    return await use(url);
  } finally {
    await child.stop();
  }
}

async function call(url, method, path, body) {
  const answer = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  return answer.json();
}

/** With headers that `fetch` would not send. */
async function ask(url, method, path, headers) {
  const sent = request(url + path, { method, headers, agent: false });
  sent.on('error', () => {});
  sent.flushHeaders();
  if (headers['content-length'] === undefined) sent.end();
  const [answer] = await once(sent, 'response');
  let body = '';
  for await (const part of answer.setEncoding('utf8')) body += part;
  sent.destroy();
  return { status: answer.statusCode, body };
}

const ada = { email: 'ada@example.com', external_id: 'ada' };

describe('the emulator', () => {
  it('listens on other addresses than loopback only when told twice', async () => {
    const { code, output } = await attempt(binary, ['emulate', '--port', '0', '--host', '0.0.0.0'], { quiet: true });

    assert.notEqual(code, 0);
    assert.match(output, /--allow-remote/);
  });

  it('begins with the settings and tokens of a seed file, and goes on with them', async () => {
    const seed = join(folder, 'shop.json');
    const file = join(folder, 'seeded.jsonl');
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

    assert.deepEqual(await during(file, asked, ['--seed', seed]), [7, 200, 403]);
    assert.deepEqual(await during(file, asked, ['--seed', seed]), [7, 200, 403]);
  });

  it('takes one number and one file to begin with', async () => {
    const { code, output } = await attempt(binary, ['emulate', '--port', '0', '--seed', '1', '--seed', '2'], {
      quiet: true,
    });

    assert.notEqual(code, 0);
    assert.match(output, /--seed is given two numbers/);
  });

  it('refuses a seed file by the place of the mistake', async () => {
    const seed = join(folder, 'wrong.json');
    await writeFile(seed, JSON.stringify({ tokens: [{ token: 't', scopes: ['everything'] }] }));

    const { code, output } = await attempt(binary, ['emulate', '--port', '0', '--seed', seed], { quiet: true });

    assert.notEqual(code, 0);
    assert.match(output, /tokens\[0\]\.scopes\[0\]/);
  });

  it('goes on with what its file holds, which is for its owner alone', async () => {
    const file = join(folder, 'kept.jsonl');
    const made = await during(file, (url) => call(url, 'POST', '/v1/customers/', ada));

    const found = await during(file, (url) => call(url, 'GET', '/v1/customers/external/ada'));

    assert.deepEqual(found, made);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it('answers a body that is too large as Polar does', async () => {
    const answer = await during(join(folder, 'large.jsonl'), (url) =>
      ask(url, 'POST', '/v1/customers/', { 'content-length': String(11 * 1024 * 1024 + 1) }),
    );

    assert.equal(answer.status, 413);
    assert.deepEqual(JSON.parse(answer.body), {
      error: 'RequestBodyTooLarge',
      detail: 'The request body is larger than 10 MiB.',
    });
  });

  it('answers for this machine only, and lets no page of another use /_emulator', async () => {
    const status =
      (headers, path = '/_emulator/log') =>
      async (url) =>
        (await ask(url, 'GET', path, headers)).status;
    const file = join(folder, 'local.jsonl');
    await during(file, async (url) => {
      for (const host of ['evil.example', 'evil.example:4010', '127.evil.example', 'localhost.evil.example', '[::2]']) {
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
    const file = join(folder, 'damaged.jsonl');
    await during(file, (url) => call(url, 'POST', '/v1/customers/', ada));
    const lines = (await readFile(file, 'utf8')).split('\n');
    lines[1] = lines[1].replace('ada@', 'eva@');
    await writeFile(file, lines.join('\n'));

    const { code, output } = await attempt(binary, flags(file), { quiet: true });

    assert.notEqual(code, 0);
    assert.match(output, /Line 2 /);
  });
});
