// The users' guides say what is run.
import { readFileSync } from 'node:fs';
import { createPolarEmulator } from '@plinto/polar/testing';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

it('prints in docs/testing.md the test that is run, to the letter', () => {
  const test = read('tests/js/renewal-fails.test.ts').replace(/^(?:\/\/.*\n)+/, '');

  expect(read('docs/testing.md')).toContain(`\n\`\`\`ts\n${test}\`\`\`\n`);
});

it('sells in README.md the product that the emulator has under that seed', async () => {
  const polar = await createPolarEmulator({ seed: 7 });

  expect(read('README.md')).toContain(`PRODUCTS='{"pro":"${polar.product('Pro').id}"}'`);
  expect(read('README.md')).toContain('plinto-polar emulate --seed 7 ');
});
