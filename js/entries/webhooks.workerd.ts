// `@plinto/polar/webhooks` for Cloudflare's workerd: what it runs is compiled when it is deployed.
import webhooks from '../../wasm/webhooks.wasm';
import { provided } from '../wasm/provided.js';

Object.assign(provided, { webhooks });

export * from '../webhooks.js';
