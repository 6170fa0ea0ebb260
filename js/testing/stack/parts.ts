// The parts of a stack, and the one who moves their clock: a file, which the server and the stand-in read.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepEndpoints, PolarApi } from '../../cli/api.js';
import { UsageError } from '../../cli/command-line.js';
import { EmulatorProgram } from '../../cli/emulator-program.js';
import { freeUrl } from '../../cli/ports.js';
import { type ListedProduct, productsOf } from '../../cli/products.js';
import { type LocalSecrets, makeSecrets } from '../../cli/secrets.js';
import { findServer, SERVER_MISSING, type ServerProcess, startServer } from '../../cli/server-process.js';
import { fail } from '../../errors.js';
import { type Plinto, setTestClock, startPlinto, testClock } from '../../plinto/index.js';
import type { EmulatedProduct, EmulatorLog } from '../emulator.js';
import { payCheckout } from '../pay.js';
import type { PolarStack, PolarStackOptions, StackedPolar } from './stack.js';

/** Polar holds `customer.state_changed` back for up to five seconds, and orders deliveries within the second. */
const SETTLING = { seconds: 10 };

/** The emulator's own. It is fit for the server, which refuses keys that could be guessed. */
const CONEKTA_KEY = 'key_eYvWV7gSDkNYXsmr4QPz1Ab';

const OPTIONS: Record<keyof PolarStackOptions, true> = {
  now: true,
  seed: true,
  catalog: true,
  conekta: true,
  products: true,
  origins: true,
  webhookUrls: true,
  server: true,
  settings: true,
  onServerLine: true,
};

export async function startParts(options: PolarStackOptions): Promise<PolarStack> {
  checkOptions(options);
  const stops: (() => unknown)[] = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    return await start(options, stops, stop);
  } catch (error) {
    await stop();
    if (!(error instanceof UsageError)) throw error;
    return fail({
      code: 'CONFIGURATION_INVALID',
      family: 'caller',
      message: error.message.replace(/^--seed: /, 'catalog: '),
      cause: error,
    });
  }
}

async function start(options: PolarStackOptions, stops: (() => unknown)[], stop: () => Promise<void>) {
  const folder = mkdtempSync(join(tmpdir(), 'plinto-polar-stack-'));
  stops.push(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'clock.txt');
  setTestClock(file, timeOf(options.now ?? Date.now(), 'now'));
  const clock = testClock(file);
  const secrets = makeSecrets();

  const emulator = await EmulatorProgram.start({
    accessToken: secrets.accessToken,
    seeds: [String(options.seed ?? 1)],
    catalog: options.catalog && JSON.stringify(options.catalog),
    ...(options.conekta && { conekta: true, conektaKey: CONEKTA_KEY }),
    clock,
  });
  stops.push(() => emulator.stop());
  const polar = new PolarApi(emulator.url, secrets.accessToken);

  const program = options.server === false ? undefined : (options.server ?? findServer());
  const serverUrl = program && (await freeUrl(0, 'port'));
  const plinto = await startPlinto({
    jwtSecret: secrets.plintoJwt,
    webhookSecret: secrets.plintoWebhook,
    webhookUrl: serverUrl && `${serverUrl}/api/v1/polar/events/plinto`,
    now: clock,
  });
  stops.push(() => plinto.stop());

  const hooks = (options.webhookUrls ?? []).map((url) => ({ url, secret: secrets.appWebhook }));
  if (serverUrl) hooks.push({ url: `${serverUrl}/api/v1/polar/webhooks`, secret: secrets.serverWebhook });
  await keepEndpoints(polar, hooks, emulator.description.webhook_types);

  const conekta = options.conekta ? { url: `${emulator.url}/conekta`, apiKey: CONEKTA_KEY } : undefined;
  const shared = {
    ...(conekta && (await connectConekta(conekta, serverUrl))),
    POLAR_API_URL: emulator.url,
    POLAR_ACCESS_TOKEN: secrets.accessToken,
    PLINTO_API_URL: plinto.url,
    PLINTO_JWT_SECRET: secrets.plintoJwt,
    PLINTO_WEBHOOK_SECRET: secrets.plintoWebhook,
    PRODUCTS: JSON.stringify(options.products ?? productsOf(await polar.list<ListedProduct>('/v1/products/'))),
    TEST_CLOCK: file,
  };
  const server = program && serverUrl ? await serve(options, program, serverUrl, folder, secrets, shared) : undefined;
  if (server) stops.push(() => server.stop());

  const time = new Time(emulator, clock, (to) => setTestClock(file, new Date(to)));
  return {
    polar: polarOf(polar, emulator, time),
    plinto,
    conekta,
    server: server && { url: server.url },
    missing: program === undefined ? SERVER_MISSING : undefined,
    environment: {
      ...shared,
      POLAR_WEBHOOK_SECRET: secrets.appWebhook,
      ...(server && { POLAR_SERVER_URL: server.url }),
    },
    now: () => new Date(clock()),
    advance: (by) => time.pass({ advance: by }),
    advanceTo: (to) => time.pass({ time: timeOf(to, 'time').getTime() * 1_000 }),
    deliver: () => time.pass({ advance: SETTLING }),
    signUp: (person) => signUp(plinto, person),
    stop,
  } satisfies PolarStack;
}

/** The server is told of what happens at Conekta, and verifies it. @returns its settings */
async function connectConekta({ url, apiKey }: { url: string; apiKey: string }, serverUrl: string | undefined) {
  const post = async (path: string, body: unknown) => {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as { public_key: string };
  };
  const { public_key: key } = await post('/webhook_keys', { active: true });
  if (serverUrl) await post('/webhooks', { url: `${serverUrl}/api/v1/polar/webhooks/conekta` });
  return { CONEKTA_URL: url, CONEKTA_API_KEY: apiKey, CONEKTA_WEBHOOK_KEYS: key };
}

function serve(
  { origins = [], settings, onServerLine }: PolarStackOptions,
  program: string,
  url: string,
  folder: string,
  secrets: LocalSecrets,
  shared: Record<string, string>,
): Promise<ServerProcess> {
  return startServer({
    program,
    settings: {
      ...shared,
      POLAR_WEBHOOK_SECRET: secrets.serverWebhook,
      POLAR_CREATE_CUSTOMER_ON_SIGNUP: 'true',
      ALLOWED_ORIGINS: origins.join(','),
      RETURN_ORIGINS: origins.join(','),
      DATABASE_URL: `sqlite:${join(folder, 'server.db')}`,
      HOST: '127.0.0.1',
      PORT: new URL(url).port,
      ...settings,
    },
    onLine: onServerLine,
  });
}

/** The clock of all parts, moved from one thing that is due to the next. */
class Time {
  readonly #emulator: EmulatorProgram;
  readonly #now: () => number;
  readonly #set: (time: number) => void;
  #passing = false;

  constructor(emulator: EmulatorProgram, now: () => number, set: (time: number) => void) {
    this.#emulator = emulator;
    this.#now = now;
    this.#set = set;
  }

  async pass(wish: { advance: unknown } | { time: number }): Promise<void> {
    if (this.#passing) {
      fail({
        code: 'CONFLICT',
        family: 'caller',
        message: 'Time is passing already. Await advance(), deliver() and pay().',
      });
    }
    this.#passing = true;
    try {
      await this.#passTo(this.#emulator.goal(wish));
    } finally {
      this.#passing = false;
    }
  }

  async #passTo(end: number): Promise<void> {
    for (;;) {
      await this.#emulator.settle();
      const now = this.#now();
      const next = Math.min(end, this.#emulator.nextDue ?? end);
      if (now >= end && next <= now) return;
      // While an answer was awaited the time went on by itself.
      if (next > now) this.#set(next);
    }
  }
}

function polarOf(polar: PolarApi, { url, description }: EmulatorProgram, time: Time): StackedPolar {
  const products: readonly EmulatedProduct[] = description.products;
  return {
    url,
    accessToken: description.access_token,
    products,
    api: (method, path, body) => polar.call(method, path, body),
    product: (name) => {
      const found = products.find((product) => product.name === name);
      if (found) return found;
      return fail({
        code: 'NOT_FOUND',
        family: 'caller',
        message: `There is no product '${name}'. There is: ${products.map((product) => product.name).join(', ')}.`,
      });
    },
    pay: async (checkout, payment) => {
      const result = await payCheckout(fetch, url, checkout, payment);
      await time.pass({ advance: SETTLING });
      return result;
    },
    setCard: async (customer, card) => {
      await polar.call('POST', `/_emulator/customers/${encodeURIComponent(customer)}/card`, { card });
    },
    log: () => polar.call<EmulatorLog>('GET', '/_emulator/log'),
  };
}

async function signUp(plinto: Plinto, person: { email: string; name: string; password?: string }) {
  const answer = await fetch(`${plinto.url}/api/v1/auth/signup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ password: 'correct horse battery staple', ...person }),
  });
  const text = await answer.text();
  if (!answer.ok) {
    fail({
      code: 'UPSTREAM_FAILED',
      family: 'caller',
      message: `Plinto's stand-in answered ${answer.status} to the sign-up: ${text}`,
      status: answer.status,
    });
  }
  const { access_token: accessToken, user } = JSON.parse(text) as { access_token: string; user: { id: string } };
  return { id: user.id, accessToken };
}

function checkOptions(options: PolarStackOptions): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(OPTIONS, name));
  if (unknown === undefined) return;
  fail({
    code: 'UNKNOWN_FIELD',
    family: 'caller',
    message: `startPolarStack has no option '${unknown}'. There is: ${Object.keys(OPTIONS).join(', ')}.`,
    field: unknown,
  });
}

function timeOf(time: Date | string | number, field: string): Date {
  const date = new Date(time);
  if (!Number.isNaN(date.getTime())) return date;
  return fail({
    code: 'VALIDATION_FAILED',
    family: 'caller',
    message: `${String(time)} is not a time. Pass a Date, Unix milliseconds, or text as '2026-11-22T06:00:00Z'.`,
    field,
  });
}
