import { createServer } from './shared/routes.js';

export default {
  fetch: (request, env) => createServer(env)(request),
};
