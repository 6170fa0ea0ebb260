// Nobody reads standard error, and its pipe is full: the server goes on, and says afterwards what is missing.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { emulators } from '../../scripts/lib/emulator-process.mjs';
import { binary } from '../../scripts/lib/paths.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { fullPipe, startOnPipe } from './support/full-pipe.mjs';

let folder;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'plinto-polar-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe('a log that nobody reads', { skip: process.platform !== 'linux' }, () => {
  it('holds nobody up, and says how many lines are missing once it is read', async () => {
    const pipe = fullPipe(join(folder, 'log'));
    const child = startOnPipe(pipe, [binary, 'serve', '--port', '0'], ['ignore', 'pipe', pipe.theirs], folder);
    const ended = once(child, 'exit');
    try {
      const [said] = await once(child.stdout, 'data');
      const url = /listening on (\S+)/.exec(said)[1];
      for (let i = 0; i < 50; ++i) assert.equal((await fetch(`${url}/nowhere`)).status, 404);

      assert.ok(!pipe.drain().includes('nowhere'));
      await fetch(`${url}/nowhere`);
      let log = '';
      await waitFor('the line of the request', () => {
        log += pipe.drain();
        return log.includes('/nowhere 404');
      });
      assert.match(log, /^(\d+) lines of the log are missing here: nobody read standard error\.\n/);
      assert.ok(Number(/^\d+/.exec(log)[0]) >= 50);

      pipe.fill();
      child.kill('SIGTERM');
      assert.deepEqual(await ended, [0, null]);
    } finally {
      child.kill('SIGKILL');
      pipe.close();
    }
  });

  for (const [name, command] of Object.entries(emulators)) {
    it(`does not hold up ${name} either`, async () => {
      const pipe = fullPipe(join(folder, name.replaceAll(/\W/g, '-')));
      const child = startOnPipe(pipe, [...command, '--port', '0'], ['ignore', 'pipe', pipe.theirs], folder);
      const ended = once(child, 'exit');
      try {
        let said = '';
        for await (const text of child.stdout.iterator({ destroyOnReturn: false })) {
          said += text;
          if (said.includes('listening on')) break;
        }
        const url = /listening on (\S+)/.exec(said)[1];
        for (let i = 0; i < 50; ++i) assert.equal((await fetch(`${url}/nowhere`)).status, 404);

        child.kill('SIGTERM');
        assert.deepEqual(await ended, [0, null]);
      } finally {
        child.kill('SIGKILL');
        pipe.close();
      }
    });
  }
});
