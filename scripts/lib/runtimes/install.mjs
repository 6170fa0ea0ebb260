// Lays out the rows of tests/runtimes in build/runtimes: each is an application of its own with the packed package in it.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { npm } from '../npm.mjs';
import { at } from '../paths.mjs';

export const rowsFolder = at('tests/runtimes');
const home = at('build/runtimes');
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** What a row's package.json names, with the versions that it pins. @returns {Record<string, string>} */
export function pinned(row) {
  const { dependencies = {}, optionalDependencies = {} } = readJson(join(rowsFolder, row.name, 'package.json'));
  return { ...dependencies, ...optionalDependencies };
}

/** Packs the package and has npm install it in an empty folder. @returns {Promise<string>} the installed package */
export async function installPackage() {
  const folder = join(home, 'package');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const [{ filename }] = JSON.parse(await npm(['pack', '--json', '--pack-destination', folder], at()));
  await npm(['install', '--offline', '--ignore-scripts', join(folder, filename)], folder);
  return join(folder, 'node_modules/@plinto/polar');
}

/** Makes the folder of a row, with nothing in it that an earlier run built. @returns {Promise<string>} */
export async function installRow(row, installedPackage) {
  const folder = join(home, row.name);
  const modules = join(folder, 'node_modules');
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    if (name !== 'node_modules') rmSync(join(folder, name), { recursive: true, force: true });
  }
  for (const use of row.uses ?? []) {
    const [name, place = 'shared'] = [use].flat();
    cpSync(join(rowsFolder, 'shared', name), join(folder, place), { recursive: true });
  }
  if (row.app !== undefined) cpSync(join(rowsFolder, 'shared', row.app), folder, { recursive: true });
  cpSync(join(rowsFolder, row.name), folder, { recursive: true });
  if (row.fast) linkModules(row, modules);
  else if (Object.keys(pinned(row)).length > 0) await installModules(folder, modules);
  // Bundlers keep what they made of a package by its version, which stays the same here.
  for (const cache of ['.cache', '.vite', '.vite-temp']) rmSync(join(modules, cache), { recursive: true, force: true });
  const place = join(modules, '@plinto/polar');
  rmSync(place, { recursive: true, force: true });
  cpSync(installedPackage, place, { recursive: true });
  return folder;
}

/** The rows of `npm test` use what the repository has installed, so that nothing is downloaded. */
function linkModules(row, modules) {
  rmSync(modules, { recursive: true, force: true });
  for (const name of Object.keys(pinned(row))) {
    const link = join(modules, name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(at('node_modules', name), link);
  }
}

async function installModules(folder, modules) {
  const lock = join(folder, 'package-lock.json');
  const stamp = join(modules, '.row');
  const wanted = createHash('sha256').update(readFileSync(lock)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  await npm(['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'], folder);
  mkdirSync(modules, { recursive: true });
  writeFileSync(stamp, wanted);
}

/** Writes the lock file of a row anew, without the address of a registry. */
export async function lockRow(row) {
  const folder = join(home, `${row.name}-lock`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(rowsFolder, row.name, 'package.json'), join(folder, 'package.json'));
  await npm(['install', '--package-lock-only', '--ignore-scripts', '--omit-lockfile-registry-resolved'], folder);
  cpSync(join(folder, 'package-lock.json'), join(rowsFolder, row.name, 'package-lock.json'));
  rmSync(folder, { recursive: true, force: true });
}

/** The row whose Node runs this one. */
export const nodeRowOf = (row) => row.node ?? 'node20';

/** Installs the Node of a row, as npm's packages have it. @returns {Promise<string>} where its binary is */
export async function nodeOf(name) {
  const folder = join(home, name);
  mkdirSync(folder, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) cpSync(join(rowsFolder, name, file), join(folder, file));
  await installModules(folder, join(folder, 'node_modules'));
  const binary = join(folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin/node');
  if (!existsSync(binary)) throw new Error(`npm has no ${name} for this machine`);
  return binary;
}

/** The file that a command of a package is, as its package.json says. */
export function commandOf(folder, command) {
  const { dependencies = {} } = readJson(join(folder, 'package.json'));
  for (const name of Object.keys(dependencies)) {
    const { bin = {} } = readJson(join(folder, 'node_modules', name, 'package.json'));
    const file = typeof bin === 'string' ? { [name.split('/').at(-1)]: bin }[command] : bin[command];
    if (file !== undefined) return join(folder, 'node_modules', name, file);
  }
  throw new Error(`no package of ${folder} has the command ${command}`);
}
