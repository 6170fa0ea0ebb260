// The vectors that native builds run too, here against the Wasm modules in Node and in Chromium.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import calls from '../vectors/calls.json' with { type: 'json' };
import deliveries from '../vectors/webhook.json' with { type: 'json' };
import { type CallVector, runCall, runWebhook, type WebhookVector } from './support/vectors.mjs';

const callVectors = calls as CallVector[];
const webhookVectors = deliveries as WebhookVector[];
const wasm = new URL('../../dist/wasm/', import.meta.url);

type RunVectors = (
  calls: readonly CallVector[],
  deliveries: readonly WebhookVector[],
) => Promise<{ calls: unknown[][]; webhooks: WebhookVector['expect'][] }>;
type Factory = (options: { wasmBinary: Uint8Array }) => Promise<unknown>;

async function startInNode(name: string): Promise<unknown> {
  const { default: create } = (await import(new URL(`${name}.mjs`, wasm).href)) as { default: Factory };
  return create({ wasmBinary: readFileSync(new URL(`${name}.wasm`, wasm)) });
}

function checkCall(actual: unknown[], vector: CallVector) {
  expect(actual).toEqual(vector.steps.map((step) => step.expect));
}

function checkWebhook(actual: WebhookVector['expect'], { expect: wanted }: WebhookVector) {
  if (wanted.ok || wanted.diagnosis === undefined) return expect(actual).toMatchObject(wanted);
  const diagnosis = expect.stringContaining(wanted.diagnosis);
  expect(actual).toMatchObject({ ok: false, code: wanted.code, diagnosis });
}

describe('in Node', async () => {
  const core = await startInNode('core');
  const webhooks = await startInNode('webhooks');

  it.each(callVectors)('$name', (vector) => checkCall(runCall(core, vector), vector));
  it.each(webhookVectors)('$name', (vector) => checkWebhook(runWebhook(webhooks, vector), vector));
});

describe('in Chromium', () => {
  const types: Record<string, string> = { '.mjs': 'text/javascript', '.wasm': 'application/wasm' };
  const files: Record<string, URL> = {
    '/vectors.mjs': new URL('support/vectors.mjs', import.meta.url),
    '/page.mjs': new URL('support/vectors-page.mjs', import.meta.url),
  };
  for (const name of ['core.mjs', 'core.wasm', 'webhooks.mjs', 'webhooks.wasm'])
    files[`/${name}`] = new URL(name, wasm);
  let server: Server;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const path = request.url ?? '/';
      const file = files[path];
      const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
      response.setHeader('content-security-policy', policy);
      response.setHeader('content-type', types[extname(path)] ?? 'text/html');
      if (file !== undefined) response.end(readFileSync(file));
      else
        response
          .writeHead(path === '/' ? 200 : 404)
          .end('<!doctype html><script type="module" src="/page.mjs"></script>');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
    const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: [...flags, ...quiet] });
    page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  it('gives the same answers for every vector', async () => {
    await page.waitForFunction(() => 'runVectors' in globalThis);
    const actual = await page.evaluate(
      ([calls, webhooks]) => {
        const { runVectors } = globalThis as unknown as { runVectors: RunVectors };
        return runVectors(calls, webhooks);
      },
      [callVectors, webhookVectors] as const,
    );

    expect(callVectors.length).toBeGreaterThanOrEqual(10);
    callVectors.forEach((vector, i) => {
      checkCall(actual.calls[i] ?? [], vector);
    });
    webhookVectors.forEach((vector, i) => {
      checkWebhook(actual.webhooks[i] ?? { ok: false, code: 'missing' }, vector);
    });
  });
});
