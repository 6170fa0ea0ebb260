// What a command needs, looked for before it works: what is missing is one line that says how to get it.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { at, python } from './paths.mjs';

/** The path of a program, or undefined. @param {string} name */
export function findProgram(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/** Where Debian keeps PostgreSQL's own programs, which are on nobody's PATH. */
const postgresFolder = '/usr/lib/postgresql';
const hasPostgres = () =>
  findProgram('initdb') !== undefined ||
  (existsSync(postgresFolder) &&
    readdirSync(postgresFolder).some((version) => existsSync(join(postgresFolder, version, 'bin/initdb'))));

/** What examples/plinto-api runs on. */
const pythonModules = 'fastapi, httpx, uvicorn, sqlalchemy, greenlet, aiosqlite, jwt';

const setup = 'npm run setup';
const fullSetup = 'npm run setup -- --full';
const program = (name, how = setup, others = []) => ({
  name,
  how,
  found: () => [name, ...others].some((candidate) => findProgram(candidate) !== undefined),
});

const modules = { name: 'node_modules', how: setup, found: () => existsSync(at('node_modules/.package-lock.json')) };
const native = [program('cmake'), program('ninja'), program('g++', setup, ['c++'])];
const clang = [program('cmake'), program('ninja'), program('clang++-14', fullSetup)];

/** What there is to ask for. */
export const things = {
  modules,
  native,
  wasm: [program('cmake'), program('ninja'), program('emcc'), modules],
  clang,
  git: program('git', 'apt-get install git'),
  bash: program('bash', 'apt-get install bash'),
  clangFormat: program('clang-format-14', setup, ['clang-format']),
  clangTidy: [program('clang-tidy-14', fullSetup), program('run-clang-tidy-14', fullSetup), program('emcc')],
  doxygen: program('doxygen', fullSetup),
  wrk: program('wrk', fullSetup),
  taskset: program('taskset', 'apt-get install util-linux'),
  getconf: program('getconf', 'apt-get install libc-bin'),
  npm: program('npm', 'install Node 20, which brings it'),
  postgres: { name: 'PostgreSQL', how: setup, found: hasPostgres },
  chromium: {
    name: 'Chromium',
    how: `${setup}, or set CHROMIUM to its path`,
    found: () => existsSync(process.env.CHROMIUM || '/usr/bin/chromium'),
  },
  firefox: {
    name: 'Firefox',
    how: `${setup}, or set FIREFOX to its path`,
    found: () => existsSync(process.env.FIREFOX || '/usr/bin/firefox-esr'),
  },
  python: {
    name: `a Python with ${pythonModules}`,
    how: `${setup}, or set PLINTO_PYTHON to its path`,
    found: () => spawnSync(python, ['-c', `import ${pythonModules}`]).status === 0,
  },
};

/** Something that another command makes. @param {string} path from the root @param {string} how */
export const made = (path, how) => ({ name: path, how, found: () => existsSync(at(path)) });

/**
 * Ends the program with one line when something is missing.
 * @param {string} command what the line begins with
 * @param {...(object | object[])} wanted of `things`, or made()
 */
export function need(command, ...wanted) {
  const missing = wanted.flat(2).filter(({ found }) => !found());
  if (missing.length === 0) return;
  const names = [...new Set(missing.map(({ name }) => name))];
  // The full set-up does what the plain one does.
  const ways = [...new Set(missing.map(({ how }) => how))].filter(
    (how, _, all) => how !== setup || !all.includes(fullSetup),
  );
  console.error(`${command}: missing: ${names.join(', ')}. Get it by: ${ways.join('; ')}`);
  process.exit(1);
}
