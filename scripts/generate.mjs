// Writes what is generated from the core's descriptions and routes. A test fails when a file differs from what this writes.
import { readFileSync, writeFileSync } from 'node:fs';
import { printMoreRoutes, printServerRoutes } from './lib/more-routes.mjs';
import { need, things } from './lib/needs.mjs';
import { at, binary } from './lib/paths.mjs';
import { buildOrExit } from './lib/prepare.mjs';
import { run } from './lib/run.mjs';

need('generate', things.native);
await buildOrExit(['--native', '--target', 'plinto-polar']);

const files = {
  '--typescript': at('js/generated/types.ts'),
  '--routes': at('js/generated/routes.ts'),
  '--checkout-fields': at('js/generated/checkout-fields.ts'),
  '--webhooks': at('js/generated/webhook-data.ts'),
  '--openapi': at('docs/openapi.json'),
  '--access': at('docs/access.md'),
};
for (const [option, file] of Object.entries(files)) {
  writeFileSync(file, await run(binary, ['schema', option], { quiet: true }));
  console.log(`generate: ${file}`);
}
const document = JSON.parse(readFileSync(files['--openapi'], 'utf8'));
const routes = { 'more-routes': printMoreRoutes, 'server-routes': printServerRoutes };
for (const [name, print] of Object.entries(routes)) {
  const file = at(`js/generated/${name}.ts`);
  writeFileSync(file, print(document));
  console.log(`generate: ${file}`);
}
