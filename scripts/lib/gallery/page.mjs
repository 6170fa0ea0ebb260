// The gallery's page, built in memory: what the package has in dist/, the stylesheet beside it, and the frame around both.
import { readFileSync } from 'node:fs';
import { at } from '../paths.mjs';
import { scenarios } from './scenarios.mjs';

const folder = at('examples/gallery');
const wasm = ['core.wasm', 'quote.wasm', 'usage.wasm'];

/** All files by their path. @returns {Promise<Map<string, Uint8Array | string>>} */
export async function buildGallery() {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [`${folder}/src/picker.tsx`, `${folder}/src/scene.tsx`],
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    outdir: '/',
    write: false,
    // The components say 'use client' for frameworks with a server; here everything is the client.
    logOverride: { 'module-level-directive': 'silent' },
    define: { 'process.env.NODE_ENV': '"development"' },
  });
  return new Map([
    ...outputFiles.map(({ path, contents }) => [path, contents]),
    ...['index.html', 'scene.html'].map((name) => [`/${name}`, readFileSync(`${folder}/${name}`)]),
    ['/styles.css', readFileSync(at('dist/components/styles.css'))],
    ['/scenarios.json', JSON.stringify(scenarios.map(({ name, what }) => ({ name, what })))],
    // Where the bundle looks for them: beside dist/js there, beside the root here.
    ...wasm.map((name) => [`/wasm/${name}`, readFileSync(at('dist/wasm', name))]),
  ]);
}
