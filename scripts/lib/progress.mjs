// Runs a long command and says how far it is: one line that changes on a terminal, a line every tenth elsewhere.
import { spawn } from 'node:child_process';
import { root } from './paths.mjs';
import { say } from './say.mjs';

/** Where lines cannot replace each other, they follow each other no faster than this. */
const QUIET_MS = 5_000;

/** @typedef {{ done: number, total: number, what: string }} Step */

/**
 * Resolves with the exit code and with what the command printed beside its steps.
 * @param {string} command
 * @param {string[]} args
 * @param {{ stepOf: (line: string) => Step | undefined, env?: Record<string, string | undefined> }} options `stepOf`
 *   reads a line of output that says how far the command is
 * @returns {Promise<{ code: number, output: string }>}
 */
export function attemptWithProgress(command, args, { stepOf, env = {} }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const meter = createMeter();
    const kept = [];
    const heard = (line) => {
      const step = stepOf(line);
      if (step === undefined) kept.push(line);
      else meter.show(step);
    };
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop();
        lines.forEach(heard);
      });
      stream.on('end', () => rest !== '' && heard(rest));
    }
    child.once('error', (error) => reject(new Error(`cannot start ${command}: ${error.message}`)));
    child.once('close', (code, signal) => {
      meter.end();
      if (signal) kept.push(`ended by ${signal}`);
      resolve({ code: code ?? 1, output: kept.join('\n').trimEnd() });
    });
  });
}

/** Builds a CMake folder by Ninja. Throws with all that the build printed when it fails. */
export async function runBuild(folder, args, env) {
  const steps = { NINJA_STATUS: '[%f/%t] ' };
  const { code, output } = await attemptWithProgress('cmake', ['--build', folder, ...args], {
    stepOf: ninjaStep,
    env: { ...steps, ...env },
  });
  if (code !== 0) throw new Error(`${folder} does not build:\n${output}`);
}

function ninjaStep(line) {
  const step = /^\[(\d+)\/(\d+)\] (.*)$/.exec(line);
  return step === null ? undefined : { done: Number(step[1]), total: Number(step[2]), what: partOf(step[3]) };
}

/** The part of the sources that a step is about: `Building CXX object cpp/core/CMakeFiles/...` is about cpp/core. */
function partOf(step) {
  const object = /(\S+?)\/CMakeFiles\/[^/]+\.dir\/(?:(\S+)\/)?[^/]+$/.exec(step);
  if (object !== null) return [object[1], object[2]].filter(Boolean).join('/');
  return step.replace(/^Linking CXX (?:executable|static library) /, 'linking ');
}

/** What shows the steps as they are done. */
function createMeter() {
  const terminal = process.stdout.isTTY;
  let last = 0;
  let lastAt = Date.now();
  return {
    show({ done, total, what }) {
      const percent = Math.floor((100 * done) / total);
      const text = `        ${String(percent).padStart(3)} %  ${done} of ${total}  ${what}`;
      if (terminal) {
        process.stdout.write(`\r\u001b[K${text.slice(0, (process.stdout.columns || 80) - 1)}`);
      } else if (percent >= last + 10 && Date.now() - lastAt >= QUIET_MS) {
        say(text);
        last = percent - (percent % 10);
        lastAt = Date.now();
      }
    },
    end() {
      if (terminal) process.stdout.write('\r\u001b[K');
    },
  };
}
