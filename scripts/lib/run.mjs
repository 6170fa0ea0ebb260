// Runs a command to its end with its output shown, or kept and shown only on failure.
import { spawn } from 'node:child_process';
import { root } from './paths.mjs';

/**
 * Resolves with the exit code and, when `quiet`, the output. Throws only when the command cannot be started.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, quiet?: boolean }} options
 * @returns {Promise<{ code: number, output: string }>}
 */
export function attempt(command, args, { cwd = root, env = {}, quiet = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    });
    const chunks = [];
    child.stdout?.on('data', (chunk) => chunks.push(chunk));
    child.stderr?.on('data', (chunk) => chunks.push(chunk));
    child.once('error', (error) => reject(new Error(`cannot start ${command}: ${error.message}`)));
    child.once('close', (code, signal) => {
      resolve({
        code: code ?? 1,
        output: Buffer.concat(chunks).toString('utf8') + (signal ? `\nended by ${signal}` : ''),
      });
    });
  });
}

/** As `attempt`, and throws with the output when the command fails. */
export async function run(command, args, options = {}) {
  const { code, output } = await attempt(command, args, options);
  if (code === 0) return output;
  throw new Error(`${[command, ...args].join(' ')} ended with ${code}${output === '' ? '' : `:\n${output.trimEnd()}`}`);
}

/** The Node that runs this script, never another one that a package put on PATH. */
export const node = process.execPath;
