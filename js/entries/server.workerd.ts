// `@plinto/polar/server` for Cloudflare's workerd: see index.workerd.ts.
import webhooks from '../../wasm/webhooks.wasm';
import { provided } from '../wasm/provided.js';

Object.assign(provided, { webhooks });

export * from '../server.js';
