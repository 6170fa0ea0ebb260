// Measures what the browser downloads, in brotli bytes, and fails above the limits:
// the script before the first click (plugin and checkout button, React excluded), all of /react, its language, and the core (Wasm
// and glue).
// Each component is listed alone, too. The emulator runs in tests only, from disk: its size is shown and has no limit.
//
//   npm run size -- --peers   beside Clerk's pricing table and Autumn's React, which are installed for it
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { brotliCompressSync, constants } from 'node:zlib';
import { made, need, things } from './lib/needs.mjs';
import { at as path } from './lib/paths.mjs';
import { run } from './lib/run.mjs';

const { values: options } = parseArgs({ options: { peers: { type: 'boolean', default: false } } });

const brotli = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }).length;

const needed = [
  'dist/js/index.js',
  'dist/components/index.js',
  'dist/wasm/core.mjs',
  'dist/wasm/core.wasm',
  'dist/wasm/quote.wasm',
  'dist/wasm/usage.wasm',
];
need('size', things.modules, ...needed.map((name) => made(name, 'npm run build')));
const { build, transform } = await import('esbuild');

/** What a page that imports this loads at once: its entry, and what that imports statically, however deep. */
async function eagerParts(contents, { resolveDir = path(), without = [] } = {}) {
  const { metafile, outputFiles } = await build({
    stdin: { contents, resolveDir },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    external: ['react', 'react/jsx-runtime', 'react-dom', ...without],
    define: { 'process.env.NODE_ENV': '"production"' },
    outdir: 'out',
    write: false,
    metafile: true,
  });
  const outputs = Object.entries(metafile.outputs).map(([name, { entryPoint, imports }]) => ({
    name,
    isEntry: entryPoint === '<stdin>',
    staticImports: imports.filter(({ kind, external }) => kind === 'import-statement' && !external),
    bytes: outputFiles.find((file) => file.path.endsWith(name))?.contents ?? new Uint8Array(),
  }));
  // The core's glue and the plain conversation are behind import().
  const eager = new Set(outputs.filter(({ isEntry }) => isEntry));
  for (const output of eager) {
    for (const { path: name } of output.staticImports) eager.add(outputs.find((other) => other.name === name));
  }
  return [...eager].map(({ bytes }) => bytes);
}

/** The texts of the components: a page loads those of one language, its own or ENGLISH. */
const LANGUAGE = [path('dist/js/localization.js'), '*/localization.js'];

/** Of the components: what a page loads that imports one of them. */
async function components() {
  const names = Object.keys(await import('../dist/components/index.js')).filter((name) => /^Polar[A-Z]/.test(name));
  return await Promise.all(
    names.map(async (name) => ({
      what: `  ${name} alone`,
      parts: await eagerParts(`export { ${name} } from './dist/components/index.js';`),
      aim: undefined,
      limit: undefined,
    })),
  );
}

const plugin = `export { createPolarPlugin } from './dist/js/index.js';`;

/** React parts of others, each with what its documentation puts around it, and ours. Clerk's load more from Clerk at run time. */
async function peers() {
  const folder = path('tests/bench/size');
  if (!existsSync(`${folder}/node_modules/autumn-js`)) {
    await run('npm', ['ci', '--prefix', folder, '--legacy-peer-deps'], { quiet: true });
  }
  const table = `export { PolarPricingTable, PolarProvider } from './dist/components/index.js';`;
  const pages = [
    ['The same of ours: plugin + PolarProvider + PolarPricingTable', path(), `${plugin} ${table}`],
    [
      'Clerk 5.61: ClerkProvider + PricingTable',
      folder,
      `export { ClerkProvider, PricingTable } from '@clerk/clerk-react';`,
    ],
    [
      'Autumn 1.3: AutumnProvider + useCustomer + useListPlans',
      folder,
      `export { AutumnProvider, useCustomer, useListPlans } from 'autumn-js/react';`,
    ],
  ];
  return await Promise.all(
    pages.map(async ([what, resolveDir, contents]) => ({
      what,
      parts: await eagerParts(contents, { resolveDir }),
      aim: undefined,
      limit: undefined,
    })),
  );
}

const rows = [
  {
    what: 'before the first click: plugin + checkout button',
    parts: await eagerParts(`${plugin} export { PolarCheckoutButton } from './dist/components/index.js';`),
    aim: 4_608,
    limit: 5_120,
  },
  {
    what: 'every component and hook, beside the plugin, without a language',
    parts: await eagerParts(`${plugin} export * from './dist/components/index.js';`, { without: LANGUAGE }),
    less: await eagerParts(plugin),
    aim: 18_000,
    limit: 18_000,
  },
  {
    what: 'one language: ENGLISH',
    parts: await eagerParts(`export { ENGLISH } from './dist/js/localization.js';`),
    aim: 1_500,
    limit: 2_000,
  },
  ...(await components()),
  {
    what: 'the custom elements, beside the plugin, without a language',
    parts: await eagerParts(`${plugin} export * from './dist/js/elements.js';`, { without: LANGUAGE }),
    less: await eagerParts(plugin),
    aim: undefined,
    limit: undefined,
  },
  ...(options.peers ? await peers() : []),
  {
    what: 'the stylesheet, where it is used',
    parts: [(await transform(readFileSync(path('dist/components/styles.css')), { loader: 'css', minify: true })).code],
    aim: 3_500,
    limit: 4_096,
  },
  {
    what: 'the core: core.wasm + core.mjs',
    parts: [readFileSync(path('dist/wasm/core.wasm')), readFileSync(path('dist/wasm/core.mjs'))],
    aim: 36_864,
    limit: 36_864,
  },
  {
    what: 'at another number of seats or units: quote.wasm + quote.mjs',
    parts: [readFileSync(path('dist/wasm/quote.wasm')), readFileSync(path('dist/wasm/quote.mjs'))],
    aim: undefined,
    limit: undefined,
  },
  {
    what: 'at the first recorded event: usage.wasm + usage.mjs',
    parts: [readFileSync(path('dist/wasm/usage.wasm')), readFileSync(path('dist/wasm/usage.mjs'))],
    aim: 12_288,
    limit: 14_336,
  },
  {
    what: 'in tests only: emulator.wasm + emulator.mjs',
    parts: ['dist/wasm/emulator.wasm', 'dist/wasm/emulator.mjs']
      .filter((name) => existsSync(path(name)))
      .map((name) => readFileSync(path(name))),
    aim: undefined,
    limit: undefined,
  },
];

const column = (value = '-', width = 10) => String(value).padStart(width);
console.log(`${'brotli bytes'.padEnd(66)}${column('size')}${column('aim')}${column('limit')}`);
let failed = false;
const sizeOf = (parts = []) => parts.reduce((sum, part) => sum + brotli(part), 0);
for (const { what, parts, less, aim, limit } of rows) {
  const size = sizeOf(parts) - sizeOf(less);
  const verdict = size > limit ? '  above the limit' : size > aim ? '  above the aim' : '';
  failed ||= size > limit;
  console.log(`${what.padEnd(66)}${column(size)}${column(aim)}${column(limit)}${verdict}`);
}
process.exit(failed ? 1 : 0);
