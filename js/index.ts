// `@plinto/polar`: billing for applications whose users sign in with Plinto. Start at `createPolarPlugin` (with a Plinto
// client) or `createPolarClient` (with an access token).
export {
  type BetterAuthAnswer,
  type BetterAuthCheckoutOptions,
  type BetterAuthClient,
  type BetterAuthEmbedOptions,
  type BetterAuthLink,
  type BetterAuthList,
  type BetterAuthPage,
  type BetterAuthPortalOptions,
  type BetterAuthQuery,
  type BetterAuthReference,
  type BetterAuthState,
  type BetterAuthSubscriptionQuery,
  type BetterAuthSuccess,
  type BetterAuthUsage,
  betterAuthClient,
  type EmbeddedCheckout,
} from './better-auth.js';
export { createPolarClient, loadCore, PolarClient, type ShowCheckout } from './client.js';
export { type Confirmation, type Confirmer, confirmerOf } from './confirmation.js';
export { errorText } from './error-text.js';
export {
  isPolarError,
  type KnownPolarErrorCode,
  PolarError,
  type PolarErrorCode,
  type PolarErrorFamily,
  type PolarErrorFields,
} from './errors.js';
export { type InitialState, loadInitialState } from './initial-state.js';
export { ENGLISH, type Localization, type Plural } from './localization.js';
export { type PagedRead, paginate } from './paginate.js';
export { type PlanFact, type PlanNotice, type PlanView as SubscriptionView, planView } from './plan-view.js';
export {
  createPolarPlugin,
  type PlintoClientLike,
  PolarPlugin,
  type PolarPluginConfig,
  type WithPolar,
} from './plugin.js';
export {
  type ChosenQuantity,
  type IntervalView,
  type PlanPrice,
  type PlanQuantity,
  type PlanView,
  type PricingInput,
  type PricingView,
  pricingOf,
} from './pricing.js';
export { type Quantity, quoteProduct } from './quote.js';
export type { DataOf, InputOf, Question, ReadName, Reads } from './reads.js';
export type { Session, SessionEvent } from './session.js';
export type { PolarClientOptions, PolarSettings } from './settings.js';
export type { Snapshot } from './snapshot.js';
export { type Query, watch } from './store.js';
export { type Texts, type TextValues, textsOf } from './texts.js';
export type { GetAccessToken } from './token.js';
export type { PolarRequest, PolarResponse, PolarTransport } from './transport.js';
export type * from './types.js';
export type { RecordedUsage, RecordOptions, Usage, UsageSettings, UsageStats } from './usage/types.js';
export type { CoreModule } from './wasm/core-module.js';
export type { WasmSource } from './wasm/instantiate.js';
export type { LoadOptions } from './wasm/loader.js';
