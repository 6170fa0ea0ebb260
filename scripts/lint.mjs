// Lints TypeScript and JavaScript, and says where any source is not formatted: Biome over everything.
import { need, things } from './lib/needs.mjs';
import { at } from './lib/paths.mjs';
import { attempt, node } from './lib/run.mjs';

need('lint', things.modules, things.git);
const { code } = await attempt(node, [
  at('node_modules/@biomejs/biome/bin/biome'),
  'check',
  '.',
  ...process.argv.slice(2),
]);
process.exit(code);
