// The doors for servers that hand out Node's request and response: Express, Next's pages, functions of Vercel and Google,
// plain node:http; and Fastify, which reads bodies itself. Structural types: nothing of theirs is imported.
import { fail, type PolarErrorFields } from './errors.js';
import {
  bodyIsGone,
  createReceiver,
  type Delivery,
  MAX_BODY_BYTES,
  tooLarge,
  type WebhookHandlerOptions,
} from './webhook-handler.js';

/** What is needed of Node's `IncomingMessage`, with what frameworks put on it. */
export interface NodeRequest extends AsyncIterable<unknown> {
  method?: string | undefined;
  headers: Record<string, string | string[] | undefined>;
  /** Whether the stream was read from. */
  readableDidRead?: boolean;
  body?: unknown;
  rawBody?: unknown;
}

/** What is needed of Node's `ServerResponse`. */
export interface NodeResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(text: string): unknown;
}

/**
 * As `createWebhookHandler`, for Express, Next's pages and `node:http`: `app.post(path, createNodeWebhookHandler(options))`.
 * Reads the body itself, or takes the bytes that `express.raw()` or `rawBody` has kept. A body that was parsed is answered
 * 400 with what to change. Throws CONFIGURATION_INVALID where there is no secret, or a placeholder.
 */
export function createNodeWebhookHandler(
  options: WebhookHandlerOptions,
): (request: NodeRequest, response: NodeResponse) => Promise<void> {
  const receive = createReceiver(options);
  return async (request, response) => {
    if (typeof response.setHeader !== 'function') fail(NOT_NODE);
    const { method, headers } = request;
    const { status, body } = await receive({ method, headers, readBody: () => readNodeBody(request) });
    response.statusCode = status;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  };
}

const NOT_NODE: PolarErrorFields = {
  code: 'CONFIGURATION_INVALID',
  family: 'caller',
  message:
    "createNodeWebhookHandler wants Node's request and response. In Fastify, register fastifyWebhooks; where there are Request and Response, take createWebhookHandler.",
};

/** What is needed of a Fastify instance. */
export interface FastifyScope {
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(
    type: string,
    options: { parseAs: 'buffer'; bodyLimit: number },
    parser: (request: unknown, body: Uint8Array, done: (error: null, body: Uint8Array) => void) => void,
  ): unknown;
  route(route: {
    method: 'POST';
    url: string;
    handler(request: FastifyRequest, reply: FastifyReply): Promise<unknown>;
  }): unknown;
}

/** What is needed of a Fastify request. */
export interface FastifyRequest {
  method: string;
  headers: Record<string, string | string[] | undefined>;
  body?: unknown;
}

/** What is needed of a Fastify reply. */
export interface FastifyReply {
  code(status: number): { send(body: object): unknown };
}

/** What `fastifyWebhooks` takes. */
export interface FastifyWebhookOptions extends WebhookHandlerOptions {
  /** The route, for instance `/polar/webhooks`. */
  path: string;
}

/**
 * A Fastify plugin: `app.register(fastifyWebhooks, { path, secret, ... })`. On its own route bodies stay bytes; the parsers of
 * all others are as before. Throws CONFIGURATION_INVALID where there is no secret, or a placeholder, or no path.
 */
export async function fastifyWebhooks(app: FastifyScope, options: FastifyWebhookOptions): Promise<void> {
  const { path } = options;
  if (!path?.startsWith('/')) {
    fail({
      code: 'CONFIGURATION_INVALID',
      family: 'caller',
      message: "The route of the webhooks is missing. Pass it as `path`, for instance '/polar/webhooks'.",
      field: 'path',
    });
  }
  const receive = createReceiver(options);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES }, (_, body, done) => done(null, body));
  app.route({
    method: 'POST',
    url: path,
    handler: async ({ method, headers, body }, reply) => {
      // Without a body there is nothing for the parser.
      const bytes = body instanceof Uint8Array ? body : new Uint8Array();
      const answer = await receive({ method, headers, readBody: async () => bytes });
      return reply.code(answer.status).send(answer.body);
    },
  });
}

const CURE = [
  'In Express, mount this route before express.json(), or give it express.raw({ type: "*/*" }).',
  'In pages/api of Next, export const config = { api: { bodyParser: false } }.',
  'In NestJS, create the application with { rawBody: true }. In Fastify, register fastifyWebhooks.',
].join(' ');

const readNodeBody: (request: NodeRequest) => ReturnType<Delivery['readBody']> = async (request) => {
  // Asked first: on some hosts `body` reads and parses when it is looked at.
  if (!request.readableDidRead && Symbol.asyncIterator in request) return collect(request);
  for (const kept of [request.rawBody, request.body]) {
    if (kept instanceof Uint8Array) return kept;
    if (typeof kept === 'string') return new TextEncoder().encode(kept);
  }
  throw bodyIsGone(request.body === undefined ? 'read' : 'parsed', CURE);
};

async function collect(stream: AsyncIterable<unknown>): Promise<Uint8Array> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const part of stream) {
    // Text, where somebody has set an encoding.
    const bytes = typeof part === 'string' ? new TextEncoder().encode(part) : (part as Uint8Array<ArrayBuffer>);
    parts.push(bytes);
    size += bytes.byteLength;
    if (size > MAX_BODY_BYTES) throw tooLarge();
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
