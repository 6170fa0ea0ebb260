// The events that Polar delivers: envelopes by type. What they hold is generated from the core's models and its table of
// types (generated/webhook-data.ts, by `npm run generate`), spelled as Polar does.
import type { WebhookDataByType } from './generated/webhook-data.js';

export type * from './generated/webhook-data.js';

/** The event types known to this version. Polar adds more in time. */
export type WebhookEventType = keyof WebhookDataByType;

/** A verified event. */
export interface WebhookEvent<Type extends string = string, Data = unknown> {
  /** The delivery's `webhook-id`, the same over all retries: tell duplicates by it. */
  id: string;
  type: Type;
  /** When it happened. Of two events about one object, the newer one counts. */
  timestamp: string;
  data: Data;
  /** When this attempt was sent, in Unix milliseconds. */
  attemptedAtMs: number;
}

/** A verified event of any type known to this version; switch on `type`, and keep a default for newer types. */
export type PolarWebhookEvent = {
  [Type in WebhookEventType]: WebhookEvent<Type, WebhookDataByType[Type]>;
}[WebhookEventType];
