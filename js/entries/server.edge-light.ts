// `@plinto/polar/server` for edge runtimes such as Next's: see index.edge-light.ts.
import webhooks from '../../wasm/webhooks.wasm?module';
import { provided } from '../wasm/provided.js';

Object.assign(provided, { webhooks });

export * from '../server.js';
