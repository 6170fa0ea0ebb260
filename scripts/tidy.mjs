// Runs clang-tidy over the core and the bindings, with the checks of .clang-tidy. Fails on the first finding of a file.
//
//   npm run tidy                           everything; takes minutes
//   npm run tidy -- cpp/core/webhook       what lies below these paths
//   npm run tidy -- --no-build             what is configured already
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { junitReport } from './lib/junit.mjs';
import { at, root } from './lib/paths.mjs';
import { attempt, node, run } from './lib/run.mjs';

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { junit: { type: 'string' }, 'no-build': { type: 'boolean', default: false } },
});

const program = ['clang-tidy-14', 'clang-tidy'].find((name) => spawnSync(name, ['--version']).status === 0);
if (program === undefined) {
  console.error('tidy: clang-tidy is missing; "bash scripts/setup --full" installs it.');
  process.exit(1);
}
const commands = 'build/clang/compile_commands.json';
if (!options['no-build'] || !existsSync(at(commands)))
  await run(node, [at('scripts/build.mjs'), '--clang'], { quiet: true });

const below = wanted.length === 0 ? ['cpp/core', 'bindings'] : wanted;
const listed = spawnSync('git', ['ls-files', '-z', '--', ...below], { cwd: root, encoding: 'utf8' });
const files = listed.stdout.split('\0').filter((path) => /^(?:cpp\/core|bindings)\/.*\.cpp$/.test(path));
if (files.length === 0) {
  console.error(`tidy: there is no C++ of the core or the bindings below ${below.join(', ')}`);
  process.exit(2);
}

// The bindings are in no database that clang-tidy could use: em++ says what it hands to its clang. The JSON library is
// where the preset "wasm" puts it.
const isBinding = (file) => file.startsWith('bindings/');
const forWasm = files.some(isBinding) ? await flagsOfEmscripten() : [];

const results = [];
const waiting = [...files];
await Promise.all(Array.from({ length: availableParallelism() }, work));
results.sort((left, right) => (left.name < right.name ? -1 : 1));
if (options.junit !== undefined) writeFileSync(options.junit, junitReport('tidy', results));
const bad = results.filter(({ failure }) => failure !== undefined).length;
console.log(`tidy: ${files.length} files, findings in ${bad}`);
process.exitCode = bad === 0 ? 0 : 1;

async function work() {
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    const started = Date.now();
    const how = isBinding(file) ? [file, '--', ...forWasm] : ['-p', 'build/clang', file];
    const { code, output } = await attempt(program, ['--quiet', '--extra-arg=-Wno-unknown-warning-option', ...how], {
      quiet: true,
    });
    const seconds = (Date.now() - started) / 1000;
    if (code !== 0) console.log(output.trimEnd());
    results.push({ name: `${file} is clean`, seconds, failure: code === 0 ? undefined : output.slice(0, 4000) });
  }
}

async function flagsOfEmscripten() {
  const output = await run('em++', ['--cflags'], { quiet: true, env: { NODE_PATH: '/usr/share/nodejs' } });
  const line = output.split('\n').find((text) => text.includes('--sysroot')) ?? '';
  return [
    ...line.trim().split(/\s+/),
    '-std=c++20',
    '-fno-exceptions',
    `-I${at('cpp')}`,
    '-isystem',
    at('build/wasm/include'),
  ];
}
