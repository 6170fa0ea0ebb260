// How a client and the plugin are set up.
import type { GetAccessToken } from './token.js';
import type { PolarTransport } from './transport.js';
import type { UsageSettings } from './usage/types.js';
import type { WasmSource } from './wasm/instantiate.js';

/** What holds for a client and for the plugin. */
export interface PolarSettings {
  /** Where the gateway is mounted, below `baseUrl`. Default `/api/v1/polar`. */
  basePath?: string | undefined;
  /** The Plinto organization that is billed where a call names none. Default: the signed-in user. */
  organizationId?: string | undefined;
  /**
   * Where who is billed is, as your application knows it: two letters of ISO 3166-1, where a checkout names no `country`. Default: what
   * is kept with the customer, else the product's own in the server's `PRODUCTS`.
   */
  country?: string | undefined;
  /** Where buyers land after paying, where a checkout names no `successUrl`. */
  defaultSuccessUrl?: string | undefined;
  /** Where the back links of Polar's checkout and portal lead, where a call names no `returnUrl`. Default: there are none. */
  defaultReturnUrl?: string | undefined;
  /**
   * Ids of Polar's products by the names that the page has for them: `slug` of a call is looked up here first, then in the server's
   * `PRODUCTS`.
   */
  products?: Readonly<Record<string, string>> | undefined;
  /**
   * When a browser fetches the core: as soon as it is idle, when a button is pointed at or focused, or at the first call. Default
   * `intent`. The script of a click, 3 KB, comes when the page is idle, and with `use` at the first call.
   */
  preload?: 'idle' | 'intent' | 'use' | undefined;
  /** Carries requests in place of `fetch`. The access token is in the headers already. */
  transport?: PolarTransport | undefined;
  /** The core's binary, for hosts that cannot fetch it by its URL (workerd). */
  wasm?: WasmSource | undefined;
  /** How `usage.record` keeps and tells. */
  usage?: UsageSettings | undefined;
}

/** What `createPolarClient` takes. */
export interface PolarClientOptions extends PolarSettings {
  /** The server's address, for instance `https://api.example.com`; a path in it is kept. Default: the page's own origin. */
  baseUrl?: string | undefined;
  /** Returns the Plinto access token of the signed-in user. Asked before each request. */
  getAccessToken: GetAccessToken;
}
