// `@plinto/polar/server` for edge runtimes such as Next's: see index.edge-light.ts.
import usage from '../../wasm/usage.wasm?module';
import webhooks from '../../wasm/webhooks.wasm?module';
import { provided } from '../wasm/provided.js';

Object.assign(provided, { usage, webhooks });

export * from '../server.js';
