// The page of the rows without React: the same two buttons, wired up by the page itself.
import { client, plugin } from './client.js';

const polar = plugin.install(client);

/** Leads to the checkout of what is for sale. */
export const buy = () => polar.redirectToCheckout({ slug: 'pro' });

/** Resolves with how the core refuses a product id that is none. */
export const beRefused = () =>
  polar.redirectToCheckout({ productId: 'pro' }).catch(({ code, field }) => `${code} ${field}`);
