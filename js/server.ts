// `@plinto/polar/server`: for back ends that the server does not stand in front of. Entitlement tokens are checked offline,
// and a client asks the server with a service key. Node, Workers, Deno and Bun; nothing here needs React or a browser.
export {
  type Entitlements,
  hasFeature,
  type VerifyEntitlementsOptions,
  verifyEntitlements,
} from './entitlements.js';
export { isPolarError, PolarError } from './errors.js';
export type {
  AccessAnswer,
  AccessExplanation,
  AccessFact,
  AccessGrant,
  AccessGrantListOptions,
  AccessGrantOptions,
  AccessGrants,
  AccessQuery,
  BatchedUsageOptions,
  CommitOptions,
  CommittedLease,
  EntitlementToken,
  ErasureOptions,
  ErasureReceipt,
  ReleasedLease,
  RemovedLimit,
  ReserveOptions,
  UsageBatchReceipt,
  UsageLease,
  UsageLimit,
  UsageLimitName,
  UsageLimitOptions,
  UsageLimits,
  UsageRefusal,
  UsageRefusalDetails,
  UsageResult,
} from './generated/types.js';
export type { PublishedKey, PublishedKeys } from './jwks.js';
export {
  createServerClient,
  type For,
  ServerClient,
  type ServerClientOptions,
  type ServerSubject,
} from './server-client.js';
export type * from './types.js';
export type { RecordedUsage, RecordOptions, Usage, UsageSettings, UsageStats } from './usage/types.js';
export type { WasmSource } from './wasm/instantiate.js';
export type { LoadOptions } from './wasm/loader.js';
