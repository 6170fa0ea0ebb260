// A program that has said that it listens stops in order, however soon it is asked to.
//
// What it prints goes to a pipe that is full, so that it is held in the midst of saying so for as long as the test wants.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { emulators } from '../../scripts/lib/emulator-process.mjs';
import { binary } from '../../scripts/lib/paths.mjs';
import { freePorts } from '../../scripts/lib/ports.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { fullPipe, startOnPipe } from './support/full-pipe.mjs';

const sigterm = 1n << 14n;

let folder;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'plinto-polar-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const catchesSigterm = (pid) => {
  const [, mask] = /^SigCgt:\t([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return (BigInt(`0x${mask}`) & sigterm) !== 0n;
};

const accepts = async (port) => {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
  return true;
};

describe('asked to stop while it says that it listens', { skip: process.platform !== 'linux' }, () => {
  for (const [name, command] of [['serve', [binary, 'serve']], ...Object.entries(emulators)]) {
    it(`${name} ends with exit code 0`, async () => {
      const [port] = await freePorts(1);
      const pipe = fullPipe(join(folder, name.replaceAll(/\W/g, '-')));
      const child = startOnPipe(pipe, [...command, '--port', String(port)], ['ignore', pipe.theirs, 'ignore'], folder);
      const ended = once(child, 'exit');
      try {
        await waitFor('the handler of SIGTERM', () => catchesSigterm(child.pid));
        // Node catches it from its beginning on: it is ours once the program listens.
        await waitFor('the port', () => accepts(port));
        child.kill('SIGTERM');
        const emptied = setInterval(pipe.drain, 20);
        const [code, signal] = await ended;
        clearInterval(emptied);

        assert.deepEqual([code, signal], [0, null]);
      } finally {
        child.kill('SIGKILL');
        pipe.close();
      }
    });
  }
});
