// A PostgreSQL of its own for one test, by scripts/postgres-for-tests.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { at } from './paths.mjs';

/** @returns {Promise<{ url: string, pid: number, stop: () => Promise<void> }>} */
export async function startPostgres() {
  const child = spawn(at('scripts/postgres-for-tests'), { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const [url] = await Promise.race([
    once(lines, 'line'),
    ended.then(([code]) => {
      throw new Error(`postgres-for-tests ended with code ${code}`);
    }),
  ]);
  return {
    url,
    /** The process that has started it. */
    pid: child.pid,
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
