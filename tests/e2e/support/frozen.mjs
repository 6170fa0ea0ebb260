// A PostgreSQL of one test that answers nothing for a while: its processes are stopped, and go on afterwards.
import { readdirSync, readFileSync } from 'node:fs';

/** The process and all that it has started. @param {number} pid @returns {number[]} */
function family(pid) {
  const parents = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It is gone already.
    }
  }
  const found = [pid];
  for (const one of found) {
    for (const [child, parent] of parents) if (parent === one) found.push(child);
  }
  return found;
}

/** @param {number} postmaster the process of startPostgres() @returns {() => void} lets it go on */
export function freeze(postmaster) {
  const stopped = family(postmaster);
  const signal = (name) => {
    for (const pid of stopped) {
      try {
        process.kill(pid, name);
      } catch {
        // It is gone already.
      }
    }
  };
  signal('SIGSTOP');
  return () => signal('SIGCONT');
}
