// `@plinto/polar` for Cloudflare's workerd: what it runs is compiled when it is deployed.
import core from '../../wasm/core.wasm';
import quote from '../../wasm/quote.wasm';
import usage from '../../wasm/usage.wasm';
import { provided } from '../wasm/provided.js';

Object.assign(provided, { core, quote, usage });

export * from '../index.js';
