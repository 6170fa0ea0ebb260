// Skips a step whose inputs are what they were when it last succeeded: by their contents, since a clone's times say
// nothing.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { at } from './paths.mjs';

/**
 * Runs `step` unless nothing changed and its output is there.
 * @param {string} name
 * @param {{ inputs: string[], outputs: string[] }} files paths from the root, of files or folders
 * @param {() => Promise<void>} step
 */
export async function unlessDone(name, { inputs, outputs }, step) {
  const stamp = at('build/stamps', name);
  const wanted = hashOf(inputs);
  const done = existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
  if (done && outputs.every((path) => existsSync(at(path)))) return;
  rmSync(stamp, { force: true });
  await step();
  mkdirSync(at('build/stamps'), { recursive: true });
  writeFileSync(stamp, wanted);
}

function hashOf(paths) {
  const hash = createHash('sha256').update(process.version);
  for (const path of paths.flatMap(filesBelow)) hash.update(`\0${path}\0`).update(readFileSync(at(path)));
  return hash.digest('hex');
}

function filesBelow(path) {
  if (!existsSync(at(path))) return [];
  if (!statSync(at(path)).isDirectory()) return [path];
  return readdirSync(at(path))
    .filter((name) => name !== 'dist' && name !== 'node_modules')
    .sort()
    .flatMap((name) => filesBelow(`${path}/${name}`));
}
