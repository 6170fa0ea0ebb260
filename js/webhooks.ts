// `@plinto/polar/webhooks`: verifies and reads what Polar delivers, in Node, Workers, Deno and Bun. The signature is
// checked by the C++ core over the raw bytes; the verified body is then read by JSON.parse. Nothing here needs React, a
// browser or the network.
import { asPolarError, fail, type PolarError } from './errors.js';
import { unwrap } from './wasm/envelope.js';
import { createLoader, type LoadOptions } from './wasm/loader.js';
import type { PolarWebhookEvent, WebhookDataByType, WebhookEvent, WebhookEventType } from './webhook-events.js';

export { isPolarError, PolarError } from './errors.js';
export type { WasmSource } from './wasm/instantiate.js';
export type { LoadOptions } from './wasm/loader.js';
export type * from './webhook-events.js';

/** Headers in any of the shapes that servers hand out. Names are compared without regard to case. */
export type WebhookHeaders =
  | Headers
  | Iterable<readonly [name: string, value: string]>
  | Record<string, string | readonly string[] | undefined>;

/** What `verifyWebhook` takes. */
export interface VerifyWebhookOptions extends LoadOptions {
  /** The body as it was received. Not a parsed object: `10.0` would come back as `10`, and the signature would not hold. */
  body: Uint8Array | ArrayBuffer | string;
  /** The request's headers, of which three count: `webhook-id`, `webhook-timestamp`, `webhook-signature`. */
  headers: WebhookHeaders;
  /** The endpoint's secret as Polar shows it (`whsec_...`), or several while one replaces another. */
  secret: string | readonly string[];
  /** The time to check against, in Unix milliseconds. Default: now. Deliveries more than 300 s away are refused. */
  now?: number | undefined;
}

const loadWebhooks = createLoader(() => import('./wasm/webhooks-module.js'));

/**
 * Verifies one delivery and returns its event. An event type that this version does not know is returned all the same.
 * Rejects with WEBHOOK_HEADER_MISSING, WEBHOOK_SIGNATURE_MISMATCH (`details.diagnosis` says why, where that can be
 * known), WEBHOOK_TIMESTAMP_OUT_OF_TOLERANCE; CONFIGURATION_INVALID without a secret; INVALID_JSON; CORE_LOAD_FAILED.
 */
export async function verifyWebhook(options: VerifyWebhookOptions): Promise<PolarWebhookEvent> {
  const { body, now = Date.now() } = options;
  const secrets = [options.secret].flat().filter(Boolean);
  if (secrets.length === 0) {
    fail({
      code: 'CONFIGURATION_INVALID',
      family: 'caller',
      message: 'The webhook secret is empty. Pass the whsec_... that Polar shows for this endpoint.',
      field: 'secret',
    });
  }
  const bytes = bytesOf(body);
  const headers = JSON.stringify(listHeaders(options.headers));
  const core = await loadWebhooks(options);
  const delivery = unwrap<{ id: string; timestamp_ms: number }>(
    core.verifyWebhook(JSON.stringify(secrets), headers, bytes, now),
  );
  return { ...readPayload(bytes), id: delivery.id, attemptedAtMs: delivery.timestamp_ms } as PolarWebhookEvent;
}

/** What `signWebhook` takes. */
export interface SignWebhookOptions extends LoadOptions {
  /** The body as it will be sent. */
  body: Uint8Array | ArrayBuffer | string;
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

/** What `createWebhookHandler` takes. Handlers may be async; one that fails makes Polar deliver the event again. */
export interface WebhookHandlerOptions extends LoadOptions {
  /** The endpoint's secret (`whsec_...`), or several while one replaces another. */
  secret: string | readonly string[];
  /** What to do, by event type. Deliveries repeat and overtake each other: tell duplicates by `event.id`. */
  on?: { [Type in WebhookEventType]?: (event: WebhookEvent<Type, WebhookDataByType[Type]>) => unknown };
  /** Called for events that `on` has no handler for, also of types that this version does not know. */
  onUnknown?: ((event: WebhookEvent) => unknown) | undefined;
  /** Called for every event, before the others. */
  onPayload?: ((event: WebhookEvent) => unknown) | undefined;
  /** Told of every delivery that is not answered 202. Default: `console.error`. */
  onError?: ((error: PolarError) => void) | undefined;
}

/** Polar's largest payloads are far below this. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/**
 * Makes a route for any server that speaks Request and Response (Next, Hono, Bun, Deno, Workers).
 * Answers 202 when all handlers are done; 403 to a delivery that does not verify; 400, 405, 413 to what is none; 500
 * when a handler fails, so that Polar tries again. Polar waits 10 s: hand longer work to a queue.
 */
export function createWebhookHandler(options: WebhookHandlerOptions): (request: Request) => Promise<Response> {
  const { onError = console.error } = options;
  return async (request) => {
    let event: WebhookEvent;
    try {
      event = await verifyWebhook({ ...options, body: await readBody(request), headers: request.headers });
    } catch (caught) {
      const error = asPolarError(caught);
      onError(error);
      return refuse(error);
    }
    try {
      await options.onPayload?.(event);
      await handlerOf(options, event.type)?.(event);
    } catch (caught) {
      onError(asPolarError(caught));
      return refuse();
    }
    return Response.json({ status: 'success' }, { status: 202 });
  };
}

type Handler = (event: WebhookEvent) => unknown;

function handlerOf({ on = {}, onUnknown }: WebhookHandlerOptions, type: string): Handler | undefined {
  return Object.hasOwn(on, type) ? (on[type as WebhookEventType] as Handler | undefined) : onUnknown;
}

async function readBody(request: Request): Promise<Uint8Array> {
  if (request.method !== 'POST') {
    fail({ code: 'METHOD_NOT_ALLOWED', family: 'caller', message: 'Webhooks are delivered by POST.' });
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    parts.push(read.value);
    size += read.value.byteLength;
    if (size > MAX_BODY_BYTES) {
      await reader?.cancel();
      fail({ code: 'PAYLOAD_TOO_LARGE', family: 'caller', message: `The body exceeds ${MAX_BODY_BYTES} bytes.` });
    }
  }
  const body = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.byteLength;
  }
  return body;
}

const STATUSES: Record<string, number> = {
  INVALID_JSON: 400,
  WEBHOOK_HEADER_MISSING: 403,
  WEBHOOK_SIGNATURE_MISMATCH: 403,
  WEBHOOK_TIMESTAMP_OUT_OF_TOLERANCE: 403,
  METHOD_NOT_ALLOWED: 405,
  PAYLOAD_TOO_LARGE: 413,
  VALIDATION_FAILED: 422,
};

function refuse(error?: PolarError): Response {
  const status = error && STATUSES[error.code];
  if (status) {
    const { code, message, details } = error;
    return Response.json({ error: { code, message, details } }, { status });
  }
  // What went wrong in here is nobody's business out there.
  const message = 'The event could not be handled; deliver it again.';
  return Response.json({ error: { code: 'INTERNAL', message, details: {} } }, { status: 500 });
}

const bytesOf = (body: Uint8Array | ArrayBuffer | string): Uint8Array =>
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
