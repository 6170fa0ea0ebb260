// Webhook bodies and secrets from a seed: JSON as other writers print it, which JSON.stringify never would.

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomSource(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export type Random = ReturnType<typeof randomSource>;

export function pickFrom<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

const numbers = ['10.0', '10', '-0', '0.10', '1e3', '1E+2', '-1.5e-7', '9007199254740993', '2000', '123456.7890'];
const characters = [
  ...['a', 'Z', '7', ' ', '.', ',', '/', '\\/', '\\"', '\\\\', '\\n', '\\t', '\\u0000', '\\u001f', '\\u00e9'],
  ...['\\ud83d\\ude00', '\u00e9', '\u4e2d', '\u{1f600}', '\u2028', '\ufeff', '\u007f', '\u00a0', '<', '&', "'"],
];

const times = (random: Random, most: number) => Array.from({ length: Math.floor(random() * (most + 1)) });
const textOf = (random: Random): string =>
  `"${times(random, 12)
    .map(() => pickFrom(random, characters))
    .join('')}"`;
const space = (random: Random): string => pickFrom(random, ['', '', '', ' ', '\n  ', '\t', '\r\n']);

function value(random: Random, depth: number): string {
  const kind = Math.floor(random() * (depth > 0 ? 7 : 5));
  if (kind === 0) return pickFrom(random, ['true', 'false', 'null']);
  if (kind <= 2) return pickFrom(random, numbers);
  if (kind <= 4) return textOf(random);
  if (kind === 5)
    return `[${times(random, 4).map(() => `${space(random)}${value(random, depth - 1)}`)}${space(random)}]`;
  return object(
    random,
    times(random, 5).map((_, index) => [`"key_${index}"`, value(random, depth - 1)]),
  );
}

const object = (random: Random, members: string[][]): string =>
  `{${members.map(([name, text]) => `${space(random)}${name}${space(random)}:${space(random)}${text}`)}${space(random)}}`;

/** The body of an event of that type, with members in any order and space between any two tokens. */
export function randomPayload(random: Random, type: string): string {
  const members = [
    ['"type"', `"${type}"`],
    ['"timestamp"', '"2026-11-22T06:00:00.123456Z"'],
    [
      '"data"',
      object(random, [
        ['"id"', textOf(random)],
        ['"amount"', pickFrom(random, numbers)],
        ['"more"', value(random, 4)],
      ]),
    ],
  ];
  return object(
    random,
    members.sort(() => random() - 0.5),
  );
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A secret as Polar makes them: 43 characters behind the prefix, which is base64 of 32 bytes without its padding. */
export const randomSecret = (random: Random): string =>
  `whsec_${Array.from({ length: 43 }, () => pickFrom(random, [...letters])).join('')}`;
