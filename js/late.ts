// What runs once something is asked, which a page need not have before: behind one import().
export { hostOf } from './exchange.js';
export { computeQuote } from './quoting.js';
export { redirect } from './redirect.js';
export { loadCore, run } from './run.js';
export { ensureCustomer } from './sign-up.js';
export { fetchTransport, send } from './transport.js';
export { warm } from './warm.js';

import type { openRecorder as open } from './usage/open.js';

export const openRecorder: typeof open = async (options, session) =>
  (await import('./usage/open.js')).openRecorder(options, session);
