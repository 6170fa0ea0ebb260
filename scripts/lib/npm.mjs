// npm as this repository's scripts call it.
import { node, run } from './run.mjs';

/**
 * Runs the npm that belongs to the running Node: npm tells its path to what it starts; else the one on PATH.
 * Resolves with what it printed.
 */
export function npm(args, cwd) {
  const own = process.env.npm_execpath;
  const [command, first] = own === undefined ? ['npm', []] : [node, [own]];
  return run(command, [...first, ...args, '--loglevel=error'], { cwd, quiet: true });
}
