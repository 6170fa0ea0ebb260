// `@plinto/polar/webhooks` for edge runtimes such as Next's: they take a compiled module by this import.
import webhooks from '../../wasm/webhooks.wasm?module';
import { provided } from '../wasm/provided.js';

Object.assign(provided, { webhooks });

export * from '../webhooks.js';
