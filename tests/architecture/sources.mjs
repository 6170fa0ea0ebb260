// Reads the arrows out of the sources: every #include and every import, with its file and line.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/**
 * Returns the files below these folders of the repository.
 * @param {string} root
 * @param {string[]} folders
 * @param {RegExp} pattern
 * @returns {{ path: string, text: string }[]}
 */
export function readSources(root, folders, pattern) {
  return folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, name)))
    .filter((path) => pattern.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/**
 * The includes of one C++ file. `"..."` is a file of ours, looked for beside the includer and below cpp/; `<...>` is a library's.
 * @param {{ path: string, text: string }} source
 * @param {Set<string>} known every path there is
 */
export function includesOf({ path, text }, known) {
  return lines(text).flatMap((line, index) => {
    const [, quote, name] = /^\s*#\s*include\s*([<"])([^>"]+)[>"]/.exec(line) ?? [];
    if (name === undefined) return [];
    const at = `${path}:${index + 1}`;
    if (quote === '<') return [{ at, library: name }];
    const beside = normalize(join(dirname(path), name));
    return [{ at, file: known.has(beside) ? beside : `cpp/${name}` }];
  });
}

/** The imports of one TypeScript file, dynamic ones and re-exports too. */
export function importsOf({ path, text }) {
  const pattern = /(?:(?<!['"])\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)(['"])([^'"\n]+)\1/g;
  const code = text.replaceAll(/^[ \t]*(?:\/\/|\/?\*).*$/gm, '');
  return [...code.matchAll(pattern)].map(({ 2: name, index }) => {
    const at = `${path}:${code.slice(0, index).split('\n').length}`;
    return name.startsWith('.') ? { at, file: normalize(join(dirname(path), name)) } : { at, library: name };
  });
}

/** Whether a header declares an implementation: a class derived from an interface. */
export const isImplementation = (text) =>
  /\b(?:class|struct)\s+\w+(?:\s+final)?\s*:\s*(?:public|private|protected)\b/.test(text);

const lines = (text) => text.split('\n');
