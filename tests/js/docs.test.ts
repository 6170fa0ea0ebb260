// The users' guide says what is run.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

it('prints in docs/testing.md the test that is run, to the letter', () => {
  const test = read('tests/js/renewal-fails.test.ts').replace(/^(?:\/\/.*\n)+/, '');

  expect(read('docs/testing.md')).toContain(`\n\`\`\`ts\n${test}\`\`\`\n`);
});
