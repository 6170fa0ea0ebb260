// Writes what is generated from the core's descriptions: js/generated.ts, js/webhook-data.ts, docs/openapi.json and
// docs/access.md. A test fails when they differ from what this writes.
import { writeFileSync } from 'node:fs';
import { at, binary } from './lib/paths.mjs';
import { run } from './lib/run.mjs';

const files = {
  '--typescript': at('js/generated.ts'),
  '--webhooks': at('js/webhook-data.ts'),
  '--openapi': at('docs/openapi.json'),
  '--access': at('docs/access.md'),
};
for (const [option, file] of Object.entries(files)) {
  writeFileSync(file, await run(binary, ['schema', option], { quiet: true }));
  console.log(`generate: ${file}`);
}
