// The webhook handler inside the frameworks themselves: each gets a signed delivery over HTTP or by the call that it makes,
// as it is set up in docs/integrations/POLAR.md, and as it goes wrong.
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import {
  createNodeWebhookHandler,
  createWebhookHandler,
  fastifyWebhooks,
  type NodeRequest,
  type NodeResponse,
  signWebhook,
  type WebhookHandlerOptions,
  type WebhookRequest,
} from '@plinto/polar/webhooks';
import express from 'express';
import fastify from 'fastify';
import { H3 } from 'h3';
import { createApp, createRouter, defineEventHandler, readBody, toNodeListener, toWebRequest } from 'h3-1';
import { Hono } from 'hono';
import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest';

const SECRET = 'whsec_C2FVsBQIhrscchlQIMV+b5sSYspob7oD';
// A float that JSON.parse and JSON.stringify do not give back: only the raw bytes verify.
const BODY =
  '{"type":"customer.state_changed","timestamp":"2026-11-22T06:00:00Z","data":{"id":"c1","external_id":"ü","balance":10.0}}';

/** Signed, as Polar sends it. */
const signed = async (body = BODY): Promise<RequestInit> => ({
  method: 'POST',
  headers: { ...(await signWebhook({ body, secret: SECRET })), 'content-type': 'application/json' },
  body,
});

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Serves a Node listener and returns what delivers to it. */
async function serve(listener: RequestListener): Promise<(path?: string, init?: RequestInit) => Promise<Response>> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  closing.push(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return async (path = '/hook', init) => fetch(`http://127.0.0.1:${port}${path}`, init ?? (await signed()));
}

/** A handler's options, with what came of them. */
function watched(more: Partial<WebhookHandlerOptions> = {}) {
  const onPayload = vi.fn();
  const onError = vi.fn();
  return { options: { secret: SECRET, onPayload, onError, ...more }, onPayload, onError };
}

async function expectTaken(response: Response, onPayload: ReturnType<typeof vi.fn>): Promise<void> {
  expect([response.status, await response.json()]).toEqual([202, { status: 'success' }]);
  const data = { id: 'c1', external_id: 'ü', balance: 10 };
  expect(onPayload).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ type: 'customer.state_changed', data }));
}

async function expectExplained(response: Response, onError: ReturnType<typeof vi.fn>, cure: RegExp): Promise<void> {
  const refusal = { code: 'CONFIGURATION_INVALID', message: expect.stringMatching(cure) };
  expect([response.status, await response.json()]).toMatchObject([400, { error: refusal }]);
  expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ ...refusal, field: 'body' }));
}

// What is used of 4 here has the types of 5.
const expresses = { 5: express, 4: createRequire(import.meta.url)('express-4') as typeof express };
describe.each(Object.entries(expresses))('Express %s', (_, framework) => {
  it('takes a delivery by the plain route, and by one with express.raw or express.text', async () => {
    for (const parsers of [[], [framework.raw({ type: '*/*' })], [framework.text({ type: '*/*' })]]) {
      const { options, onPayload } = watched();
      const app = framework().post('/hook', ...parsers, createNodeWebhookHandler(options));

      await expectTaken(await (await serve(app))(), onPayload);
    }
  });

  it('is told what to change where express.json came first', async () => {
    const { options, onPayload, onError } = watched();
    const app = framework().use(framework.json()).post('/hook', createNodeWebhookHandler(options));

    await expectExplained(await (await serve(app))(), onError, /parsed before .*express\.json\(\).*express\.raw/);
    expect(onPayload).not.toHaveBeenCalled();
  });

  it('takes the bytes that were kept beside the parsed body', async () => {
    const { options, onPayload } = watched();
    const verify = (request: IncomingMessage, _: unknown, rawBody: Buffer) => void Object.assign(request, { rawBody });
    const app = framework().use(framework.json({ verify })).post('/hook', createNodeWebhookHandler(options));

    await expectTaken(await (await serve(app))(), onPayload);
  });
});

describe('node:http', () => {
  it('takes a delivery', async () => {
    const { options, onPayload } = watched();

    await expectTaken(await (await serve(createNodeWebhookHandler(options)))(), onPayload);
  });

  it('refuses what is no POST, what is not signed, and what is too large', async () => {
    const deliver = await serve(createNodeWebhookHandler(watched().options));

    expect((await deliver('/', { method: 'GET' })).status).toBe(405);
    expect((await deliver('/', { method: 'POST', body: BODY })).status).toBe(403);
    expect((await deliver('/', await signed('x'.repeat(4 * 1024 * 1024 + 1)))).status).toBe(413);
  });

  it('says that a body was read where nothing of it is left', async () => {
    const { options, onError } = watched();
    const handler = createNodeWebhookHandler(options);
    const deliver = await serve(async (request, response) => {
      for await (const _ of request);
      await handler(request, response);
    });

    await expectExplained(await deliver(), onError, /read before/);
  });
});

describe('pages/api of Next', () => {
  // What Next hands to the route: with bodyParser, `body` is what JSON.parse made, and the stream is at its end.
  it('takes a delivery without its body parser, and is told of the setting otherwise', async () => {
    const route = async (isParsed: boolean, options: WebhookHandlerOptions) => {
      const handler = createNodeWebhookHandler(options);
      return serve(async (request, response) => {
        const parts: Buffer[] = [];
        if (isParsed) for await (const part of request) parts.push(part as Buffer);
        if (isParsed) Object.assign(request, { body: JSON.parse(Buffer.concat(parts).toString()) });
        await handler(request as NodeRequest, response as NodeResponse);
      });
    };

    const good = watched();
    await expectTaken(await (await route(false, good.options))(), good.onPayload);
    const parsed = watched();
    await expectExplained(await (await route(true, parsed.options))(), parsed.onError, /bodyParser: false/);
  });
});

describe('Fastify', () => {
  it('takes a delivery, whatever its type and size, and leaves other routes their parser', async () => {
    const { options, onPayload } = watched();
    const app = fastify();
    app.register(fastifyWebhooks, { path: '/hook', ...options });
    app.post('/other', async ({ body }) => ({ parsed: body }));
    await app.ready();
    closing.push(() => app.close());
    const post = async (url: string, body: string, type: string) => {
      const { headers } = await signed(body);
      const all = { ...(headers as Record<string, string>), 'content-type': type };
      return app.inject({ method: 'POST', url, headers: all, payload: body });
    };

    const answer = await post('/hook', BODY, 'application/json');
    await expectTaken(new Response(answer.body, { status: answer.statusCode }), onPayload);
    expect((await post('/hook', BODY, 'text/plain')).statusCode).toBe(202);
    const long = BODY.replace('10.0', `10.0,"pad":"${'x'.repeat(2 * 1024 * 1024)}"`);
    expect((await post('/hook', long, 'application/json')).statusCode).toBe(202);
    expect((await app.inject({ method: 'POST', url: '/hook' })).statusCode).toBe(403);
    expect((await post('/other', '{"a":1}', 'application/json')).json()).toEqual({ parsed: { a: 1 } });
  });

  it("says by name that it is none of Node's servers", async () => {
    const app = fastify();
    const handler = createNodeWebhookHandler(watched().options) as unknown as Parameters<typeof app.post>[1];
    app.post('/hook', handler);

    const answer = await app.inject({ method: 'POST', url: '/hook', payload: {} });
    expect(answer.json()).toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringMatching(/register fastifyWebhooks/),
    });
  });

  it('does not start without a path or a secret', async () => {
    const bad = [{ path: '/hook', secret: undefined }, { path: 'hook', secret: SECRET }, { secret: SECRET }];
    for (const options of bad) {
      const app = fastify();
      app.register(fastifyWebhooks, options as { path: string; secret: string });
      await expect(app.ready()).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
    }
  });
});

describe('Hono', () => {
  it('takes a delivery, and is told where the body was read', async () => {
    const good = watched();
    const app = new Hono().post('/hook', createWebhookHandler(good.options));
    await expectTaken(await app.request('/hook', await signed()), good.onPayload);

    const read = watched();
    const late = new Hono()
      .use(async ({ req }, next) => {
        await req.json();
        await next();
      })
      .post('/hook', createWebhookHandler(read.options));
    await expectExplained(await late.request('/hook', await signed()), read.onError, /read before .*clone\(\)/);
  });
});

describe('h3', () => {
  it('2 takes a delivery', async () => {
    const { options, onPayload } = watched();
    const app = new H3().post('/hook', createWebhookHandler(options));

    await expectTaken(await app.request('/hook', await signed()), onPayload);
  });

  // h3 1 keeps the bytes that it has read.
  it.each([false, true])('1, as in Nuxt 3, takes a delivery (with its body read before: %s)', async (isRead) => {
    const { options, onPayload } = watched();
    const handler = createWebhookHandler(options);
    const route = defineEventHandler(async (event) => {
      if (isRead) await readBody(event);
      return handler(toWebRequest(event));
    });
    const app = createApp().use(createRouter().post('/hook', route));

    await expectTaken(await (await serve(toNodeListener(app)))(), onPayload);
  });
});

describe('routes that are plain functions', () => {
  const shapes: Record<string, (request: Request) => WebhookRequest> = {
    'app router of Next, Workers, Deno, Bun': (request) => request,
    // As its adapter has it, which has handlers of middleware take an event no more.
    "Next's edge runtime": (request) =>
      Object.defineProperty(request, 'request', {
        get() {
          throw new Error('The middleware accepts an async API directly with the form');
        },
      }),
    SvelteKit: (request) => ({ request, url: new URL(request.url), params: {}, locals: {} }),
    Astro: (request) => ({ request, url: new URL(request.url), params: {}, props: {} }),
  };
  it('have the type that Next, SvelteKit and Hono look for', () => {
    const route = createWebhookHandler({ secret: SECRET });

    // As the type check of `next build` does it.
    expectTypeOf<typeof route extends (request: infer First) => unknown ? First : never>().toEqualTypeOf<Request>();
    expectTypeOf(route).toExtend<(event: { request: Request; params: object }) => Response | Promise<Response>>();
    expectTypeOf(route).toExtend<(context: { req: { raw: Request } }) => Response | Promise<Response>>();
  });

  it.each(Object.entries(shapes))('%s take a delivery, and are told where it was read', async (_, shape) => {
    const request = async () => new Request('https://app.example/hook', await signed());
    const good = watched();
    await expectTaken(await createWebhookHandler(good.options)(shape(await request())), good.onPayload);

    for (const read of [(one: Request) => one.json(), (one: Request) => one.body?.getReader()]) {
      const { options, onError } = watched();
      const used = await request();
      await read(used);
      await expectExplained(await createWebhookHandler(options)(shape(used)), onError, /read before/);
    }
  });
});
