// The pricing part of the core as a module, as core-module.ts is the core.
import createModule from '../../wasm/quote.mjs';
import { instantiate, type WasmSource } from './instantiate.js';
import { provided } from './provided.js';

/** The pricing part of the core. Internal to this package. */
export interface QuoteModule {
  /** Takes a product of `GET /products`, a currency, and how many. Returns an envelope of a `ProductQuote`. */
  quoteProduct(options: string): string;
}

export function start(wasm: WasmSource | undefined): Promise<QuoteModule> {
  return instantiate(createModule, wasm, {
    provided: provided.quote,
    url: () => new URL('../../wasm/quote.wasm', import.meta.url),
    inline: () => import('../../wasm/quote.inline.mjs'),
  });
}
