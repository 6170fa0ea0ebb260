// `@plinto/polar` for edge runtimes such as Next's: they take a compiled module by this import.
import core from '../../wasm/core.wasm?module';
import quote from '../../wasm/quote.wasm?module';
import usage from '../../wasm/usage.wasm?module';
import { provided } from '../wasm/provided.js';

Object.assign(provided, { core, quote, usage });

export * from '../index.js';
