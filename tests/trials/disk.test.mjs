// A disk that is full, and a file that cannot be written, under SQLite. `npm run test:full -- --only outages`
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { attempt, run } from '../../scripts/lib/run.mjs';
import { assertSaid, health, startBusyScene, waitForProblem, waitForReadiness } from './busy-scene.mjs';
import { Chance } from './chance.mjs';

const chance = Chance.announced('disk');
const quiet = { quiet: true };

/** A file system of its own, or why there is none. */
async function smallDisk(mebibytes) {
  const folder = mkdtempSync(join(tmpdir(), 'plinto-polar-disk-'));
  const { code, output } = await attempt('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'none', folder], quiet);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  if (code !== 0) {
    remove();
    return { why: `a file system of its own needs the right to mount one: ${output.trim()}` };
  }
  return {
    folder,
    fill: () => run('dd', ['if=/dev/zero', `of=${folder}/filler`, 'bs=4k'], quiet).catch(() => undefined),
    empty: () => rmSync(`${folder}/filler`),
    stop: async () => {
      await run('umount', [folder], quiet);
      remove();
    },
  };
}

/** A folder whose files may become unchangeable, or why they may not. */
async function changeableFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'plinto-polar-file-'));
  const probe = join(folder, 'probe');
  writeFileSync(probe, '');
  const { code, output } = await attempt('chattr', ['+i', probe], quiet);
  if (code === 0) await run('chattr', ['-i', probe], quiet);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  if (code !== 0) {
    remove();
    return { why: `chattr +i needs root and a file system that has it: ${output.trim()}` };
  }
  mkdirSync(join(folder, 'data'));
  const database = join(folder, 'data', 'plinto-polar.db');
  const change = (flag) => run('chattr', [flag, database, `${database}-wal`], quiet);
  return { database, freeze: () => change('+i'), thaw: () => change('-i'), stop: async () => remove() };
}

/** While nothing can be written: readers are served, writers are refused, and the operator is told. */
async function assertNothingWritten(scene, from) {
  const [server] = scene.servers;
  const [buyer] = scene.buyers.list;
  await waitForReadiness(server, 503);
  const { status } = await health(server, '/healthz');
  assert.equal(status, 200);
  assert.equal((await scene.ask(buyer.userId, 'GET', '/access')).status, 200);
  const event = { event_name: 'api_call', quantity: 1, external_id: `refused-${from}` };
  const refused = await scene.ask(buyer.userId, 'POST', '/usage', event);
  assert.deepEqual([refused.status, refused.body.error.code], [500, 'STORE_FAILED']);
  await assertSaid(scene, from, /the job `\w+` fails, and is tried again until it works/);
  await waitForProblem(server, 'job_failing', true);
}

async function assertWritten(scene, from) {
  const [server] = scene.servers;
  await waitForReadiness(server, 200);
  await assertSaid(scene, from, /the job `\w+` works again/);
  await waitForProblem(server, 'job_failing', false);
  await scene.assertWhole();
}

describe('a disk that is full', () => {
  it('refuses what cannot be kept, and is said to be so; afterwards nothing is missing', async (t) => {
    const disk = await smallDisk(24);
    if (disk.folder === undefined) return t.skip(disk.why);
    let scene;
    try {
      scene = await startBusyScene(chance, { databaseUrl: `sqlite:${disk.folder}/plinto-polar.db` });
      await sleep(3_000);
      const from = scene.lines.length;
      await disk.fill();
      await assertNothingWritten(scene, from);
      assert.match(
        scene.lines
          .slice(from)
          .map(({ line }) => line)
          .join('\n'),
        /disk is full/,
      );

      await disk.empty();
      await assertWritten(scene, from);
    } finally {
      await scene?.stop();
      await disk.stop();
    }
  });
});

describe('a file that cannot be written any more', () => {
  it('refuses what cannot be kept, and is said to be so; afterwards nothing is missing', async (t) => {
    const file = await changeableFolder();
    if (file.database === undefined) return t.skip(file.why);
    let scene;
    try {
      scene = await startBusyScene(chance, { databaseUrl: `sqlite:${file.database}` });
      await sleep(3_000);
      const from = scene.lines.length;
      await file.freeze();
      await assertNothingWritten(scene, from);

      await file.thaw();
      await assertWritten(scene, from);
    } finally {
      await file.thaw().catch(() => undefined);
      await scene?.stop();
      await file.stop();
    }
  });

  it('is refused at the start, with its name', async (t) => {
    const file = await changeableFolder();
    if (file.database === undefined) return t.skip(file.why);
    let scene;
    try {
      scene = await startBusyScene(chance, { databaseUrl: `sqlite:${file.database}` });
      const [server] = scene.servers;
      await scene.assertWhole();
      assert.equal(await server.stop(), 0);
      await run('chattr', ['+i', file.database], quiet);
      const { code, output } = await scene.attempt('serve', '--port', '0');
      await run('chattr', ['-i', file.database], quiet);
      assert.equal(code, 1, output);
      assert.ok(output.includes(file.database), output);
    } finally {
      await scene?.stop();
      await file.stop();
    }
  });
});
