import { createServer } from './shared/routes.js';

const env = Deno.env.toObject();
Deno.serve({ hostname: '127.0.0.1', port: Number(env.PORT) }, createServer(env));
