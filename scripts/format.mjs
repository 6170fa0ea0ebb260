// Formats the sources: clang-format over C++, biome over TypeScript and JavaScript. `--check` only looks.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { findProgram, need, things } from './lib/needs.mjs';
import { at, root } from './lib/paths.mjs';
import { attempt, node } from './lib/run.mjs';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
need('format', things.modules, things.git, things.clangFormat);

const listed = spawnSync('git', ['ls-files', '-z', '--', 'cpp', 'bindings', 'tests'], { cwd: root, encoding: 'utf8' });
const sources = listed.stdout.split('\0').filter((path) => /\.(h|cpp)$/.test(path));
const program = ['clang-format-14', 'clang-format'].find(findProgram);

const results = [];
if (values.check) {
  const { output } = await attempt(program, ['--dry-run', ...sources], { quiet: true });
  const wrong = new Set([...output.matchAll(/^(.+?):\d+:\d+: warning:/gm)].map(([, path]) => path));
  for (const path of wrong) console.error(`format: ${path} is not formatted`);
  results.push(wrong.size);
} else {
  results.push((await attempt(program, ['-i', ...sources])).code);
}
const biome = [at('node_modules/@biomejs/biome/bin/biome'), 'format', ...(values.check ? [] : ['--write']), '.'];
results.push((await attempt(node, biome)).code);
process.exit(results.some((code) => code !== 0) ? 1 : 0);
