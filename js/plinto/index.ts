// A stand-in for Plinto: enough of its API to build and test billing against, in one process, without dependencies.
//
// It is a development tool: it binds to loopback and sends no CORS headers, since it sits behind the same gateway as
// the page. Not for production.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Directory } from './directory.js';
import { answer, answerRefusal, Refusal } from './http.js';
import { createRoutes } from './routes.js';
import { type PlintoDelivery, WebhookSender } from './webhooks.js';

const prefix = '/api/v1';

/** What the stand-in is started with. */
export interface PlintoOptions {
  /** Signs its tokens, HS256: `PLINTO_JWT_SECRET` of the server. */
  jwtSecret: string;
  /** Signs its webhooks: `PLINTO_WEBHOOK_SECRET` of the server. */
  webhookSecret: string;
  /** Where it sends them; nowhere by default. */
  webhookUrl?: string | undefined;
  /** Default: a free one. */
  port?: number | undefined;
  /** Keeps users and organizations between runs. */
  file?: string | undefined;
  /** Default: 900. */
  accessTokenSeconds?: number | undefined;
  /** The time in Unix milliseconds. Default: the machine's. */
  now?: (() => number) | undefined;
  /** Sees each request with its answer, and each attempt to deliver a webhook. */
  onRequest?: ((method: string, path: string, status: number) => void) | undefined;
  onDelivery?: ((delivery: PlintoDelivery) => void) | undefined;
}

/** A running stand-in. */
export interface Plinto {
  readonly url: string;
  /** What was sent and how it was answered, oldest first; status 0 is no answer. */
  webhookLog(): readonly PlintoDelivery[];
  stop(): Promise<void>;
}

/** Starts the stand-in on this machine. Rejects where the port is taken. */
export async function startPlinto({
  jwtSecret,
  webhookSecret,
  webhookUrl,
  port = 0,
  file,
  accessTokenSeconds = 900,
  now = Date.now,
  onRequest,
  onDelivery,
}: PlintoOptions): Promise<Plinto> {
  const directory = new Directory(file, now);
  const webhooks = new WebhookSender({ url: webhookUrl, secret: webhookSecret, now, onDelivery });
  const route = createRoutes({ directory, webhooks, jwtSecret, accessTokenSeconds, now });

  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://plinto');
    response.once('finish', () => onRequest?.(request.method ?? 'GET', pathname, response.statusCode));
    try {
      if (!pathname.startsWith(`${prefix}/`)) throw new Refusal(404, 'NOT_FOUND', 'Not Found');
      const { status, body } = await route(request, pathname.slice(prefix.length));
      answer(response, status, body);
    } catch (error) {
      if (!(error instanceof Refusal)) console.error(error);
      answerRefusal(response, error instanceof Refusal ? error : new Refusal(500, 'INTERNAL', 'Internal error'));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    webhookLog: () => webhooks.log,
    stop: () => {
      webhooks.stop();
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export { setTestClock, testClock } from './clock.js';
export { hashPassword, passwordMatches } from './passwords.js';
export { type Claims, claimsFor, signToken, type TokenWishes, verifyToken } from './tokens.js';
export { type PlintoDelivery, type PlintoEvent, plintoEvent, signPlintoWebhook } from './webhooks.js';
