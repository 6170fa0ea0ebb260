// Compares the emulator's rooms with their order. Returns one sentence per arrow that points up.
//
// Every noun's code includes world.h, which brings all rows and with them the nouns' functions. Includes alone would
// therefore prove little: what a file calls is an arrow too.
import { emulatorCallsUp, emulatorRooms } from './rules.mjs';
import { includesOf } from './sources.mjs';

const root = 'cpp/emulator/';
/** What every room may include; code, not headers, may also include the world. */
const shared = ['emulator.h', 'table.h'];
/** The files that put the rooms together may use everything. */
const composition = ['emulator.cpp', 'jobs.cpp', 'routes.h', 'routes.cpp', 'world.h', 'world.cpp'];

/** @param {{ path: string, text: string }[]} sources */
export function checkEmulator(sources) {
  const files = sources.filter(({ path }) => path.startsWith(root));
  const known = new Set(files.map(({ path }) => path));
  return [
    ...files.flatMap((file) => checkIncludes(file, known)),
    ...checkCalls(files.map(({ path, text }) => ({ path, text: codeOf(text) }))),
  ];
}

function checkIncludes(file, known) {
  const name = file.path.slice(root.length);
  if (composition.includes(name)) return [];
  const from = levelOf(name);
  if (from === undefined) return [`${file.path} is in no room that the order knows`];
  return includesOf(file, known).flatMap(({ at, file: included = '' }) => {
    if (!included.startsWith(root)) return [];
    const target = included.slice(root.length);
    if (target === 'world.h') return name.endsWith('.cpp') ? [] : [`${at}: a header includes the world`];
    if (shared.includes(target)) return [];
    const to = levelOf(target);
    return to !== undefined && to <= from ? [] : [`${at}: ${roomOf(name)} includes ${target}`];
  });
}

/** @param {{ path: string, text: string }[]} files without comments and strings */
function checkCalls(files) {
  const homes = homesOf(files);
  const up = files.flatMap(({ path, text }) => {
    const name = path.slice(root.length);
    if (levelOf(name) === undefined) return [];
    const own = new Set(declaredIn(text));
    const words = new Set(Array.from(text.matchAll(/(?<![.\w]|->)[A-Z]\w+/g), ([word]) => word));
    return [...words]
      .filter((word) => homes.has(word) && !own.has(word) && levelOf(homes.get(word)) > levelOf(name))
      .map((word) => ({ from: roomOf(name), path, to: roomOf(homes.get(word)), word }));
  });
  const allows = (rule, call) => rule.from === call.from && rule.to === call.to && rule.functions.includes(call.word);
  const unused = emulatorCallsUp.flatMap((rule) =>
    rule.functions
      .filter((word) => homes.has(word) && !up.some((call) => allows(rule, { ...call, word })))
      .map((word) => `emulatorCallsUp lets ${rule.from} call ${word}, which it does not`),
  );
  const wrong = up.filter((call) => !emulatorCallsUp.some((rule) => allows(rule, call)));
  return [...unused, ...wrong.map(({ from, path, to, word }) => `${path}: ${from} calls ${word} of ${to}`)];
}

/** Each function's header; of overloads in several rooms the lowest counts. */
function homesOf(files) {
  const homes = new Map();
  for (const { path, text } of files) {
    const name = path.slice(root.length);
    if (!name.endsWith('.h') || levelOf(name) === undefined) continue;
    for (const word of declaredIn(text)) {
      if (!homes.has(word) || levelOf(name) < levelOf(homes.get(word))) homes.set(word, name);
    }
  }
  return homes;
}

const declaredIn = (text) =>
  Array.from(
    text.matchAll(/^(?:\[\[nodiscard\]\] )?(?:(?:inline|constexpr|static) )*[\w:][\w:<>,*& ]*[ *&](\w+)\(/gm),
    ([, name]) => name,
  ).filter((name) => /^[A-Z]/.test(name));

const codeOf = (text) =>
  text
    .replaceAll(/R"(\w*)\([\s\S]*?\)\1"/g, '""')
    .replaceAll(/"(?:[^"\\\n]|\\.)*"/g, '""')
    .replaceAll(/\/\/.*$/gm, '');

const roomOf = (name) => name.split('/')[0];
function levelOf(name) {
  if (shared.includes(name)) return emulatorRooms.indexOf('api');
  const level = emulatorRooms.indexOf(name.includes('/') ? roomOf(name) : '');
  return level === -1 ? undefined : level;
}
