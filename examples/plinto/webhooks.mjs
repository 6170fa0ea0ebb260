// Plinto's own webhooks: signed over the body, sent again with growing pauses until the receiver answers 2xx.
import { createHmac, randomUUID } from 'node:crypto';

const attempts = 12;
const firstPauseMs = 200;
const longestPauseMs = 15_000;
const answerWithinMs = 10_000;

/** Signs a body as Plinto does: hex HMAC-SHA256 over the bytes. The timestamp is not covered. */
export const signPlintoWebhook = (body, secret) => createHmac('sha256', secret).update(body).digest('hex');

/** The document that Plinto posts for one event. */
export function plintoEvent(type, data, now = Date.now) {
  return {
    id: randomUUID(),
    type,
    created_at: new Date(now()).toISOString(),
    data,
    object: type.startsWith('user.') ? 'user' : 'organization',
    api_version: 'v1',
  };
}

export class WebhookSender {
  #url;
  #secret;
  #now;
  #stopped = new AbortController();
  #log = [];

  constructor({ url, secret, now = Date.now }) {
    this.#url = url;
    this.#secret = secret;
    this.#now = now;
  }

  /** What was sent and how it was answered: `{ id, type, attempt, status }`, oldest first; status 0 is no answer. */
  get log() {
    return this.#log;
  }

  /** Starts delivering one event; the caller does not wait for it. Without a URL nothing is sent. */
  send(type, data) {
    if (this.#url === undefined) return;
    const event = plintoEvent(type, data, this.#now);
    void this.#deliver(event).catch(() => {});
  }

  stop() {
    this.#stopped.abort();
  }

  async #deliver(event) {
    const body = JSON.stringify(event);
    for (let attempt = 1; attempt <= attempts && !this.#stopped.signal.aborted; attempt += 1) {
      const status = await this.#post(event.id, body);
      this.#log.push({ id: event.id, type: event.type, attempt, status });
      if (status >= 200 && status < 300) return;
      await pause(Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs), this.#stopped.signal);
    }
  }

  async #post(id, body) {
    try {
      const answer = await fetch(this.#url, {
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

function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
