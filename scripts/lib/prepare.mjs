// What every command does first: set the machine up, then build what changed.

import { at } from './paths.mjs';
import { node, run } from './run.mjs';
import { stage } from './say.mjs';

/**
 * @param {string[]} buildArgs options of scripts/build.mjs
 * @param {string[]} setupArgs options of scripts/setup
 */
export async function prepare(buildArgs = [], setupArgs = []) {
  stage('Setting up');
  await run('bash', [at('scripts/setup'), ...setupArgs]);
  await run(node, [at('scripts/build.mjs'), ...buildArgs]);
}
