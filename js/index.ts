// `@plinto/polar`: billing for applications whose users sign in with Plinto. Start at `createPolarPlugin` (with a Plinto
// client) or `createPolarClient` (with an access token).
export { createPolarClient, PolarClient, type PolarClientOptions, type PolarSettings } from './client.js';
export type { CoreModule } from './core.js';
export {
  isPolarError,
  type KnownPolarErrorCode,
  PolarError,
  type PolarErrorCode,
  type PolarErrorFamily,
} from './errors.js';
export { loadCore } from './load.js';
export type { LoadOptions, WasmSource } from './loader.js';
export {
  createPolarPlugin,
  type PlintoClientLike,
  PolarPlugin,
  type PolarPluginConfig,
  type WithPolar,
} from './plugin.js';
export type { GetAccessToken, PolarRequest, PolarResponse, PolarTransport } from './transport.js';
export type * from './types.js';
