// A pipe that is full: who writes to it waits, until somebody reads.
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Does `step` until it would have to wait. */
function untilBlocked(step) {
  try {
    while (step() > 0);
  } catch (error) {
    if (error.code !== 'EAGAIN') throw error;
  }
}

/** Makes one at `path`. `theirs` is the descriptor for the program that writes. */
export function fullPipe(path) {
  execFileSync('mkfifo', [path]);
  const ours = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const fill = () => untilBlocked(() => writeSync(ours, 'x'));
  fill();
  const scratch = Buffer.alloc(65_536);
  return {
    theirs: openSync(path, constants.O_WRONLY),
    fill,
    /** What was in it. */
    drain: () => {
      let text = '';
      untilBlocked(() => {
        const size = readSync(ours, scratch);
        text += scratch.toString('utf8', 0, size);
        return size;
      });
      return text;
    },
    close: () => closeSync(ours),
  };
}

/** Starts a program, with settings that reach nobody and its database in `folder`. `pipe` is one of its `stdio`. */
export function startOnPipe(pipe, [program, ...args], stdio, folder) {
  const child = spawn(program, args, {
    stdio,
    env: {
      ...process.env,
      POLAR_ACCESS_TOKEN: 'polar_oat_test',
      POLAR_API_URL: 'http://127.0.0.1:9',
      POLAR_WEBHOOK_SECRET: 'whsec_of-this-test-0123456789-0123456789',
      PLINTO_API_URL: 'http://127.0.0.1:9',
      PLINTO_JWT_SECRET: 'a secret that is long enough to sign',
      DATABASE_URL: `sqlite:${join(folder, 'pipe.db')}`,
    },
  });
  closeSync(pipe.theirs);
  return child;
}
