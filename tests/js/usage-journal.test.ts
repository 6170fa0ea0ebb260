// The journal of a back end that records usage: what `record` has returned outlives the process, whatever ends that.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createServerClient, type UsageStats } from '@plinto/polar/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from './support/eventually.ts';
import { Gateway } from './support/gateway.ts';
import { UsageServer } from './support/usage-server.ts';

const USER = '7b1f2c1a-0000-4000-8000-000000000001';
const serviceKey = `plinto_sk_${'0'.repeat(64)}`;
const program = fileURLToPath(new URL('./support/usage-process.mjs', import.meta.url));

let folder: string;
let file: string;
let gateway: Gateway;
let server: UsageServer;
let children: ChildProcess[] = [];
beforeEach(async () => {
  // One of its own: clients of the test before may still have something to say.
  gateway = await Gateway.start();
  folder = mkdtempSync(join(tmpdir(), 'plinto-polar-journal-'));
  file = join(folder, 'usage.jsonl');
  server = new UsageServer();
  gateway.answer(server.answer);
});
afterEach(async () => {
  for (const child of children) await kill(child);
  children = [];
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true });
});

const open = () => createServerClient({ baseUrl: gateway.url, serviceKey, usage: { file } });

interface Life {
  child: ChildProcess;
  /** What `record` has returned so far. */
  ids: string[];
  /** Resolves when that line is there. */
  line(what: RegExp): Promise<string>;
}

function start(count: number, { flush = '', shell = '' } = {}): Life {
  const args = [process.execPath, program, gateway.url, file, `${count}`, ...(flush ? [flush] : [])];
  const [command, ...others] = shell ? ['/bin/sh', '-c', `${shell} exec "$@"`, 'sh', ...args] : args;
  const child = spawn(command as string, others, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const lines: string[] = [];
  const ids: string[] = [];
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (text) => {
    lines.push(text);
    if (/^[\da-f-]{36} /.test(text)) ids.push(text.slice(0, 36));
  });
  const line = (what: RegExp) =>
    eventually(() => {
      const found = lines.find((text) => what.test(text));
      expect(found, `${child.exitCode} ${lines.at(-1)}`).toBeDefined();
      return found as string;
    });
  return { child, ids, line };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'close');
  child.kill('SIGKILL');
  await ended;
}

describe('the journal of usage', () => {
  it('loses nothing and doubles nothing when the process is killed again and again', async () => {
    const recorded: string[] = [];
    let asked = 0;
    // The server is away, loses answers, and is killed over by chance of the moment.
    gateway.answer((request) => {
      asked += 1;
      if (asked % 3 === 0) return { status: 503, body: { error: { code: 'STORE_UNAVAILABLE', message: 'Later.' } } };
      const answer = server.answer(request);
      return asked % 3 === 1 ? 'cut' : answer;
    });

    for (let life = 0; life < 8; life++) {
      const { child, ids } = start(1_000_000);
      await eventually(() => expect(ids.length).toBeGreaterThan(150 * (life + 1)));
      await kill(child);
      recorded.push(...ids);
    }
    gateway.answer(server.answer);
    await start(0, { flush: 'flush' }).line(/^done /);

    expect(recorded.length).toBeGreaterThan(5_000);
    expect(new Set(recorded).size).toBe(recorded.length);
    const lost = recorded.filter((id) => !server.stored.has(id));
    expect(lost).toEqual([]);
    // The last of each life may have been written and not returned.
    expect(server.stored.size - recorded.length).toBeLessThanOrEqual(8);
  });

  it('sends what an earlier process has left, whether or not this one records anything', async () => {
    gateway.answer('cut');
    const { child, ids, line } = start(30);
    await line(/^done /);
    await kill(child);

    gateway.answer(server.answer);
    open();

    await eventually(() => expect([...server.stored.keys()]).toEqual(ids));
  });

  it('lets a process end while the server is away', async () => {
    gateway.answer('cut');

    const { child, line } = start(5, { flush: 'flush' });
    await line(/^done /);
    const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];

    expect(code).toBe(0);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  it('goes without a line that was not finished', async () => {
    gateway.answer('cut');
    const { child, ids, line } = start(3);
    await line(/^done /);
    await kill(child);
    const last = readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) as string;
    appendFileSync(file, last.replaceAll(ids[2] as string, '00000000-0000-7000-8000-000000000000').slice(0, -9));

    gateway.answer(server.answer);
    const { usage } = open();
    const another = usage.record('api_call', { userId: USER });
    await usage.flush();

    expect([...server.stored.keys()]).toEqual([...ids, another]);
  });

  it('belongs to one process, until that is gone', async () => {
    const { child, line } = start(0);
    await line(/^open/);
    await line(/^done/);
    const alive = start(1_000_000);
    await alive.line(/^open/);

    expect(open).toThrow(
      expect.objectContaining({
        code: 'CONFIGURATION_INVALID',
        field: 'usage.file',
        message: expect.stringContaining(`process ${alive.child.pid} has it`),
      }),
    );
    await kill(alive.child);
    await kill(child);
    expect(open).not.toThrow();
  });

  it.runIf(existsSync('/proc/self/stat'))('is taken over from a process whose number another one has by now', () => {
    writeFileSync(`${file}.lock`, `${process.ppid} 1 00000000-0000-4000-8000-000000000000`);

    expect(open).not.toThrow();
  });

  it('is shared by the clients of a process', async () => {
    gateway.answer('cut');
    const [one, other] = [open(), open()];

    one.usage.record('api_call', { userId: USER });

    expect(await other.usage.stats()).toMatchObject({ keptIn: 'file', queued: 1 });
  });

  it('is written anew when most of it is over', async () => {
    const { usage } = open();
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 1_000; i++) usage.record('api_call', { userId: USER });
      expect(await usage.flush()).toMatchObject({ queued: 0, sent: 1_000 * (round + 1) });
    }

    expect(server.stored.size).toBe(3_000);
    expect(statSync(file).size).toBeLessThan(400_000);
    expect(existsSync(`${file}.new`)).toBe(false);
  });

  it('says so when the disk takes no more, and keeps the rest in memory until it is sent', async () => {
    // A limit of the system in place of a full disk: 16 blocks of 512 bytes.
    const { ids, line } = start(200, { flush: 'flush', shell: "trap '' XFSZ; ulimit -f 16;" });

    const [before, flushed, after] = JSON.parse((await line(/^done /)).slice(5)) as UsageStats[];

    expect(before).toMatchObject({ keptIn: 'memory', queued: 200 });
    expect(flushed).toMatchObject({ queued: 0, sent: 200 });
    expect([...server.stored.keys()]).toEqual(ids);
    expect(after).toMatchObject({ keptIn: 'file', queued: 0 });
  });

  it('is refused where it cannot be', () => {
    file = join(folder, 'nowhere', 'usage.jsonl');

    expect(open).toThrow(expect.objectContaining({ code: 'CONFIGURATION_INVALID', field: 'usage.file' }));
  });
});
