// What runs once something is asked, which a page need not have before: behind one import().
export { runExchange } from './exchange.js';
export { begin } from './plain.js';
export { redirect } from './redirect.js';
export { ensureCustomer } from './sign-up.js';
