// The repository's own text files: those that git tracks, and new ones that it does not ignore.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param {string} root */
export function trackedPaths(root) {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root });
  return [...new Set(list.toString().split('\0'))].filter((path) => path !== '' && existsSync(join(root, path))).sort();
}

/**
 * Returns the tracked files that hold text.
 * @param {string} root
 * @param {(path: string) => boolean} wanted
 * @returns {{ path: string, text: string }[]}
 */
export function readTracked(root, wanted) {
  return trackedPaths(root)
    .filter(wanted)
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
    .filter(({ text }) => !text.includes('\0') && !text.includes('\ufffd'));
}

/** The line, counted from 1, that `index` is on. */
export const lineAt = (text, index) => text.slice(0, index).split('\n').length;
