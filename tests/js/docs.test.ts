// The users' guides say what is run.
import { readFileSync } from 'node:fs';
import { createPolarEmulator, type EmulatorCatalog } from '@plinto/polar/testing';
import { expect, it } from 'vitest';
import { type ListedProduct, productsOf } from '../../dist/js/cli/products.js';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

it('prints in docs/testing.md the test that is run, to the letter', () => {
  const test = read('tests/js/renewal-fails.test.ts').replace(/^(?:\/\/.*\n)+/, '');

  expect(read('docs/testing.md')).toContain(`\n\`\`\`ts\n${test}\`\`\`\n`);
});

it('sells in README.md, by the slug of its button, what its seed file has', async () => {
  const readme = read('README.md');
  const catalog = /cat > shop\.json <<'END'\n([\s\S]*?)END\n/.exec(readme)?.[1] ?? '';

  const polar = await createPolarEmulator({ catalog: JSON.parse(catalog) as EmulatorCatalog });

  const { items } = await polar.api<{ items: ListedProduct[] }>('GET', '/v1/products/');

  expect(Object.keys(productsOf(items))).toEqual(['pro']);
  expect(readme).toContain('<PolarCheckoutButton slug="pro"');
});
