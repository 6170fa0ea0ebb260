import { createServer } from './shared/routes.js';

Bun.serve({ hostname: '127.0.0.1', port: Number(process.env.PORT), fetch: createServer(process.env) });
