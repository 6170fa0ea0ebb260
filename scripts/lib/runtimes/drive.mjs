// Drives what a row has started, as its users do: a person in front of the page, Polar and an application at the server.
import { readFileSync } from 'node:fs';
import { at } from '../paths.mjs';
import { plintoApi } from '../plinto-api.mjs';
import { waitFor } from '../wait.mjs';

/** A first request makes a development server compile, and others work on the machine at the same time. */
const PATIENCE_MS = 60_000;

/**
 * Opens the page, is refused by the core, and buys. Resolves with how the core came; throws where anything was said on the
 * console, or where the plain path was taken.
 * @param {object} world of openWorld()
 */
export async function drivePage({ browser, stack, owner, url }) {
  const { access_token: token } = await plintoApi(stack.urls.plinto).signIn(owner);
  const context = await (await browser()).newContext();
  context.setDefaultTimeout(PATIENCE_MS);
  try {
    return await visit(await watchPage(context, stack, token), stack, url);
  } finally {
    await context.close();
  }
}

async function visit({ page, said, binaries, calls, starts }, stack, url) {
  const heard = () => [...said, ...binaries].join('\n');
  try {
    await page.goto(url);
    await page.locator('main[data-state=ready]').waitFor();
    // A click waits for nothing: the core is to be there before it.
    await page.evaluate(() => globalThis.loadCore().then(() => {}));
    await page.getByRole('button', { name: 'Be refused' }).click();
    await page.getByRole('status').filter({ hasText: 'VALIDATION_FAILED' }).waitFor();
    const isPlain = calls.length > 0;
    await page.getByRole('button', { name: 'Buy' }).click();
    await page.waitForURL((at) => at.origin === stack.urls.emulator && at.pathname.startsWith('/checkout/'));
    if (isPlain || starts.length === 0) throw new Error(`the plain path was taken (${[...binaries, ...said][0]})`);
  } catch (error) {
    throw new Error(`${error.message.split('\n').slice(0, 3).join(' ')}\n${heard()}`.trimEnd());
  }
  if (said.length > 0) throw new Error(`the console says: ${heard()}`);
  const missing = binaries.find((line) => !/ 200( application\/|$)/.test(line));
  if (missing !== undefined) return `the core out of JavaScript after ${missing}`;
  if (binaries.length === 0) return 'the core out of JavaScript';
  return `the core by its .wasm file${starts.includes('compileStreaming') ? ', streamed' : ''}`;
}

/** A page behind one origin with the gateway, and what it says, fetches, sends and starts. */
async function watchPage(context, stack, token) {
  const heard = { said: [], binaries: [], calls: [], starts: [] };
  await context.exposeBinding('reportStart', (_, how) => heard.starts.push(how));
  await context.addInitScript((value) => {
    localStorage.setItem('plinto_access_token', value);
    for (const how of ['compile', 'compileStreaming', 'instantiate']) {
      const original = WebAssembly[how];
      WebAssembly[how] = async (...args) => {
        const started = await original(...args);
        await globalThis.reportStart(how);
        return started;
      };
    }
  }, token);
  await context.route(/\/favicon\.ico$/, (route) => route.fulfill({ status: 204 }));
  await context.route(/\/api\/v1\//, async (route) => {
    const { pathname, search } = new URL(route.request().url());
    heard.calls.push(pathname);
    await route.fulfill({ response: await route.fetch({ url: `${stack.urls.server}${pathname}${search}` }) });
  });
  const page = await context.newPage();
  const isOurs = () => new URL(page.url()).origin !== stack.urls.emulator;
  page.on('pageerror', (error) => heard.said.push(error.message));
  page.on('console', (message) => {
    // The browser's own word about a binary that is not there; how the core came then is part of the result.
    if (message.location().url.split('?')[0].endsWith('.wasm')) return;
    if (!['error', 'warning'].includes(message.type()) || !isOurs()) return;
    heard.said.push(`${message.text()} ${new URL(message.location().url, page.url()).pathname}`);
  });
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (!pathname.endsWith('.wasm')) return;
    // Bundlers put a hash into the name, which is another one with each change.
    const name = pathname
      .split('/')
      .at(-1)
      .replace(/^(\w+)\W.*$/, '$1.wasm');
    heard.binaries.push(`${name}: ${response.status()} ${response.headers()['content-type'] ?? ''}`.trim());
  });
  return { page, ...heard };
}

/** The page has its button before a script has run. */
export async function driveHtml({ url }) {
  const html = await (await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) })).text();
  if (!/<button[^>]*>(?:\s|<!--.*?-->)*Buy/.test(html))
    throw new Error(`the HTML has no button:\n${html.slice(0, 2000)}`);
  return 'the button in the HTML';
}

/** A delivery that Polar signed is taken and one that was changed is refused; a client asks who may use what. */
export async function driveServer({ stack, owner, url, secret }) {
  const { Webhook } = await import('standardwebhooks');
  const body = readFileSync(at('tests/bench/subscription_updated.json'), 'utf8');
  const id = crypto.randomUUID();
  const now = new Date();
  const deliver = async (text) => {
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, now, body),
    };
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(new URL('/api/webhooks', url), { method: 'POST', headers, body: text, signal });
    return { status: answer.status, text: (await answer.text()).slice(0, 2000) };
  };
  expectStatus('a signed delivery', await deliver(body), 202);
  expectStatus('a forged delivery', await deliver(body.replace('{', '{ ')), 403);

  const { access_token: token } = await plintoApi(stack.urls.plinto).signIn(owner);
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(new URL('/api/state', url), { headers, signal: AbortSignal.timeout(PATIENCE_MS) });
  const text = await answer.text();
  expectStatus('the client of the server', { status: answer.status, text: text.slice(0, 2000) }, 200);
  const { core } = JSON.parse(text);
  if (!/^\d+\.\d+\.\d+$/.test(core)) throw new Error(`the core did not start in the server: ${core}`);
  return 'webhooks 202 and 403, the core in the server';
}

function expectStatus(what, { status, text }, wanted) {
  if (status !== wanted) throw new Error(`${what} was answered ${status} in place of ${wanted}\n${text}`);
}

/** Waits until something answers at the address, for as long as the program that is to answer runs. */
export async function waitForServer(url, isAlive) {
  await waitFor(
    `an answer at ${url}`,
    async () => {
      if (!isAlive()) return true;
      await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
      return true;
    },
    { withinMs: PATIENCE_MS },
  );
}
