// Starts the webhook part of the core from its glue and its binary, as start-core.ts does for the core.
import createModule from '../wasm/webhooks.mjs';
import { instantiate } from './instantiate.js';
import type { WasmSource } from './loader.js';
import type { WebhooksModule } from './webhooks.js';

export function start(wasm: WasmSource | undefined): Promise<WebhooksModule> {
  return instantiate(createModule, wasm ?? new URL('../wasm/webhooks.wasm', import.meta.url));
}
