// Plinto's own webhooks: signed over the body, sent again with growing pauses until the receiver answers 2xx.
import { createHmac, randomUUID } from 'node:crypto';

const attempts = 12;
const firstPauseMs = 200;
const longestPauseMs = 15_000;
const answerWithinMs = 10_000;

/** Signs a body as Plinto does: hex HMAC-SHA256 over the bytes. The timestamp is not covered. */
export const signPlintoWebhook = (body: string, secret: string): string =>
  createHmac('sha256', secret).update(body).digest('hex');

/** The document that Plinto posts for one event. */
export interface PlintoEvent {
  readonly id: string;
  readonly type: string;
  readonly created_at: string;
  readonly data: unknown;
  readonly object: string;
  readonly api_version: string;
}

/** One attempt to deliver an event; status 0 is no answer. */
export interface PlintoDelivery {
  readonly id: string;
  readonly type: string;
  readonly attempt: number;
  readonly status: number;
}

/** Makes the document of an event. */
export function plintoEvent(type: string, data: unknown, now: () => number = Date.now): PlintoEvent {
  return {
    id: randomUUID(),
    type,
    created_at: new Date(now()).toISOString(),
    data,
    object: type.startsWith('user.') ? 'user' : 'organization',
    api_version: 'v1',
  };
}

interface SenderOptions {
  url: string | undefined;
  secret: string;
  now: () => number;
  onDelivery: ((delivery: PlintoDelivery) => void) | undefined;
}

export class WebhookSender {
  readonly #url: string | undefined;
  readonly #secret: string;
  readonly #now: () => number;
  readonly #onDelivery: ((delivery: PlintoDelivery) => void) | undefined;
  readonly #stopped = new AbortController();
  readonly #log: PlintoDelivery[] = [];

  constructor({ url, secret, now, onDelivery }: SenderOptions) {
    this.#url = url;
    this.#secret = secret;
    this.#now = now;
    this.#onDelivery = onDelivery;
  }

  /** What was sent and how it was answered, oldest first. */
  get log(): readonly PlintoDelivery[] {
    return this.#log;
  }

  /** Starts delivering one event; the caller does not wait for it. Without a URL nothing is sent. */
  send(type: string, data: unknown): void {
    const url = this.#url;
    if (url === undefined) return;
    const event = plintoEvent(type, data, this.#now);
    void this.#deliver(url, event).catch(() => {});
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #deliver(url: string, event: PlintoEvent): Promise<void> {
    const body = JSON.stringify(event);
    for (let attempt = 1; attempt <= attempts && !this.#stopped.signal.aborted; attempt += 1) {
      const status = await this.#post(url, event.id, body);
      const delivery = { id: event.id, type: event.type, attempt, status };
      this.#log.push(delivery);
      this.#onDelivery?.(delivery);
      if (status >= 200 && status < 300) return;
      await pause(Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs), this.#stopped.signal);
    }
  }

  async #post(url: string, id: string, body: string): Promise<number> {
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'X-Webhook-ID': id,
          'X-Webhook-Timestamp': String(Math.floor(this.#now() / 1000)),
          'X-Webhook-Signature': signPlintoWebhook(body, this.#secret),
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(answerWithinMs)]),
      });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return 0;
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
