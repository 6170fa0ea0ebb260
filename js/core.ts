// The boundary to the C++ core: what the module offers, and how its envelopes are read. JSON text goes in, an envelope
// of JSON text comes out; nothing crosses that would have to be freed.
import { failAs, type WireError } from './errors.js';

/** The core compiled to WebAssembly. Internal to this package except as the result of `loadCore`. */
export interface CoreModule {
  /** Begins an operation. Returns an envelope of `Step`. */
  exchangeStart(operation: string, input: string, context: string): string;
  /** Tells the core what happened. Returns an envelope of `Step`. */
  exchangeNext(exchange: string, event: string, context: string): string;
  /** The version of the core, for instance `0.1.0`. */
  version(): string;
}

/** The operations that the core knows. */
export type Operation =
  | 'createCheckout'
  | 'getCheckout'
  | 'ensureCustomer'
  | 'getCustomerPortalUrl'
  | 'getCustomerData'
  | 'listSubscriptions'
  | 'getAccess'
  | 'ingestUsageEvent';

type Envelope<Value> = { ok: true; value: Value } | { ok: false; error: WireError };

/** Returns the value of an envelope, or throws its error. */
export function unwrap<Value>(envelope: string): Value {
  const read = JSON.parse(envelope) as Envelope<Value>;
  return read.ok ? read.value : failAs(read.error);
}
