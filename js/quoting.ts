// A quote by the core's own module. Behind late.ts: a page that shows prices need not have it before somebody changes a number.
import { loadQuotes } from './run.js';
import { toCamel, toSnake } from './spelling.js';
import type { ProductQuote } from './types.js';
import { unwrap } from './wasm/envelope.js';

/** `input` as the core has it, in our names. Errors: VALIDATION_FAILED, CORE_LOAD_FAILED. */
export async function computeQuote(input: object): Promise<ProductQuote> {
  const module = await loadQuotes();
  return toCamel(unwrap(module.quoteProduct(JSON.stringify(toSnake(input))))) as ProductQuote;
}
