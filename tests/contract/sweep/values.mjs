// Values that fit a schema of the document, at its bounds or anywhere within; and values that fit none.

const texts = [
  'a',
  'api_call',
  'Größe ☃',
  '\u{1F600}',
  'x y',
  '"quoted\\"',
  "'; drop table",
  '\u202Eabc',
  '<b>',
  '%00',
];

/** What breaks parsers and databases, in place of any value. */
export const oddities = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53 + 2,
  '',
  'x',
  '\u0000',
  'a\u0000b',
  '\uFFFF',
  '\u202E\u0000\u200D',
  'x'.repeat(5000),
  '☃'.repeat(300),
  [],
  {},
  [[]],
  { a: { b: { c: {} } } },
  ['x'],
  [null],
];

/** Numbers and texts that JSON.stringify does not write: they are put into the finished text. */
export const rawOddities = [
  '1e999',
  '-1e999',
  '9223372036854775808',
  '-9223372036854775809',
  '99999999999999999999999999999999999999',
  '0.0000000000000000000000000000000001',
  '-0',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\u0000"',
  `${'['.repeat(500)}${']'.repeat(500)}`,
  `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`,
  'NaN',
  'nul',
  '"unclosed',
  '01',
  '{"a":1,"a":2}',
];

/**
 * @param {ReturnType<import('./random.mjs').randomFrom>} random
 * @param {object} document the OpenAPI document
 * @param {(name: string, schema: object) => unknown} known a value that means something, by the name of its field
 */
export function valuesOf(random, document, known) {
  let exemplary = false;
  const resolve = (schema) =>
    schema.$ref === undefined ? schema : document.components.schemas[schema.$ref.split('/').at(-1)];

  function text(schema, atBounds) {
    if (schema.format === 'uuid') return random.uuid();
    if (schema.format === 'uri') return `https://example.com/${random.below(1000)}`;
    if (schema.format === 'date-time') return '2026-11-22T06:00:00Z';
    if (schema.examples !== undefined && !atBounds) return random.pick(schema.examples);
    if (!atBounds) return random.pick(texts);
    const length = random.pick([schema.minLength ?? 0, schema.maxLength ?? 200]);
    return random.pick(['x', '☃', '\u{1F600}']).repeat(length);
  }

  function integer(schema, atBounds) {
    const least = schema.minimum ?? 0;
    const most = Math.min(schema.maximum ?? Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    return atBounds ? random.pick([least, most]) : least + random.below(Math.min(most - least, 50) + 1);
  }

  /** A number, or the text of one. */
  function decimal(schema, atBounds) {
    const number = atBounds ? random.pick([schema.minimum, schema.maximum]) : random.below(1_000) / 10;
    return random.chance(0.5) ? number : String(number);
  }

  function value(given, name, atBounds) {
    const schema = resolve(given);
    const meant = exemplary || random.chance(0.7) ? known(name, schema) : undefined;
    if (meant !== undefined) return meant;
    if (Array.isArray(schema.type)) return decimal(schema, atBounds);
    switch (schema.type) {
      case 'string':
        return text(schema, atBounds);
      case 'integer':
        return integer(schema, atBounds);
      case 'number':
        return random.fraction() * 100;
      case 'boolean':
        return random.chance(0.5);
      case 'array': {
        const most = atBounds ? Math.min(schema.maxItems ?? 20, 200) : 3;
        const count = Math.max(schema.minItems ?? 0, atBounds ? random.pick([0, most]) : random.below(most + 1));
        return Array.from({ length: count }, () => value(schema.items, name, false));
      }
      default:
        return object(schema, atBounds);
    }
  }

  function object(schema, atBounds) {
    if (schema.properties === undefined) {
      const keys = atBounds ? random.pick([0, 49, 50, 51]) : random.below(4);
      return Object.fromEntries(
        Array.from({ length: keys }, (_, i) => [`key_${i}`, random.pick([...texts, 1, true, 2.5])]),
      );
    }
    const given = {};
    for (const [name, property] of Object.entries(schema.properties)) {
      const needed = schema.required?.includes(name);
      if (needed || (!exemplary && random.chance(0.35))) given[name] = value(property, name, atBounds);
    }
    return given;
  }

  /** What `make` makes out of what is needed only, all of it meant. */
  function example(make) {
    exemplary = true;
    try {
      return make();
    } finally {
      exemplary = false;
    }
  }

  return { value, example };
}
