// The commands beside the server, on SQLite and on PostgreSQL: what they refuse, and what is sealed by the server's key.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Child } from '../../scripts/lib/child.mjs';
import { binary } from '../../scripts/lib/paths.mjs';
import { startPostgres } from '../../scripts/lib/postgres.mjs';
import { attempt } from '../../scripts/lib/run.mjs';

const newKey = () => randomBytes(32).toString('base64');
const account = {
  POLAR_ACCESS_TOKEN: 'polar_oat_of-the-server',
  POLAR_API_URL: 'http://127.0.0.1:9',
  POLAR_WEBHOOK_SECRET: 'whsec_of-the-server-0123456789-0123456789',
  PLINTO_API_URL: 'http://127.0.0.1:9',
  PLINTO_JWT_SECRET: 'a secret that is long enough to sign',
  PORT: '0',
};
const acme = {
  TENANT_POLAR_ACCESS_TOKEN: 'polar_oat_of-acme',
  TENANT_POLAR_WEBHOOK_SECRET: 'whsec_of-acme-0123456789-0123456789',
};

let folder;
let databases = 0;
const newSqlite = () => `sqlite:${join(folder, `${++databases}.db`)}`;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'plinto-polar-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

// One that should have been refused, and goes on serving instead, is ended: its exit code is 124 then.
const command = (args, env) => attempt('timeout', ['20', binary, ...args], { env, quiet: true });

/** Starts the server and stops it again. Resolves with the keys that it published meanwhile. */
async function serveOnce(env) {
  const server = new Child('the server', [binary, 'serve'], { env: { ...account, ...env } });
  const [, url] = await server.line(/listening on (\S+)/);
  const keys = await (await fetch(`${url}/.well-known/jwks.json`)).json();
  assert.equal(await server.stop(), 0);
  return keys;
}

async function assertRefused(args, env, code, reason) {
  const answer = await command(args, env);
  assert.equal(answer.code, code, `${args.join(' ')}: ${answer.output}`);
  assert.match(answer.output, reason);
}

/** Every command that does something, by what the program's help says of it. */
async function everyCommand(args = []) {
  const { output } = await command([...args, '--help'], {});
  const section = (title) => output.split(`\n${title}:\n`)[1]?.split('\n\n')[0] ?? '';
  const names = [...section('Subcommands').matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name);
  if (names.length > 0) return (await Promise.all(names.map((name) => everyCommand([...args, name])))).flat();
  const positionals = [...section('Positionals').matchAll(/^ {2}[a-z]+ [A-Z]+ REQUIRED/gm)].map(() => '1');
  const options = [...output.matchAll(/^ {2,4}(--[a-z-]+)( [A-Z]+)?( REQUIRED)?/gm)].map(
    ([, name, type, required]) => ({
      name,
      given: type === undefined ? [name] : [name, '1'],
      required: required !== undefined,
    }),
  );
  const needed = [...positionals, ...options.filter(({ required }) => required).flatMap(({ given }) => given)];
  if (output.includes('Exactly 1 of the following')) needed.push(options.at(-1).name);
  return [{ args, needed, options }];
}

/** Runs `work` for each, four at a time. */
async function forEach(items, work) {
  const left = [...items];
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      while (left.length > 0) await work(left.shift());
    }),
  );
}

describe('every command', () => {
  let commands;
  before(async () => {
    commands = await everyCommand();
  });

  it('refuses by name what it does not know, and what is one word too many', async () => {
    assert.ok(commands.length >= 15, `${commands.length}`);
    await forEach(commands, async ({ args, needed }) => {
      await assertRefused([...args, ...needed, '--bogus'], {}, 2, /not expected: --bogus/);
      await assertRefused([...args, ...needed, '1', '2', 'extra'], {}, 2, /not expected: .*extra/);
    });
  });

  it('refuses by name an option that is given twice, and one without its value', async () => {
    // A setting's flag is the same in each command that has it.
    const seen = new Set();
    const isNew = ({ options }, { name }) => options.length < 15 || (!seen.has(name) && seen.add(name));
    const twice = commands.flatMap((one) =>
      one.options.filter((option) => isNew(one, option)).map((option) => ({ ...one, option })),
    );
    assert.ok(twice.length > 100, `${twice.length}`);
    await forEach(twice, async ({ args, needed, option: { name, given } }) => {
      await assertRefused([...args, ...needed, ...given, ...given], {}, 2, new RegExp(`${name}\\b`));
    });
    await forEach(commands, async ({ args, needed, options }) => {
      const option = options.find(({ given }) => given.length === 2)?.name;
      if (option !== undefined) await assertRefused([...args, ...needed, option], {}, 2, new RegExp(option));
    });
  });

  it('takes numbers in decimal, and nothing that could be read in two ways', async () => {
    for (const number of ['010', '0x10', '+5', '1e2', '5.0', '-1', '', ' 5']) {
      for (const [name, ...args] of [
        ['--limit', 'usage', 'list'],
        ['--after', 'notifications', 'list'],
        ['--id', 'notifications', 'log'],
        ['--limit', 'replay'],
        ['--port', 'emulate'],
      ]) {
        await assertRefused([...args, `${name}=${number}`], {}, 2, /./);
      }
    }
  });
});

describe('a command beside the server', () => {
  it('refuses an SQLite database that is not there, and creates none', async () => {
    const DATABASE_URL = newSqlite();
    const env = { ...account, DATABASE_URL, PLINTO_POLAR_KEY: newKey(), ...acme };
    for (const args of [
      ['key', 'list'],
      ['key', 'add', '--scope', 'usage:write'],
      ['key', 'remove', '0a1b2c3d-0000-4000-8000-000000000001'],
      ['tenant', 'list'],
      ['tenant', 'add', 'acme'],
      ['tenant', 'rotate', 'acme'],
      ['tenant', 'remove', 'acme'],
      ['tenant', 'remove', 'acme', '--now'],
      ['replay'],
      ['usage', 'list'],
      ['usage', 'replay', '--all'],
      ['usage', 'show', '17'],
      ['usage', 'verify'],
      ['usage', 'correct', '1', '--quantity', '1'],
      ['notifications', 'list'],
      ['notifications', 'log'],
      ['notifications', 'replay', '--all'],
      ['reconcile'],
      ['reconcile', '--customer', '0a1b2c3d-0000-4000-8000-000000000001', '--dry-run'],
      ['why', '0a1b2c3d-0000-4000-8000-000000000001'],
    ]) {
      await assertRefused(args, env, 1, /There is no database/);
    }
    assert.ok(!existsSync(DATABASE_URL.slice('sqlite:'.length)));
  });
});

for (const [engine, start] of Object.entries({ SQLite: async () => undefined, PostgreSQL: startPostgres })) {
  describe(`on ${engine}`, () => {
    let postgres;
    let env;
    const key = newKey();
    before(async () => {
      postgres = await start();
      env = { DATABASE_URL: postgres?.url ?? newSqlite() };
    });
    after(() => postgres?.stop());

    it('a server that is given a key seals what it signs entitlement tokens with, and publishes the same keys', async () => {
      const before = await serveOnce(env);
      const after = await serveOnce({ ...env, PLINTO_POLAR_KEY: key });

      assert.deepEqual(after, before);
      await assertRefused(['serve'], { ...account, ...env, PLINTO_POLAR_KEY: '' }, 2, /sealed/);
    });

    it("a first tenant is refused under another key than the server's, and the server still starts", async () => {
      const other = { ...env, ...acme, PLINTO_POLAR_KEY: newKey() };
      await assertRefused(['tenant', 'add', 'acme'], other, 2, /another PLINTO_POLAR_KEY/);
      assert.equal((await command(['tenant', 'add', 'acme'], { ...env, ...acme, PLINTO_POLAR_KEY: key })).code, 0);

      await serveOnce({ ...env, PLINTO_POLAR_KEY: key });
    });

    it('a webhook secret that is empty is neither added nor rotated to', async () => {
      for (const secret of [',', 'whsec_one,', ' ,whsec_one']) {
        for (const [verb, id] of Object.entries({ add: 'other', rotate: 'acme' })) {
          const args = ['tenant', verb, id, '--polar-webhook-secret', secret];
          await assertRefused(args, { ...env, ...acme, PLINTO_POLAR_KEY: key }, 2, /secret is empty/);
        }
      }
    });

    it('parked deliveries of a tenant that there is not are neither listed nor replayed', async () => {
      for (const more of [[], ['--all'], ['msg_1']]) {
        await assertRefused(['replay', '--tenant', 'nope', ...more], env, 1, /no tenant `nope`/);
      }
      assert.equal((await command(['replay', '--tenant', 'acme'], env)).code, 0);
    });

    it('the mirror of a tenant or a customer that there is not is not verified', async () => {
      const server = { ...account, ...env, PLINTO_POLAR_KEY: key };
      await assertRefused(['reconcile', '--tenant', 'nope'], server, 1, /no tenant `nope`/);
      const unknown = ['reconcile', '--customer', '0a1b2c3d-0000-4000-8000-000000000001'];
      await assertRefused(unknown, server, 1, /No customer has this id/);
      await assertRefused(unknown, { ...server, POLAR_ACCESS_TOKEN: '' }, 2, /POLAR_ACCESS_TOKEN/);
      const { code, output } = await command(['reconcile', '--tenant', 'acme', '--dry-run'], server);
      assert.equal(code, 0, output);
      assert.match(output, /^0 customers verified, 0 differences, nothing was stored$/m);
    });

    it('nothing is explained of a tenant or a customer that there is not, nor two questions at once', async () => {
      const server = { ...account, ...env, PLINTO_POLAR_KEY: key };
      const unknown = ['why', '0a1b2c3d-0000-4000-8000-000000000001'];
      await assertRefused([...unknown, '--tenant', 'nope'], server, 1, /no tenant `nope`/);
      await assertRefused([...unknown, '--tenant', 'acme'], server, 1, /No customer has this id/);
      await assertRefused([...unknown, '--feature', 'export'], server, 1, /No customer has this id/);
      await assertRefused([...unknown, '--feature', 'x'.repeat(129)], server, 2, /1 to 128 bytes/);
      await assertRefused([...unknown, '--feature', 'export', '--tier', 'pro'], server, 2, /excludes --(tier|feature)/);
    });

    it("a key's name has no control characters, which would break the list", async () => {
      const add = (name) => ['key', 'add', '--scope', 'usage:write', '--name', name];
      for (const name of ['two\nlines', 'a\tb', '\u001b[2J', '\u007f', '\u0085', 'end\r']) {
        await assertRefused(add(name), env, 2, /control character/);
      }
      assert.equal((await command(add('Größe ☃ of Zoé'), env)).code, 0);

      const { output } = await command(['key', 'list'], env);
      assert.equal(output.trim().split('\n').length, 1);
      assert.match(output, /\tGröße ☃ of Zoé\n$/);
    });
  });
}
