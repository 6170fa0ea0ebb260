// `@plinto/polar/testing`: the Polar emulator in process. No network, no account, no port, and a clock that you set.
// Nothing here needs a browser or React. For tests only: it weighs what a server weighs. `startPolarStack` and
// `startPlinto` do listen, on this machine and in Node alone; what they need is loaded when they are called.
export { isPolarError, PolarError } from './errors.js';
export * from './testing/catalogs.js';
export type { EmulatedDelivery, WebhookReceiver } from './testing/deliveries.js';
export type { Duration, DurationParts, DurationText, DurationUnit } from './testing/duration.js';
export {
  createPolarEmulator,
  type EmulatedExchange,
  type EmulatedProduct,
  type EmulatorLog,
  type PolarEmulator,
  type PolarEmulatorOptions,
} from './testing/emulator.js';
export type { CheckoutToPay, Payment, PaymentOptions, TestCard } from './testing/pay.js';
export { type Plinto, type PlintoDelivery, type PlintoOptions, startPlinto } from './testing/stack/plinto.js';
export { type PolarStack, type PolarStackOptions, type StackedPolar, startPolarStack } from './testing/stack/stack.js';
export type { WasmSource } from './wasm/instantiate.js';
export type { LoadOptions } from './wasm/loader.js';
