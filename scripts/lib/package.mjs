// The npm package in dist/, and the pricing page that is built with it.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { at, pricingPage, vite } from './paths.mjs';
import { node, run } from './run.mjs';
import { unlessDone } from './stamp.mjs';

const tsc = at('node_modules/typescript/bin/tsc');
/** What every step by npm's packages depends on. */
const tools = ['package-lock.json', 'tsconfig.json', 'scripts/lib/package.mjs'];

/** TypeScript to dist/js and dist/components, the Wasm modules of these names to dist/wasm. */
export async function buildPackage(modules) {
  const files = modules.flatMap((module) => [`${module}.mjs`, `${module}.wasm`]);
  const missing = files.filter((name) => !existsSync(at('build/wasm/bin', name)));
  if (missing.length > 0) throw new Error(`build/wasm/bin lacks ${missing.join(', ')}: npm run build -- --wasm`);

  const inputs = [...tools, 'tsconfig.build.json', 'tsconfig.node.json', 'js', 'components'];
  const outputs = ['dist/js/index.js', 'dist/js/cli/main.js', 'dist/components/index.js', 'dist/components/styles.css'];
  await unlessDone('js', { inputs, outputs }, async () => {
    for (const folder of ['dist/js', 'dist/components']) rmSync(at(folder), { recursive: true, force: true });
    // Programs for Node have Node's types. What both have a part in is a page's, and written last.
    for (const name of ['tsconfig.node.json', 'tsconfig.build.json'])
      await run(node, [tsc, '-p', at(name)], { quiet: true });
    copyFileSync(at('components/styles.css'), at('dist/components/styles.css'));
    // An import for its effect; TypeScript 6 wants types of those too.
    writeFileSync(at('dist/components/styles.css.d.ts'), 'export {};\n');
  });
  mkdirSync(at('dist/wasm'), { recursive: true });
  for (const name of files) copyFileSync(at('build/wasm/bin', name), at('dist/wasm', name));
  for (const module of modules.filter((name) => name !== 'emulator')) {
    const base64 = readFileSync(at('build/wasm/bin', `${module}.wasm`)).toString('base64');
    writeFileSync(at('dist/wasm', `${module}.inline.mjs`), `export default '${base64}';\n`);
  }
  writeFileSync(at('dist/wasm/binary.d.ts'), BINARY_TYPES);
}

/** What an import of a .wasm file gives is the bundler's to say: its address, or the compiled module. */
const BINARY_TYPES = `declare const binary: import('../js/wasm/instantiate.js').WasmSource;
export default binary;
`;

/** The page that the demo shows. It loads the core, and no other module. */
export async function buildPage() {
  const page = 'examples/pricing-page';
  const built = ['dist/js', 'dist/components', 'dist/wasm/core.mjs', 'dist/wasm/core.wasm'];
  await unlessDone('page', { inputs: [...tools, page, ...built], outputs: [`${page}/dist/index.html`] }, async () => {
    await run(node, [tsc, '-p', pricingPage], { quiet: true });
    await run(node, [vite, 'build', pricingPage, '--logLevel', 'warn'], { quiet: true });
  });
}
