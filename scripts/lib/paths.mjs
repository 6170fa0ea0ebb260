// Where things are, seen from the repository's root.
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');
export const at = (...parts) => [root, ...parts].join('/');

export const nativeBin = at('build/native/bin');
export const wasmBin = at('build/wasm/bin');
export const binary = at('build/native/bin/plinto-polar');
/** What `npx @plinto/polar` runs. */
export const npxProgram = at('dist/js/cli/main.js');
/** Programs as they are deployed, for what measures them. */
export const releaseBin = at('build/release/bin');
export const vite = at('node_modules/vite/bin/vite.js');
/** Debian's own, which its packages of Python are for: the one on PATH may be another. */
export const python = process.env.PLINTO_PYTHON || '/usr/bin/python3';
export const pricingPage = at('examples/pricing-page');
