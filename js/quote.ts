// What other numbers of seats and units cost: computed in the page, by the same C++ as the server's own quotes.
import { late } from './client.js';
import { asPolarError } from './errors.js';
import type { ProductOffer, ProductQuote } from './types.js';

/** How many are bought; the fewest that are sold where it says nothing. */
export interface Quantity {
  readonly seats?: number | undefined;
  readonly units?: number | undefined;
}

/**
 * Prices a product up front, before discount and tax: one period of a subscription, or the purchase. Errors: VALIDATION_FAILED,
 * naming `currency`, `seats` or `units`; CORE_LOAD_FAILED; NETWORK_FAILED.
 */
export async function quoteProduct(product: ProductOffer, currency: string, quantity: Quantity): Promise<ProductQuote> {
  try {
    const { computeQuote } = await late();
    return await computeQuote({ product, currency, ...quantity });
  } catch (error) {
    throw asPolarError(error);
  }
}
