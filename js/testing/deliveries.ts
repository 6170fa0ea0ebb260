// Webhooks on their way to the application under test: each attempt becomes a Request, and what came of it is kept.
import type { PolarWebhookEvent } from '../webhook-events.js';
import type { Due, Outcome } from './module.js';

/** Receives a delivery as a route does. `createWebhookHandler` of `@plinto/polar/webhooks` makes one. */
export type WebhookReceiver = (request: Request) => Response | Promise<Response>;

/** One attempt to deliver one event, and what came of it. */
export interface EmulatedDelivery {
  /** The header `webhook-id`: the same over all attempts at this event and endpoint. */
  readonly id: string;
  /** The event's type, as `order.paid`. */
  readonly type: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** The emulated time of the attempt. */
  readonly at: Date;
  readonly url: string;
  /** Signed by the receiver's clock (`Date.now()`), so that they verify whatever the emulated time is. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes that are signed, as text. */
  readonly body: string;
  /** The body, read. */
  readonly event: Omit<PolarWebhookEvent, 'id' | 'attemptedAtMs'>;
  /** What the receiver answered; null when it threw. 202 when there is no receiver. */
  readonly status: number | null;
  /** What the receiver threw. The emulator takes it for a broken connection, and tries again as Polar does. */
  readonly error?: unknown;
}

/** Keeps the attempts, and the receiver that they go to. */
export class Deliveries {
  readonly all: EmulatedDelivery[] = [];
  readonly #attempts = new Map<string, number>();
  receive: WebhookReceiver | undefined;

  async attempt({ url, headers, body }: Due['deliveries'][number], at: Date): Promise<Outcome> {
    const fields = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
    const event = JSON.parse(body) as EmulatedDelivery['event'];
    const id = fields['webhook-id'] ?? '';
    const attempt = (this.#attempts.get(id) ?? 0) + 1;
    this.#attempts.set(id, attempt);
    const made = { id, type: event.type, attempt, at, url, headers: fields, body, event };
    try {
      const status = (await this.receive?.(new Request(url, { method: 'POST', headers, body })))?.status ?? 202;
      this.all.push({ ...made, status });
      return { status };
    } catch (error) {
      this.all.push({ ...made, status: null, error });
      return { fault: 'network' };
    }
  }
}
