// Binaries that were imported ahead of time, for hosts that compile nothing at run time. Filled by the package's entries of
// these hosts (js/entries), before anything is loaded.
import type { WasmSource } from './instantiate.js';

export const provided: { core?: WasmSource; quote?: WasmSource; usage?: WasmSource; webhooks?: WasmSource } = {};
