// `@plinto/polar/webhooks`: verifies and reads what Polar delivers, in Node, Workers, Deno and Bun. Nothing here needs React,
// a browser or the network.
import { bodyIsGone, createReceiver, MAX_BODY_BYTES, tooLarge, type WebhookHandlerOptions } from './webhook-handler.js';

export { isPolarError, PolarError } from './errors.js';
export type { WasmSource } from './wasm/instantiate.js';
export type { LoadOptions } from './wasm/loader.js';
export type * from './webhook-events.js';
export type { SeenEvents, WebhookHandlerOptions } from './webhook-handler.js';
export {
  createNodeWebhookHandler,
  type FastifyReply,
  type FastifyRequest,
  type FastifyScope,
  type FastifyWebhookOptions,
  fastifyWebhooks,
  type NodeRequest,
  type NodeResponse,
} from './webhook-node.js';
export type { WebhookSecrets } from './webhook-secret.js';
export {
  type AccessChange,
  type SignedHeaders,
  type SignWebhookOptions,
  signWebhook,
  type VerifyWebhookOptions,
  verifyWebhook,
  type WebhookBody,
  type WebhookHeaders,
} from './webhook-verify.js';

/** A request, or what a framework hands its routes around one: of SvelteKit and Astro, of Hono, of h3 2. */
export type WebhookRequest = Request | { request: Request } | { req: Request | { raw: Request } };

/** The route that `createWebhookHandler` makes. */
export interface WebhookRoute {
  (input: WebhookRequest): Promise<Response>;
  // What Next's type check of a route looks at is the last one.
  (request: Request): Promise<Response>;
}

/**
 * Makes a route for any server that speaks Request and Response: Next, Hono, Workers, SvelteKit, Astro, h3, Bun, Deno.
 * Answers 202 when all handlers are done; 403 to a delivery that does not verify; 400, 405, 413 to what is none; 500
 * when a handler fails, so that Polar tries again. Polar waits 10 s: hand longer work to a queue. Throws
 * CONFIGURATION_INVALID where there is no secret, or a placeholder.
 */
export function createWebhookHandler(options: WebhookHandlerOptions): WebhookRoute {
  const receive = createReceiver(options);
  return async (input: WebhookRequest) => {
    const request = requestOf(input);
    const { method, headers } = request;
    const { status, body } = await receive({ method, headers, readBody: () => readBody(request) });
    return Response.json(body, { status });
  };
}

// By shape, not by class: a server may have a Request of its own. One of Next's at the edge throws at whoever asks it for `request`.
function requestOf(input: WebhookRequest): Request {
  if ('arrayBuffer' in input) return input;
  if ('request' in input) return input.request;
  if (!('req' in input)) return input;
  return 'raw' in input.req ? input.req.raw : input.req;
}

async function readBody(request: Request): Promise<Uint8Array> {
  if (request.bodyUsed || request.body?.locked) {
    const cure =
      'Call the handler before anything reads the request, or let the other read a copy: request.clone() (in Hono c.req.raw.clone()).';
    throw bodyIsGone('read', cure);
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    parts.push(read.value);
    size += read.value.byteLength;
    if (size > MAX_BODY_BYTES) {
      await reader?.cancel();
      throw tooLarge();
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
