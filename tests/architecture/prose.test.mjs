// People are "they", and what is not possible "cannot" be done: one spelling everywhere.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { root } from '../../scripts/lib/paths.mjs';
import { lineAt, readTracked } from './tracked.mjs';

const rules = [
  { found: /\b(?:he|his|him|himself)\b/gi, say: 'they, their, them, themselves' },
  { found: /\bcan not\b/gi, say: 'cannot' },
];

/** One sentence per finding. A file of data that others wrote, or this one, is not prose of ours. */
const isOurs = (path) => !path.startsWith('tests/fuzz/corpus/') && !/prose\.test\.mjs$|lock\.json$/.test(path);

function checkProse(files) {
  return files.flatMap(({ path, text }) =>
    rules.flatMap(({ found, say }) =>
      [...text.matchAll(found)].map(({ 0: word, index }) => `${path}:${lineAt(text, index)}: "${word}": say ${say}`),
    ),
  );
}

describe('the prose of sources and documents', () => {
  it('says "they" and "cannot"', () => {
    const files = readTracked(root, isOurs);

    assert.ok(files.length > 500, `only ${files.length} files were read`);
    assert.deepEqual(checkProse(files), []);
  });

  it('is refused otherwise', () => {
    const found = checkProse([{ path: 'a.h', text: '// He may.\n// It can\n// not, and it can not.\n' }]);

    assert.deepEqual(found, ['a.h:1: "He": say they, their, them, themselves', 'a.h:3: "can not": say cannot']);
  });
});
