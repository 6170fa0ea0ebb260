// `@plinto/polar`: billing for applications whose users sign in with Plinto. Start at `createPolarPlugin` (with a Plinto
// client) or `createPolarClient` (with an access token).
export { createPolarClient, loadCore, PolarClient, type PolarClientOptions, type PolarSettings } from './client.js';
export {
  isPolarError,
  type KnownPolarErrorCode,
  PolarError,
  type PolarErrorCode,
  type PolarErrorFamily,
} from './errors.js';
export {
  createPolarPlugin,
  type PlintoClientLike,
  PolarPlugin,
  type PolarPluginConfig,
  type WithPolar,
} from './plugin.js';
export type { GetAccessToken } from './token.js';
export type { PolarRequest, PolarResponse, PolarTransport } from './transport.js';
export type * from './types.js';
export type { CoreModule } from './wasm/core-module.js';
export type { WasmSource } from './wasm/instantiate.js';
export type { LoadOptions } from './wasm/loader.js';
