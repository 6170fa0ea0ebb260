// Verifies, signs and judges deliveries. The C++ core does all three, over the raw bytes; a verified body is then read by
// JSON.parse.
import { fail } from './errors.js';
import type { Access } from './generated/types.js';
import { toCamel } from './spelling.js';
import { unwrap } from './wasm/envelope.js';
import { createLoader, type LoadOptions } from './wasm/loader.js';
import type { PolarWebhookEvent } from './webhook-events.js';
import { readSecrets, type WebhookSecrets } from './webhook-secret.js';

/** Headers in any of the shapes that servers hand out. Names are compared without regard to case. */
export type WebhookHeaders =
  | Headers
  | Iterable<readonly [name: string, value: string]>
  | Record<string, string | readonly string[] | undefined>;

/** A body as it was received or will be sent. */
export type WebhookBody = Uint8Array | ArrayBuffer | string;

/** What `verifyWebhook` takes. */
export interface VerifyWebhookOptions extends LoadOptions {
  /** The body as it was received. Not a parsed object: `10.0` would come back as `10`, and the signature would not hold. */
  body: WebhookBody;
  /** The request's headers, of which three count: `webhook-id`, `webhook-timestamp`, `webhook-signature`. */
  headers: WebhookHeaders;
  /** The endpoint's secret as Polar shows it (`whsec_...`), or several while one replaces another. */
  secret: WebhookSecrets;
  /** The time to check against, in Unix milliseconds. Default: now. Deliveries more than 300 s away are refused. */
  now?: number | undefined;
}

export const loadWebhooks = createLoader(() => import('./wasm/webhooks-module.js'));

/**
 * Verifies one delivery and returns its event. An event type that this version does not know is returned all the same.
 * Rejects with WEBHOOK_HEADER_MISSING, WEBHOOK_SIGNATURE_MISMATCH (`details.diagnosis` says why, where that can be
 * known), WEBHOOK_TIMESTAMP_OUT_OF_TOLERANCE; CONFIGURATION_INVALID without a secret; INVALID_JSON; CORE_LOAD_FAILED.
 */
export async function verifyWebhook(options: VerifyWebhookOptions): Promise<PolarWebhookEvent> {
  const { body, now = Date.now() } = options;
  const secrets = JSON.stringify(readSecrets(options.secret));
  const bytes = bytesOf(body);
  const headers = JSON.stringify(listHeaders(options.headers));
  const core = await loadWebhooks(options);
  const delivery = unwrap<{ id: string; timestamp_ms: number }>(core.verifyWebhook(secrets, headers, bytes, now));
  return { ...readPayload(bytes), id: delivery.id, attemptedAtMs: delivery.timestamp_ms } as PolarWebhookEvent;
}

/** What an event says of access: who has it or has it no longer, of what, why, and until when. */
export interface AccessChange extends Access {
  /** When the event was emitted. Of two about one subscription or order the later counts; these texts can be compared. */
  at: string;
  /** Polar's id of the customer. */
  customerId: string;
  /** Your id of the customer: the Plinto user or organization. */
  externalId?: string;
  /** Polar's id of the product; absent where the event does not tell it. */
  productId?: string;
  /** The subscription that gives access. */
  subscriptionId?: string;
  /** The one-time purchase that gives access. Where neither stands, it is all that the customer has. */
  orderId?: string;
  event: PolarWebhookEvent;
}

/** Returns what a verified event says of access, or null. The rule is the core's (access_change.h). */
export async function decideAccess(
  event: PolarWebhookEvent,
  body: Uint8Array,
  graceDays: number,
  options: LoadOptions,
): Promise<AccessChange | null> {
  const core = await loadWebhooks(options);
  const decided = unwrap<object | null>(core.decideAccessChange(body, graceDays));
  if (!decided) return null;
  const { access, ...rest } = toCamel(decided) as Omit<AccessChange, keyof Access> & { access: Access };
  return { ...access, ...rest, event };
}

/** What `signWebhook` takes. */
export interface SignWebhookOptions extends LoadOptions {
  /** The body as it will be sent. */
  body: WebhookBody;
  /** The endpoint's secret (`whsec_...`). */
  secret: string;
  /** The delivery's id. Default: a new UUID. */
  id?: string | undefined;
  /** When this attempt is made, in Unix milliseconds. Default: now. */
  now?: number | undefined;
  /**
   * How the key is made from the secret. `whole_text`, the default: the bytes of the whole text, as Polar's servers do
   * today. `standard`: what base64 decodes from behind `whsec_`, as endpoints with `uses_standard_webhook_signature` do.
   * `verifyWebhook` accepts both.
   */
  keyDerivation?: 'whole_text' | 'standard' | undefined;
}

/** The headers that a signed delivery bears. */
export interface SignedHeaders {
  'webhook-id': string;
  'webhook-timestamp': string;
  'webhook-signature': string;
}

/**
 * Signs a body as Polar does, to test an endpoint of your own: `new Request(url, { method: 'POST', headers, body })`.
 * Rejects with CONFIGURATION_INVALID when the secret is empty or has no key of that derivation; VALIDATION_FAILED;
 * CORE_LOAD_FAILED.
 */
export async function signWebhook(options: SignWebhookOptions): Promise<SignedHeaders> {
  const { secret, id = crypto.randomUUID(), now = Date.now(), keyDerivation = 'whole_text' } = options;
  const core = await loadWebhooks(options);
  return unwrap<SignedHeaders>(core.signWebhook(secret, keyDerivation, id, now, bytesOf(options.body)));
}

export const bytesOf = (body: WebhookBody): Uint8Array =>
  typeof body === 'string' ? new TextEncoder().encode(body) : new Uint8Array(body);

function readPayload(bytes: Uint8Array): object {
  try {
    const payload: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof payload === 'object' && payload !== null && 'type' in payload) return payload;
  } catch {
    // Said below, as is a body that is JSON but not an event.
  }
  return fail({
    code: 'INVALID_JSON',
    family: 'remote',
    message:
      'The delivery is signed, but its body is not an event. Check that the endpoint has the format "raw" at Polar.',
  });
}

function listHeaders(headers: WebhookHeaders): [name: string, value: string][] {
  const entries = Symbol.iterator in headers ? [...headers] : Object.entries(headers);
  return entries.flatMap(([name, value]) => [value ?? []].flat().map((one): [string, string] => [name, one]));
}
