// Compares the arrows between the service's rooms with the rules: those that are not listed, and listed ones that no file
// draws. Returns one sentence for each.
import { serviceFront, serviceRooms } from './rules.mjs';
import { includesOf } from './sources.mjs';

const root = 'cpp/server/service/';

/** @param {{ path: string, text: string }[]} sources */
export function checkService(sources) {
  const files = sources.filter(({ path }) => path.startsWith(root));
  const known = new Set(files.map(({ path }) => path));
  const drawn = new Set();
  const found = files.flatMap((source) => {
    const from = roomOf(source.path);
    if (from === 'front') return [];
    if (from !== 'hall' && !(from in serviceRooms)) return [`${source.path} is in no room that the service knows`];
    return includesOf(source, known).flatMap(({ at, file = '' }) => {
      const to = roomOf(file);
      if (to === undefined || to === from || to === 'hall') return [];
      drawn.add(arrow(from, to));
      return serviceRooms[from]?.includes(to) ? [] : [`${at}: ${from} includes ${file}`];
    });
  });
  const listed = Object.entries(serviceRooms).flatMap(([from, uses]) => uses.map((to) => arrow(from, to)));
  return [...found, ...listed.filter((one) => !drawn.has(one)).map((one) => `no file draws ${one}`)];
}

/**
 * A way from a room back to itself, or nothing.
 * @param {Record<string, string[]>} rooms
 * @returns {string[] | undefined}
 */
export function findCircle(rooms) {
  const walk = (room, way) => {
    if (way.includes(room)) return [...way, room];
    for (const next of rooms[room] ?? []) {
      const circle = walk(next, [...way, room]);
      if (circle !== undefined) return circle;
    }
    return undefined;
  };
  for (const room of Object.keys(rooms)) {
    const circle = walk(room, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

const arrow = (from, to) => `${from} -> ${to}`;

/** A room's name, `hall` for what all share, `front` for what puts the rooms together. */
function roomOf(path) {
  if (!path.startsWith(root)) return undefined;
  const [first, second] = path.slice(root.length).split('/');
  if (second !== undefined) return first;
  return serviceFront.includes(first.replace(/\.\w+$/, '')) ? 'front' : 'hall';
}
