// Finds what points to nowhere: links, names of files and anchors of documents that the repository does not have.
// Each check returns one sentence per finding, with file and line.
import { dirname, join, normalize } from 'node:path';
import { lineAt } from './tracked.mjs';

const link = /\[[^\]\n]*\]\(([^)\s]+)\)/g;

/** What the links of the documents point to: files, and headings in them. */
export function checkLinks(files, paths) {
  const known = knownOf(paths);
  const anchors = anchorsOf(files);
  return files
    .filter(({ path }) => path.endsWith('.md'))
    .flatMap(({ path, text }) =>
      [...text.matchAll(link)].flatMap(({ 1: target, index }) => {
        if (/^[a-z]+:/.test(target)) return [];
        const [name, anchor] = target.split('#');
        const file = name === '' ? path : normalize(join(dirname(path), name)).replace(/\/$/, '');
        return missing(`${path}:${lineAt(text, index)}`, target, file, anchor, known, anchors);
      }),
    );
}

/** Documents that any file names: `docs/operations.md#settings`, from the root or from beside the file. */
export function checkMentions(files, paths) {
  const known = knownOf(paths);
  const anchors = anchorsOf(files);
  return files.flatMap(({ path, text }) => {
    const outside = path.endsWith('.md') ? text.replaceAll(link, (found) => ' '.repeat(found.length)) : text;
    return [...outside.matchAll(/(?<![\w:/.-])((?:\.{0,2}\/)?[\w./-]+\.md)(?:#([\w-]+))?/g)].flatMap(
      ({ 0: found, 1: name, 2: anchor, index }) => {
        const candidates = [name.replace(/^\/+/, ''), normalize(join(dirname(path), name))];
        const file = candidates.find((candidate) => known.has(candidate)) ?? name;
        return missing(`${path}:${lineAt(text, index)}`, found, file, anchor, known, anchors);
      },
    );
  });
}

/** Paths in the documents' code spans: `cpp/core/billing/`, `wasm_api.{h,cpp}`, `js/wasm/*-module.ts`. */
export function checkPaths(files, paths, roots) {
  const known = [...knownOf(paths)];
  const isPath = new RegExp(`^(?:${roots.join('|')})/[\\w./*{},-]*$`);
  return files.flatMap(({ path, text }) =>
    [...text.matchAll(/`([^`\n]+)`/g)].flatMap(({ 1: span, index }) => {
      if (!isPath.test(span)) return [];
      return alternatives(span.replace(/\/$/, ''))
        .filter((one) => !known.some((candidate) => globOf(one).test(candidate)))
        .map((one) => `${path}:${lineAt(text, index)}: there is no ${one}`);
    }),
  );
}

/** Source files that comments of the C++ sources name. */
export function checkComments(files, paths) {
  return files.flatMap(({ path, text }) =>
    [...text.matchAll(/(?<=\/\/.*?)(?<![\w<./-])[\w/-]*\w\.(?:h|cpp|mjs|tsx?)\b(?!>)/g)].flatMap(
      ({ 0: name, index }) =>
        paths.some((candidate) => candidate === name || candidate.endsWith(`/${name}`))
          ? []
          : [`${path}:${lineAt(text, index)}: there is no ${name}`],
    ),
  );
}

/** Commands of npm that any file tells people to run. */
export function checkCommands(files, commands) {
  return files.flatMap(({ path, text }) =>
    [...text.matchAll(/\bnpm run ([a-z][\w:-]*)/g)].flatMap(({ 1: name, index }) =>
      commands.includes(name) ? [] : [`${path}:${lineAt(text, index)}: there is no npm run ${name}`],
    ),
  );
}

/** Citations of documents that are kept elsewhere: whoever reads the source cannot open them. */
export function checkCitations(files) {
  const citations = [
    /\bDESIGN\b/g,
    /\bof (?:the|this) design\b/g,
    /\breferences? (?:on|to) (?:Polar|Plinto)\b/g,
    /\breference:? [a-z-]+\.md\b/g,
    /\bpolar-(?:lifecycle|api|tests)\b/g,
    /\bseed design\b/g,
    // Sections of what? Of a published standard, or of nothing that is here.
    /(?<!(?:RFC|FIPS|NIST|SP)[ \d.,A-Z-]{0,20})\bsections? \d/g,
  ];
  return files.flatMap(({ path, text }) =>
    citations.flatMap((citation) =>
      [...text.matchAll(citation)].map(
        ({ 0: found, index }) => `${path}:${lineAt(text, index)}: "${found}" is not in this repository`,
      ),
    ),
  );
}

function missing(at, target, file, anchor, known, anchors) {
  if (!known.has(file)) return [`${at}: there is no ${target}`];
  if (anchor === undefined || anchors.get(file)?.has(anchor)) return [];
  return [`${at}: ${file} has no heading #${anchor}`];
}

/** Every file and every folder. */
function knownOf(paths) {
  const known = new Set(paths);
  for (const path of paths) {
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) known.add(folder);
  }
  return known;
}

/** The headings of each document, as GitHub names them. */
function anchorsOf(files) {
  return new Map(
    files
      .filter(({ path }) => path.endsWith('.md'))
      .map(({ path, text }) => {
        const prose = text.replaceAll(/^```[\s\S]*?^```/gm, '');
        return [path, new Set([...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => slugOf(heading)))];
      }),
  );
}

const slugOf = (heading) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(' ', '-');

/** `a.{h,cpp}` is `a.h` and `a.cpp`. */
function alternatives(path) {
  const braces = /\{([^{}]*)\}/.exec(path);
  if (braces === null) return [path];
  return braces[1].split(',').flatMap((one) => alternatives(path.replace(braces[0], one)));
}

const globOf = (path) => new RegExp(`^${path.replaceAll(/[.+?^$()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*')}$`);
