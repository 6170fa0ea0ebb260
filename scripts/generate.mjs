// Writes what is generated from the core's descriptions and routes. A test fails when a file differs from what this writes.
import { readFileSync, writeFileSync } from 'node:fs';
import { printMoreRoutes } from './lib/more-routes.mjs';
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
const moreRoutes = at('js/generated/more-routes.ts');
writeFileSync(moreRoutes, printMoreRoutes(JSON.parse(readFileSync(files['--openapi'], 'utf8'))));
console.log(`generate: ${moreRoutes}`);
