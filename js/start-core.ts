// Starts the core from its glue and its binary, which the URL names in the form that bundlers (Vite, webpack 5, Rollup)
// recognize and copy.
import createModule from '../wasm/core.mjs';
import type { CoreModule } from './core.js';
import { instantiate } from './instantiate.js';
import type { WasmSource } from './loader.js';

export function start(wasm: WasmSource | undefined): Promise<CoreModule> {
  return instantiate(createModule, wasm ?? new URL('../wasm/core.wasm', import.meta.url));
}
