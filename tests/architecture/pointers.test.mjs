// Nothing in the repository points to what is not in it: no link, no heading, no file, no document kept elsewhere.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../scripts/lib/paths.mjs';
import { checkCitations, checkCommands, checkComments, checkLinks, checkMentions, checkPaths } from './pointers.mjs';
import { readTracked, trackedPaths } from './tracked.mjs';

const paths = trackedPaths(root);
// These two name what is not there, to show that it is found.
const files = readTracked(
  root,
  (path) => !path.startsWith('tests/architecture/pointers.') && !path.endsWith('lock.json'),
);
const documents = files.filter(({ path }) => path.endsWith('.md'));
const sources = files.filter(({ path }) => /\.(?:h|cpp)$/.test(path));
const folders = ['cpp', 'js', 'components', 'bindings', 'tests', 'docs', 'examples', 'scripts'];

describe('pointers', () => {
  it('are looked for in the whole repository', () => {
    assert.ok(files.length > 500, `only ${files.length} files were read`);
    assert.ok(documents.length > 10, `only ${documents.length} documents were read`);
  });

  it('lead somewhere in the links of the documents', () => {
    assert.deepEqual(checkLinks(documents, paths), []);
  });

  it('lead somewhere where a file names a document', () => {
    assert.deepEqual(checkMentions(files, paths), []);
  });

  it('lead somewhere where a document names a path', () => {
    assert.deepEqual(checkPaths(documents, paths, folders), []);
  });

  it('lead somewhere where a file says what to run', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

    assert.deepEqual(checkCommands(files, Object.keys(scripts)), []);
  });

  it('lead somewhere where a comment in C++ names a source file', () => {
    assert.deepEqual(checkComments(sources, paths), []);
  });

  it('name no document that is kept elsewhere', () => {
    assert.deepEqual(checkCitations(files), []);
  });
});

describe('the check of pointers', () => {
  const there = ['docs/a.md', 'cpp/core/x.h', 'cpp/core/x.cpp'];
  const page = (text) => [
    { path: 'docs/a.md', text: '# A heading, with `code`\n' },
    { path: 'docs/b.md', text },
  ];
  const paths = [...there, 'docs/b.md'];

  it('lets good ones pass', () => {
    const good =
      '[a](a.md#a-heading-with-code) and [web](https://example.com/x.md), `cpp/core/x.{h,cpp}`, `cpp/core/`\n';

    assert.deepEqual(checkLinks(page(good), paths), []);
    assert.deepEqual(checkMentions(page(`${good}See docs/a.md#a-heading-with-code.`), paths), []);
    assert.deepEqual(checkPaths(page(good), paths, ['cpp']), []);
    assert.deepEqual(checkComments([{ path: 'y.h', text: '// As core/x.h has it; see <sqlite3.h>.' }], paths), []);
    assert.deepEqual(checkCitations(page('RFC 9110, section 5.3; FIPS 186-5, section 6')), []);
  });

  it('names the line of a bad one', () => {
    assert.deepEqual(checkLinks(page('\n[a](gone.md)'), paths), ['docs/b.md:2: there is no gone.md']);
    assert.deepEqual(checkLinks(page('[a](a.md#gone)'), paths), ['docs/b.md:1: docs/a.md has no heading #gone']);
    assert.deepEqual(checkMentions(page('See docs/gone.md.'), paths), ['docs/b.md:1: there is no docs/gone.md']);
    assert.deepEqual(checkPaths(page('`cpp/core/x.{h,ts}`'), paths, ['cpp']), [
      'docs/b.md:1: there is no cpp/core/x.ts',
    ]);
    assert.deepEqual(checkComments([{ path: 'y.h', text: 'int a;  // As z.h.' }], paths), ['y.h:1: there is no z.h']);
    assert.deepEqual(checkCommands(page('`npm run gone`'), ['demo']), ['docs/b.md:1: there is no npm run gone']);
  });

  for (const cited of ['DESIGN, part 5', 'section 2 of it', 'reference on Polar', 'polar-lifecycle', 'of the design']) {
    it(`refuses "${cited}"`, () => {
      assert.equal(checkCitations(page(`// As ${cited} has it.`)).length, 1);
    });
  }
});
