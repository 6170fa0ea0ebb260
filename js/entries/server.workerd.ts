// `@plinto/polar/server` for Cloudflare's workerd: see index.workerd.ts.
import usage from '../../wasm/usage.wasm';
import webhooks from '../../wasm/webhooks.wasm';
import { provided } from '../wasm/provided.js';

Object.assign(provided, { usage, webhooks });

export * from '../server.js';
