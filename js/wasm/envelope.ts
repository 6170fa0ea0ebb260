// How the modules answer: each returns an envelope of JSON text, a value or an error. Nothing crosses that would have to
// be freed.
import { failAs, type WireError } from '../wire-error.js';

type Envelope<Value> = { ok: true; value: Value } | { ok: false; error: WireError };

/** Returns the value of an envelope, or throws its error. */
export function unwrap<Value>(envelope: string): Value {
  const read = JSON.parse(envelope) as Envelope<Value>;
  return read.ok ? read.value : failAs(read.error);
}
