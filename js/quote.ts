// What other numbers of seats and units cost: computed in the page, by the same C++ as the server's own quotes.
import { asPolarError } from './errors.js';
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
    return toCamel(unwrap(module.quoteProduct(JSON.stringify(toSnake({ product, currency, ...quantity })))));
  } catch (error) {
    throw asPolarError(error);
  }
}

const toSnake = (value: unknown): unknown =>
  renamed(value, (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));

const toCamel = (value: Record<string, unknown>) =>
  renamed(value, (name) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())) as ProductQuote;

function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((inner) => renamed(inner, rename));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [rename(name), renamed(inner, rename)]));
}
