// The package as a stranger has it: the tarball unpacked into an empty Vite app, built for production, and opened in
// Chromium under a strict Content-Security-Policy, with the API behind the same origin.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PRODUCT } from './support/gateway.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const app = mkdtempSync(join(tmpdir(), 'plinto-polar-app-'));
const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

let server: Server;
let origin: string;
let browser: Browser;
let policy = '';
let requested: string[] = [];
/** Before the checkout is answered: a page that leaves fetches nothing more. */
let beforeAnswer: Promise<unknown> | undefined;
let coreIsAsked = () => {};
let checkouts: { headers: NodeJS.Dict<string | string[]>; body: unknown }[] = [];

const html = '<!doctype html><div id="root"></div><script type="module" src="/main.js"></script>';
const main = `
  import { createElement } from 'react';
  import { createRoot } from 'react-dom/client';
  import { createPolarPlugin } from '@plinto/polar';
  import { PolarCheckoutButton, PolarProvider } from '@plinto/polar/react';

  const client = { getAccessToken: async () => 'token', getConfig: () => ({ baseURL: location.origin }) };
  const plugin = createPolarPlugin({ preload: 'use' });
  const button = createElement(PolarCheckoutButton, { productId: '${PRODUCT}' });
  createRoot(document.getElementById('root')).render(createElement(PolarProvider, { client, plugin }, button));
`;

beforeAll(async () => {
  unpackAndBuild();
  server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://app').pathname;
    requested.push(path);
    if (path.endsWith('.wasm')) coreIsAsked();
    if (path === '/api/v1/polar/checkout') {
      checkouts.push({ headers: request.headers, body: JSON.parse((await request.toArray()).join('')) });
      await beforeAnswer;
      const answer = {
        checkout_id: '7a1f6f5e-0d5b-4c3a-9a55-2f0d1f7c9b10',
        checkout_url: `${origin}/paid`,
        expires_at: '2026-11-22T08:00:00Z',
        client_secret: 'polar_c_abc',
      };
      response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      return;
    }
    if (path === '/paid') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>the checkout page</h1>');
      return;
    }
    const file = path === '/' ? '/index.html' : path;
    if (!existsSync(join(app, 'dist', file))) {
      response.writeHead(404).end();
      return;
    }
    const headers = { 'content-type': types[extname(file)] ?? 'text/plain', 'content-security-policy': policy };
    response.writeHead(200, headers).end(readFileSync(join(app, 'dist', file)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}, 60_000);

afterAll(async () => {
  await browser?.close();
  server?.close();
  rmSync(app, { recursive: true, force: true });
});

function unpackAndBuild(): void {
  const modules = join(app, 'node_modules');
  const home = join(modules, '@plinto', 'polar');
  mkdirSync(home, { recursive: true });
  const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', app], { cwd: root });
  const [{ filename }] = JSON.parse(packed.toString()) as [{ filename: string }];
  execFileSync('tar', ['-xzf', join(app, filename), '-C', home, '--strip-components=1']);
  for (const name of ['react', 'react-dom', 'scheduler'])
    symlinkSync(`${root}node_modules/${name}`, join(modules, name));
  writeFileSync(join(app, 'package.json'), '{"private":true,"type":"module"}');
  writeFileSync(join(app, 'index.html'), html);
  writeFileSync(join(app, 'main.js'), main);
  execFileSync(process.execPath, [`${root}node_modules/vite/bin/vite.js`, 'build', '--logLevel', 'error'], {
    cwd: app,
  });
}

async function buy(): Promise<string> {
  requested = [];
  checkouts = [];
  const page = await browser.newPage();
  try {
    await page.goto(origin);
    await page.getByRole('button', { name: 'Subscribe' }).waitFor();
    expect(requested.filter((path) => path.endsWith('.wasm'))).toEqual([]);
    await page.getByRole('button', { name: 'Subscribe' }).click();
    return (await page.getByRole('heading').textContent({ timeout: 15_000 })) ?? '';
  } finally {
    await page.close();
  }
}

describe('in an empty Vite app', { timeout: 30_000 }, () => {
  it("starts a checkout through the core under script-src 'self' 'wasm-unsafe-eval'", async () => {
    policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
    beforeAnswer = new Promise<void>((resolve) => {
      coreIsAsked = resolve;
    });

    expect(await buy()).toBe('the checkout page');

    expect(requested.filter((path) => path.endsWith('.wasm'))).toHaveLength(1);
    expect(checkouts).toMatchObject([{ headers: { authorization: 'Bearer token' }, body: { product_id: PRODUCT } }]);
  });

  it("starts a checkout by the plain request without 'wasm-unsafe-eval'", async () => {
    policy = "default-src 'self'; script-src 'self'";
    beforeAnswer = undefined;

    expect(await buy()).toBe('the checkout page');

    expect(checkouts).toMatchObject([{ headers: { authorization: 'Bearer token' }, body: { product_id: PRODUCT } }]);
  });
});
