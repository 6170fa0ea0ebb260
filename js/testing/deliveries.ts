// Webhooks on their way to the application under test: each attempt becomes a Request, and what came of it is kept.
import { fail, isPolarError, PolarError } from '../errors.js';
import type { Due, Outcome } from '../wasm/emulator-module.js';
import type { PolarWebhookEvent } from '../webhook-events.js';

/** How long Polar waits for an answer, in milliseconds of the receiver's own clock. */
const PATIENCE = 10_000;

/** Receives a delivery as a route does, and answers it. `createWebhookHandler` of `@plinto/polar/webhooks` makes one. */
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
  /** What the receiver answered; null when it threw, answered no Response or took longer than ten seconds. 202 when
   * there is no receiver. */
  readonly status: number | null;
  /**
   * Why there is no status: what the receiver threw, or a PolarError. The emulator takes it for a broken connection or
   * one that Polar gave up, and tries again as Polar does.
   */
  readonly error?: unknown;
}

/** Keeps the attempts, and the receiver that they go to. */
export class Deliveries {
  readonly all: EmulatedDelivery[] = [];
  readonly #attempts = new Map<string, number>();
  #receive: WebhookReceiver | undefined;

  /** Sends deliveries to `receive` from now on. Throws VALIDATION_FAILED when it is no function. */
  sendTo(receive: WebhookReceiver): void {
    if (typeof receive !== 'function') {
      fail({
        code: 'VALIDATION_FAILED',
        family: 'caller',
        message: `onWebhook takes a function, (request: Request) => Response, and got ${kindOf(receive)}. To receive deliveries elsewhere, call your own code in it.`,
        field: 'receiver',
      });
    }
    this.#receive = receive;
  }

  async attempt({ url, headers, body }: Due['deliveries'][number], at: Date): Promise<Outcome> {
    const fields = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
    const event = JSON.parse(body) as EmulatedDelivery['event'];
    const id = fields['webhook-id'] ?? '';
    const attempt = (this.#attempts.get(id) ?? 0) + 1;
    this.#attempts.set(id, attempt);
    const made = { id, type: event.type, attempt, at, url, headers: fields, body, event };
    try {
      const status = await this.#answerTo(new Request(url, { method: 'POST', headers, body }));
      this.all.push({ ...made, status });
      return { status };
    } catch (error) {
      this.all.push({ ...made, status: null, error });
      return { fault: isPolarError(error, 'TIMEOUT') ? 'timeout' : 'network' };
    }
  }

  async #answerTo(request: Request): Promise<number> {
    if (!this.#receive) return 202;
    const answer: unknown = await inTime(this.#receive(request));
    const status = answer !== null && typeof answer === 'object' && 'status' in answer ? answer.status : undefined;
    // Not by its class: a test's environment may have a Response of its own.
    if (Number.isInteger(status) && Number(status) >= 200 && Number(status) <= 599) return Number(status);
    return fail({
      code: 'VALIDATION_FAILED',
      family: 'caller',
      message: `The receiver of onWebhook answered ${kindOf(answer)}, not a Response: the delivery failed. Return one, as \`new Response(null, { status: 202 })\`, or hand over what createWebhookHandler makes.`,
      field: 'receiver',
    });
  }
}

const tooLate = (): PolarError =>
  new PolarError({
    code: 'TIMEOUT',
    family: 'caller',
    message: `The receiver of onWebhook did not answer within ${PATIENCE / 1_000} seconds, after which Polar gives up: the delivery failed.`,
  });

async function inTime(answer: Response | Promise<Response>): Promise<Response> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLate()), PATIENCE);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function kindOf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return String(value);
  return typeof value === 'function' ? 'a function' : 'an object';
}
