// The gallery as it runs: two shops, each with its own emulator, stand-in of Plinto and server, behind one origin that serves
// the page too.
import { once } from 'node:events';
import { createServer, request as send } from 'node:http';
import { plintoApi } from '../plinto-api.mjs';
import { startStack } from '../stack.mjs';
import { waitFor } from '../wait.mjs';
import { extreme, usual } from './catalogs.mjs';
import { startPolarInProcess } from './polar.mjs';
import { beginningOf, scenarios, settle } from './scenarios.mjs';

const shops = { usual, extreme };
const unlimited = { RATE_LIMIT_PER_USER: '0', RATE_LIMIT_PER_KEY: '0', RATE_LIMIT_PER_ADDRESS: '0' };
const types = {
  html: 'text/html',
  js: 'text/javascript',
  mjs: 'text/javascript',
  css: 'text/css',
  wasm: 'application/wasm',
};

/**
 * How far Polar's clock is behind ours when the accounts are as they should be. Each delivery lets it pass ten seconds, and a
 * server that hears from a time well ahead of its own is in doubt about it.
 */
const BEHIND_MS = 6 * 3_600_000;

/** How long `slow` holds back an answer. */
export const SLOW_MS = 1_500;

/**
 * Starts everything; `files` are the page's, by path.
 * @param {{ files: Map<string, Uint8Array | string>, onStart?: (name: string, url: string) => void, onDeath?: (error: Error) => void }} options
 */
export async function startGallery({ files, onStart, onDeath }) {
  const worlds = {};
  const server = createServer((request, response) => void answer({ request, response, files, worlds }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    for (const { stack } of Object.values(worlds)) await stack?.stop();
  };
  try {
    await Promise.all(Object.keys(shops).map((shop) => openShop({ shop, worlds, url, onDeath })));
    onStart?.('The gallery', url);
    return { url, worlds, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openShop({ shop, worlds, url, onDeath }) {
  const { catalog, products } = shops[shop];
  const end = new Date(Date.now() - BEHIND_MS);
  let polar;
  const stack = await startStack({
    startPolar: async (place) => {
      polar = await startPolarInProcess(place, { now: beginningOf(shop, end), catalog });
      return polar;
    },
    pageUrl: url,
    serverEnv: { ...unlimited, PRODUCTS: JSON.stringify(products) },
    ...(onDeath && { onDeath }),
  });
  worlds[shop] = { stack, people: {} };
  const plinto = plintoApi(stack.urls.plinto);
  const ask = async (method, path, { token, body } = {}) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const answered = await fetch(`${stack.urls.server}/api/v1/polar${path}`, init);
    const text = await answered.text();
    if (!answered.ok) throw new Error(`${method} ${path} was answered ${answered.status}: ${text}`);
    return JSON.parse(text);
  };
  worlds[shop].people = await settle({
    ...{ shop, end, polar },
    product: (slug) => products[slug].product_id,
    signUp: async (account) => {
      const { access_token, user } = await plinto.signUp(account);
      await waitFor('the customer at Polar', () => stack.emulator.customer(user.id), { everyMs: 20 });
      return access_token;
    },
    call: ask,
  });
}

/** One request: of the page, for a token, or for a shop, over a network as the scenario has it. */
async function answer({ request, response, files, worlds }) {
  const { pathname } = new URL(request.url, 'http://gallery');
  const [, first, ...rest] = pathname.split('/');
  const scenario = scenarios.find(({ name }) => name === rest[0]);
  if (first === 'token' && scenario) return void (await tellToken(response, scenario, worlds));
  if (first === 'shop' && scenario) {
    const target = worlds[scenario.shop ?? 'usual'].stack.urls.server;
    return handOn(request, response, target + request.url.slice(`/shop/${scenario.name}`.length), scenario.network);
  }
  const path = pathname === '/' ? '/index.html' : pathname;
  const file = files.get(path);
  const type = types[path.split('.').at(-1)] ?? 'application/octet-stream';
  if (file === undefined) response.writeHead(404).end();
  else response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(file);
}

/** An access token of the scenario's person, as Plinto gives it for their password, or null of nobody; and their last checkout. */
async function tellToken(response, { name, as = name, shop = 'usual' }, worlds) {
  const person = worlds[shop].people[as];
  if (person && !(person.until > Date.now())) {
    const { access_token, expires_in } = await plintoApi(worlds[shop].stack.urls.plinto).signIn(person);
    Object.assign(person, { token: access_token, until: Date.now() + (expires_in - 60) * 1_000 });
  }
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify({ token: person?.token ?? null, checkoutId: person?.checkoutId }));
}

function handOn(request, response, url, network) {
  if (network === 'never') return;
  if (network === 'down') return void request.socket.destroy();
  const { method, headers } = request;
  const onward = send(url, { method, headers }, (answered) => {
    const arrive = () => {
      response.writeHead(answered.statusCode, answered.rawHeaders);
      answered.pipe(response);
    };
    if (network === 'slow') setTimeout(arrive, SLOW_MS);
    else arrive();
  });
  onward.on('error', () => response.destroy());
  request.pipe(onward);
}
