// Compares the arrows of the sources with the rules. Returns one sentence per arrow that is not in the picture.
import { cppFolders, doors, handedOver, isPure, pureFolders, scriptFolders } from './rules.mjs';
import { importsOf, includesOf, isImplementation } from './sources.mjs';

/** @param {{ path: string, text: string }[]} sources */
export function checkCpp(sources) {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const known = new Set(byPath.keys());
  return sources.flatMap((source) => {
    const folder = folderOf(source.path, cppFolders);
    if (folder === undefined) return [`${source.path} is in no folder that the picture knows`];
    return includesOf(source, known).flatMap((arrow) =>
      arrow.library === undefined ? checkOwn(folder, arrow, byPath) : checkLibrary(source.path, folder, arrow),
    );
  });
}

/** @param {{ path: string, text: string }[]} sources */
export function checkScripts(sources) {
  return sources.flatMap((source) => {
    const folder = folderOf(source.path, scriptFolders);
    if (folder === undefined) return [`${source.path} is in no folder that the picture knows`];
    const { uses, packages } = scriptFolders[folder];
    return importsOf(source).flatMap(({ at, file, library }) => {
      if (library !== undefined) return packages.includes(library) ? [] : [`${at}: ${folder} imports ${library}`];
      const allowed = [folder, ...uses].some((name) => isBelow(file, name)) || isWasmModule(file);
      return allowed ? [] : [`${at}: ${folder} imports ${file}`];
    });
  });
}

function checkOwn(folder, { at, file }, byPath) {
  const target = byPath.get(file);
  if (target === undefined) return [`${at}: ${file} does not exist`];
  const { uses, interfacesOf = [] } = cppFolders[folder];
  const targetFolder = folderOf(file, cppFolders);
  if (targetFolder === folder || uses.some((name) => isBelow(targetFolder, name))) return [];
  if (!interfacesOf.includes(targetFolder)) return [`${at}: ${folder} includes ${file}`];
  return isImplementation(target.text) ? [`${at}: ${folder} includes ${file}, which is not an interface`] : [];
}

function checkLibrary(path, folder, { at, library }) {
  const door = doors.find((candidate) => candidate.library.test(library));
  const found = [];
  if (door !== undefined && !door.only.some((name) => (name.endsWith('/') ? path.startsWith(name) : path === name))) {
    found.push(`${at}: <${library}> belongs behind ${door.only.join(' or ')}`);
  }
  if (door === undefined && pureFolders.includes(folder) && !isPure(library)) {
    found.push(`${at}: ${folder} is pure and includes <${library}>`);
  }
  if (folder === handedOver.folder && handedOver.refused.test(library)) {
    found.push(`${at}: ${folder} is handed its clock and event loop and includes <${library}>`);
  }
  return found;
}

const isBelow = (path, folder) => path === folder || path.startsWith(`${folder}/`);
const isWasmModule = (file) => /^(?:dist\/)?wasm\/\w+(?:\.inline)?\.(?:mjs|wasm)(?:\?module)?$/.test(file);

function folderOf(path, folders) {
  const matches = Object.keys(folders).filter((folder) => isBelow(path, folder));
  return matches.sort((left, right) => right.length - left.length)[0];
}
