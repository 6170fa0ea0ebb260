// A pipe that is full: who writes to it waits, until somebody reads.
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';

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
