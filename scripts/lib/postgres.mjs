// A PostgreSQL of its own for one test, by scripts/postgres-for-tests.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { at } from './paths.mjs';

/**
 * @param {{ durable?: boolean }} options whether a commit waits for the disk
 * @returns {Promise<{ url: string, pid: number, stop: () => Promise<void> }>}
 */
export async function startPostgres({ durable = false } = {}) {
  const child = spawn(at('scripts/postgres-for-tests'), durable ? ['--durable'] : [], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
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
    /** The postmaster's, which pg_ctl lets go on by itself: another one after a restart. */
    get pid() {
      return Number(
        readFileSync(`${new URL(url).searchParams.get('host')}/data/postmaster.pid`, 'utf8').split('\n')[0],
      );
    },
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
