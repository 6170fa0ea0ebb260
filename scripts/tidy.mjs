// Runs clang-tidy over the core and the bindings, with the checks of .clang-tidy, by LLVM's own run-clang-tidy. Fails on
// any finding.
//
//   npm run tidy                           everything; takes minutes
//   npm run tidy -- cpp/core/webhook       what lies below these paths
//   npm run tidy -- --no-build             what is configured already
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { junitReport } from './lib/junit.mjs';
import { made, need, things } from './lib/needs.mjs';
import { at, root } from './lib/paths.mjs';
import { buildOrExit } from './lib/prepare.mjs';
import { attemptWithProgress } from './lib/progress.mjs';
import { run } from './lib/run.mjs';

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { junit: { type: 'string' }, 'no-build': { type: 'boolean', default: false } },
});

const commands = 'build/clang/compile_commands.json';
need('tidy', things.clangTidy, things.clang, things.git);
if (options['no-build']) need('tidy', made(commands, 'npm run tidy'));

const below = wanted.length === 0 ? ['cpp/core', 'bindings'] : wanted;
const listed = spawnSync('git', ['ls-files', '-z', '--', ...below], { cwd: root, encoding: 'utf8' });
const files = listed.stdout.split('\0').filter((path) => /^(?:cpp\/core|bindings)\/.*\.cpp$/.test(path));
if (files.length === 0) {
  console.error(`tidy: there is no C++ of the core or the bindings below ${below.join(', ')}`);
  process.exit(2);
}
if (!options['no-build']) await buildOrExit(['--clang']);

// What clang compiles, and the bindings, whose flags em++ tells: its own database names em++, which is no clang.
const database = at('build/tidy');
mkdirSync(database, { recursive: true });
const entries = [...JSON.parse(readFileSync(at(commands), 'utf8')), ...(await bindingCommands())];
writeFileSync(`${database}/compile_commands.json`, JSON.stringify(entries));

const lines = [];
let checked = 0;
const { code } = await attemptWithProgress(
  'run-clang-tidy-14',
  [
    ...['-clang-tidy-binary', 'clang-tidy-14', '-p', database, '-quiet', '-j', String(availableParallelism())],
    ...['-extra-arg=-Wno-unknown-warning-option', ...files.map((file) => `^${at(file)}$`)],
  ],
  {
    stepOf: (colored) => {
      const line = stripVTControlCharacters(colored);
      lines.push(line);
      const what = checkedFile(line);
      return what === undefined ? undefined : { done: ++checked, total: files.length, what };
    },
  },
);

// It prints the command of a file and then what there is to say about it.
const findings = new Map(files.map((file) => [file, []]));
let about = 'run-clang-tidy';
for (const line of lines) {
  about = checkedFile(line) ?? about;
  if (/: (?:error|warning): /.test(line)) findings.set(about, [...(findings.get(about) ?? []), line]);
}
const bad = [...findings].filter(([, found]) => found.length > 0);
if (code !== 0 && bad.length === 0) findings.set('run-clang-tidy', lines.slice(-40));
if (code !== 0) console.log(lines.join('\n'));
const results = [...findings].map(([file, found]) => ({
  name: `${file} is clean`,
  failure: found.length === 0 ? undefined : found.join('\n').slice(0, 4000),
}));
if (options.junit !== undefined) writeFileSync(options.junit, junitReport('tidy', results));
console.log(
  `tidy: ${files.length} files, findings in ${results.filter(({ failure }) => failure !== undefined).length}`,
);
process.exitCode = code === 0 && bad.length === 0 ? 0 : 1;

/** The file that a command of clang-tidy checks, from the root; undefined when the line is none. */
function checkedFile(line) {
  const command = /^\S*clang-tidy\S* .*-p=\S+ .*?(\/\S+\.cpp)$/.exec(line);
  return command === null ? undefined : relative(root, command[1]);
}

async function bindingCommands() {
  const flags = await run('em++', ['--cflags'], { quiet: true, env: { NODE_PATH: '/usr/share/nodejs' } });
  const line = flags.split('\n').find((text) => text.includes('--sysroot')) ?? '';
  // The JSON library is where the preset "wasm" puts it.
  const own = ['-std=c++20', '-fno-exceptions', `-I${at('cpp')}`, '-isystem', at('build/wasm/include')];
  const bindings = files.filter((file) => file.startsWith('bindings/'));
  return bindings.map((file) => ({
    directory: root,
    file: at(file),
    arguments: ['clang++', ...line.trim().split(/\s+/), ...own, '-DPLINTO_POLAR_VERSION="0"', '-c', at(file)],
  }));
}
