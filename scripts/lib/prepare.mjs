// What every command does first: set the machine up, then build what changed.

import { at } from './paths.mjs';
import { node, run } from './run.mjs';
import { stage } from './say.mjs';

/** @param {string[]} buildArgs options of scripts/build.mjs */
export async function prepare(buildArgs = []) {
  stage('Setting up');
  await run('bash', [at('scripts/setup')]);
  await run(node, [at('scripts/build.mjs'), ...buildArgs]);
}
