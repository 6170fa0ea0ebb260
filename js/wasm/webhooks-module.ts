// The webhook part of the core as a module, as core-module.ts is the core.
import createModule from '../../wasm/webhooks.mjs';
import { instantiate, type WasmSource } from './instantiate.js';
import { provided } from './provided.js';

/** The webhook part of the core. Internal to this package. */
export interface WebhooksModule {
  /** Returns an envelope of `{ id, timestamp_ms }`. */
  verifyWebhook(secrets: string, headers: string, body: Uint8Array, nowMs: number): string;
  /** Returns an envelope of `SignedHeaders`. */
  signWebhook(secret: string, derivation: string, id: string, nowMs: number, body: Uint8Array): string;
  /** Returns an envelope of an access change, spelled as the core does, or of null. */
  decideAccessChange(body: Uint8Array, graceDays: number): string;
  /** Returns an envelope of the name of the key that a token takes. */
  readTokenHead(token: string): string;
  /** Returns an envelope of the claims, spelled as the core does. */
  readEntitlementToken(token: string, issuer: string, audience: string, nowMs: number): string;
}

export function start(wasm: WasmSource | undefined): Promise<WebhooksModule> {
  return instantiate(createModule, wasm, {
    provided: provided.webhooks,
    inline: () => import('../../wasm/webhooks.inline.mjs'),
  });
}
