// What every command does first: set the machine up, then build what changed.
import { need, things } from './needs.mjs';
import { at } from './paths.mjs';
import { attempt, node } from './run.mjs';

/** The step that failed has said why, in its own words. */
export class AlreadySaid extends Error {}

/**
 * @param {string} command who asks
 * @param {string[] | undefined} buildArgs options of scripts/build.mjs; undefined builds nothing
 * @param {string[]} setupArgs options of scripts/setup
 */
export async function prepare(command, buildArgs, setupArgs = []) {
  need(command, things.bash);
  await succeed('the set-up', 'bash', [at('scripts/setup'), ...setupArgs]);
  if (buildArgs !== undefined) await build(buildArgs);
}

/** Builds, where the machine is ready. @param {string[]} args options of scripts/build.mjs */
export const build = (args) => succeed('the build', node, [at('scripts/build.mjs'), ...args]);

async function succeed(what, program, args) {
  const { code } = await attempt(program, args);
  if (code !== 0) throw new AlreadySaid(`${what} failed`);
}

/** For commands that are nothing without the build: ends the program, which has nothing to add. */
export async function buildOrExit(args) {
  await build(args).catch(() => process.exit(1));
}
