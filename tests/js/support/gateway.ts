// A real HTTP server on loopback in the place of the gateway: answers as a test says and remembers what it was asked.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: IncomingHttpHeaders;
  body: unknown;
}

/** What to answer; `hang` never answers, `cut` ends the connection. */
export type Answer = { status: number; body: unknown; headers?: Record<string, string> } | 'hang' | 'cut';

/** An answer, or what makes one of the request. */
type Reply = Answer | ((asked: Asked) => Answer | Promise<Answer>);

export class Gateway {
  readonly asked: Asked[] = [];
  /** How many requests their senders gave up. */
  aborted = 0;
  #answers: Reply[] = [];
  #waiting: { count: number; resolve: () => void }[] = [];

  private constructor(readonly server: Server) {
    server.on('request', async (request, response) => {
      const url = new URL(request.url ?? '/', 'http://gateway');
      const text = (await request.toArray()).join('');
      const asked = {
        method: request.method ?? '',
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: request.headers,
        body: text === '' ? undefined : JSON.parse(text),
      };
      this.asked.push(asked);
      response.on('close', () => {
        if (!response.writableEnded) this.aborted++;
      });
      for (const { count, resolve } of this.#waiting) if (this.asked.length >= count) resolve();
      const reply = this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0];
      const answer = typeof reply === 'function' ? await reply(asked) : reply;
      if (answer === 'hang') return;
      if (answer === undefined || answer === 'cut') {
        request.socket.destroy();
        return;
      }
      const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(body);
    });
  }

  static async start(): Promise<Gateway> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Gateway(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Sets the answers to come; the last one is repeated. */
  answer(...answers: Reply[]): this {
    this.#answers = answers;
    return this;
  }

  /** Forgets what was asked. */
  forget(): void {
    this.asked.length = 0;
    this.aborted = 0;
    this.#waiting = [];
  }

  /** Resolves when so many requests have arrived. */
  arrived(count = 1): Promise<void> {
    if (this.asked.length >= count) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ count, resolve }));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

export const PRODUCT = '5d0b3cf8-6a5c-4a53-9f0e-7b6a1f0c2d11';
export const ORGANIZATION = '0c9bb4a6-2f5e-4f36-8a1c-3f1f6b1d9a77';
export const OTHER_ORGANIZATION = '7c0e2a11-4f5d-4e7b-9a31-1d2e3f4a5b6c';

export const CHECKOUT = {
  status: 201,
  body: {
    checkout_id: '7a1f6f5e-0d5b-4c3a-9a55-2f0d1f7c9b10',
    checkout_url: 'https://polar.example/checkout/polar_c_abc',
    expires_at: '2026-11-22T08:00:00Z',
    client_secret: 'polar_c_abc',
  },
};

export const PORTAL = {
  status: 200,
  body: { portal_url: 'https://polar.example/acme/portal?token=t', expires_at: '2026-11-22T08:00:00Z' },
};

export const CUSTOMER = {
  status: 200,
  body: {
    customer_id: '3f0d8a4e-93b1-4a7c-8b11-6a2f4f0b6c22',
    external_id: ORGANIZATION,
    email: 'ada@example.com',
    name: 'Ada',
  },
};

export const DATA = {
  status: 200,
  body: {
    subscriptions: [
      {
        id: '9a0c1de2-7a4f-4b58-8d1e-0b6f0a2c3d44',
        status: 'active',
        product_id: PRODUCT,
        product_name: 'Pro',
        amount: 2000,
        currency: 'usd',
        recurring_interval: 'month',
        recurring_interval_count: 1,
        current_period_start: '2026-11-22T06:00:00Z',
        current_period_end: '2026-12-22T06:00:00Z',
        cancel_at_period_end: false,
        canceled_at: null,
        ends_at: null,
        ended_at: null,
        started_at: '2026-11-22T06:00:00Z',
      },
    ],
    benefits: [
      {
        id: '1b7e0f4a-52c9-4c39-9a63-5e1d2c3b4a55',
        benefit_id: '2c8f105b-63da-4d4a-8b74-6f2e3d4c5b66',
        benefit_type: 'feature_flag',
        granted_at: '2026-11-22T06:00:01Z',
      },
    ],
    orders: [
      {
        id: '4d90216c-74eb-4e5b-9c85-703f4e5d6c77',
        status: 'paid',
        paid: true,
        total_amount: 2000,
        currency: 'usd',
        billing_reason: 'subscription_create',
        product_id: PRODUCT,
        invoice_number: null,
        created_at: '2026-11-22T06:00:00Z',
      },
    ],
  },
};

export const USAGE = (eventId = 'evt_1', quantity = 1) => ({
  status: 202,
  body: { event_id: eventId, event_name: 'api_call', quantity, reported: true },
});

/** The gateway's error body. */
export const refusal = (status: number, code: string, details: object = {}, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: { error: { code, message: `${code}: what, why, what to do`, details, request_id: 'req_1' } },
});

/** Bytes that no host takes for WebAssembly: the core cannot load, and the plain path is taken. */
export const brokenWasm = () => new Uint8Array([0]);

/** Whose token a request has, and which organization it names: `sub organization`. */
export function subjectOf({ headers, query, body }: Asked): string {
  const payload = headers.authorization?.split('.')[1] ?? '';
  const { sub } = payload === '' ? { sub: 'nobody' } : (JSON.parse(atob(payload)) as { sub: string });
  const named = query.organization_id ?? (body as { organization_id?: string } | undefined)?.organization_id;
  return [sub, named].filter(Boolean).join(' ');
}

/** Data in which the product bears the name of whom it is of. */
export function dataOf(asked: Asked) {
  const [subscription] = DATA.body.subscriptions;
  const body = { ...DATA.body, subscriptions: [{ ...subscription, product_name: subjectOf(asked) }] };
  return { status: 200, body };
}
