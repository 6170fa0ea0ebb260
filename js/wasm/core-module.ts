// The core as a module: what it offers, and how it starts from its glue and its binary, which the URL names in the form
// that bundlers (Vite, webpack 5, Rollup) recognize and copy. Import its types only; a loader imports the rest.
import createModule from '../../wasm/core.mjs';
import { instantiate, type WasmSource } from './instantiate.js';
import { provided } from './provided.js';

/** The core compiled to WebAssembly. Internal to this package except as the result of `loadCore`. */
export interface CoreModule {
  /** Begins an operation. Returns an envelope of `Step`. */
  exchangeStart(operation: string, input: string, context: string): string;
  /** Tells the core what happened. Returns an envelope of `Step`. */
  exchangeNext(exchange: string, event: string, context: string): string;
  /** The version of the core, for instance `0.1.0`. */
  version(): string;
}

export function start(wasm: WasmSource | undefined): Promise<CoreModule> {
  return instantiate(createModule, wasm, {
    provided: provided.core,
    url: () => new URL('../../wasm/core.wasm', import.meta.url),
    inline: () => import('../../wasm/core.inline.mjs'),
  });
}
