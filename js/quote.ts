// What other numbers of seats and units cost: computed in the page, by the same C++ as the server's own quotes.
import { asPolarError } from './errors.js';
import { toCamel, toSnake } from './spelling.js';
import type { ProductOffer, ProductQuote } from './types.js';
import { unwrap } from './wasm/envelope.js';
import { createLoader } from './wasm/loader.js';

/** How many are bought; the fewest that are sold where it says nothing. */
export interface Quantity {
  readonly seats?: number | undefined;
  readonly units?: number | undefined;
}

const loadQuotes = /* @__PURE__ */ createLoader(() => import('./wasm/quote-module.js'));

/**
 * Prices a product up front, before discount and tax: one period of a subscription, or the purchase. Errors: VALIDATION_FAILED,
 * naming `currency`, `seats` or `units`; CORE_LOAD_FAILED.
 */
export async function quoteProduct(product: ProductOffer, currency: string, quantity: Quantity): Promise<ProductQuote> {
  try {
    const module = await loadQuotes();
    const input = JSON.stringify(toSnake({ product, currency, ...quantity }));
    return toCamel(unwrap(module.quoteProduct(input))) as ProductQuote;
  } catch (error) {
    throw asPolarError(error);
  }
}
