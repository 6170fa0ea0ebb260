// What a receiver does with one delivery, from its bytes to the answer, whatever server it came through. The doors are
// createWebhookHandler (Request and Response) and those of webhook-node.ts.
import { asPolarError, PolarError } from './errors.js';
import type { LoadOptions } from './wasm/loader.js';
import type { PolarWebhookEvent, WebhookDataByType, WebhookEvent, WebhookEventType } from './webhook-events.js';
import { readSecrets, type WebhookSecrets } from './webhook-secret.js';
import { type AccessChange, decideAccess, verifyWebhook, type WebhookHeaders } from './webhook-verify.js';

/** Where the ids of handled events are kept. A `Set` is one, for a single process. */
export interface SeenEvents {
  /** Whether the event of this id was handled before. Asked before all handlers. */
  has(id: string): boolean | Promise<boolean>;
  /** Keeps the id. Called after all handlers are done. */
  add(id: string): unknown;
}

/** What a webhook handler takes. Handlers may be async; one that fails makes Polar deliver the event again. */
export interface WebhookHandlerOptions extends LoadOptions {
  /** The endpoint's secret (`whsec_...`), or several while one replaces another. Looked at when the handler is made. */
  secret: WebhookSecrets;
  /** What to do, by event type. Deliveries repeat and overtake each other: see `seen`. */
  on?: { [Type in WebhookEventType]?: (event: WebhookEvent<Type, WebhookDataByType[Type]>) => unknown };
  /** Called for events that `on` has no handler for, also of types that this version does not know. */
  onUnknown?: ((event: WebhookEvent) => unknown) | undefined;
  /** Called for every event, before the others. */
  onPayload?: ((event: WebhookEvent) => unknown) | undefined;
  /** Called whenever an event says that a customer has access. It repeats: set what it says, do not count it. */
  onGrantAccess?: ((change: AccessChange) => unknown) | undefined;
  /** Called whenever an event says that a customer has no access, or has it no longer. It repeats as well. */
  onRevokeAccess?: ((change: AccessChange) => unknown) | undefined;
  /** Days of access after a failed charge, as your PRODUCTS has it. Default: 0, as Polar's own. */
  graceDays?: number | undefined;
  /**
   * Skips events that were handled. At least once, not exactly: after a crash between the handlers and `add`, the event is
   * handled again.
   */
  seen?: SeenEvents | undefined;
  /** Told of every delivery that is not answered 202. Default: `console.error`, for a fault of the set-up only once. */
  onError?: ((error: PolarError) => void) | undefined;
}

/** Polar's largest payloads are far below this. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** One delivery as it came in. `readBody` throws what is to be answered where there is no body to verify. */
export interface Delivery {
  method: string | undefined;
  headers: WebhookHeaders;
  readBody(): Promise<Uint8Array>;
}

/** What is answered: a status, and JSON. */
export interface Answer {
  status: number;
  body: object;
}

/** Makes what answers deliveries. Throws CONFIGURATION_INVALID where there is no secret, or a placeholder. */
export function createReceiver(options: WebhookHandlerOptions): (delivery: Delivery) => Promise<Answer> {
  readSecrets(options.secret);
  const { seen, graceDays = 0, onError = createReporter() } = options;
  const hearsAccess = !!(options.onGrantAccess ?? options.onRevokeAccess);
  const running = new Map<string, Promise<void>>();

  /** Each event once at a time: Polar sends again what takes longer than ten seconds, while it is still being handled. */
  const handleOnce = async (delivered: Delivered, store: SeenEvents): Promise<void> => {
    const { event } = delivered;
    const known = running.get(event.id);
    if (known) return known;
    const run = async () => {
      if (await store.has(event.id)) return;
      await handle(options, delivered);
      await store.add(event.id);
    };
    const started = run().finally(() => running.delete(event.id));
    running.set(event.id, started);
    return started;
  };

  return async ({ method, headers, readBody }) => {
    let isRead = false;
    try {
      if (method !== 'POST') throw refusal('METHOD_NOT_ALLOWED', 'Webhooks are delivered by POST.');
      const body = await readBody();
      const event = await verifyWebhook({ ...options, body, headers });
      // Before any handler: what cannot be read now cannot be read when it comes again.
      const change = hearsAccess ? await decideAccess(event, body, graceDays, options) : null;
      isRead = true;
      const delivered = { event, change };
      await (seen ? handleOnce(delivered, seen) : handle(options, delivered));
      return { status: 202, body: { status: 'success' } };
    } catch (caught) {
      const error = asPolarError(caught);
      onError(error);
      return isRead ? refuse() : refuse(error);
    }
  };
}

/** An event that was verified, and what it says of access where somebody wants to know. */
interface Delivered {
  event: PolarWebhookEvent;
  change: AccessChange | null;
}

async function handle(options: WebhookHandlerOptions, { event, change }: Delivered): Promise<void> {
  const { on = {}, onUnknown, onPayload, onGrantAccess, onRevokeAccess } = options;
  await onPayload?.(event);
  const handler = Object.hasOwn(on, event.type) ? (on[event.type] as Handler | undefined) : onUnknown;
  await handler?.(event);
  if (change) await (change.allowed ? onGrantAccess : onRevokeAccess)?.(change);
}

type Handler = (event: WebhookEvent) => unknown;

/** An error that this package's own doors answer with. */
export const refusal = (code: string, message: string): PolarError =>
  new PolarError({ code, family: 'caller', message });

export const tooLarge = (): PolarError => refusal('PAYLOAD_TOO_LARGE', `The body exceeds ${MAX_BODY_BYTES} bytes.`);

/** A body that is not the bytes any more. `cure`: what to change in the application. */
export const bodyIsGone = (what: string, cure: string): PolarError =>
  new PolarError({
    code: 'CONFIGURATION_INVALID',
    family: 'caller',
    field: 'body',
    message: `The body was ${what} before the webhook handler saw it, and the signature holds over its raw bytes. ${cure} Until then no delivery is accepted, however often Polar sends it.`,
  });

/** A fault of the set-up is the same for every delivery: once is enough. */
function createReporter(): (error: PolarError) => void {
  let isTold = false;
  return (error) => {
    const isSetUp = error.code === 'CONFIGURATION_INVALID';
    if (!isSetUp || !isTold) console.error(error);
    isTold ||= isSetUp;
  };
}

// Polar sends again whatever is not 2xx, ten times in half an hour, and disables an endpoint after ten events in a row that
// failed so. It keeps the first 2,048 characters of an answer and shows them beside the delivery: what is wrong is said
// there, and only what may pass by itself is a 5xx.
const STATUSES: Record<string, number> = {
  CONFIGURATION_INVALID: 400,
  INVALID_JSON: 400,
  WEBHOOK_HEADER_MISSING: 403,
  WEBHOOK_SIGNATURE_MISMATCH: 403,
  WEBHOOK_TIMESTAMP_OUT_OF_TOLERANCE: 403,
  METHOD_NOT_ALLOWED: 405,
  PAYLOAD_TOO_LARGE: 413,
  VALIDATION_FAILED: 422,
};

function refuse(error?: PolarError): Answer {
  const status = error && STATUSES[error.code];
  if (status) {
    const { code, message, details } = error;
    return { status, body: { error: { code, message, details } } };
  }
  // What went wrong in here is nobody's business out there.
  const message = 'The event could not be handled; deliver it again.';
  return { status: 500, body: { error: { code: 'INTERNAL', message, details: {} } } };
}
