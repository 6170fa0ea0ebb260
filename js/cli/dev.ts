// `dev`: what an application needs to bill on this machine. Polar as the emulator, a stand-in for Plinto, and the server
// where its program is found; the environment to paste; each request and webhook as it happens.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Plinto, startPlinto } from '../plinto/index.js';
import { keepEndpoints, PolarApi } from './api.js';
import { type Command, UsageError, type Words } from './command-line.js';
import { EmulatorProgram } from './emulator-program.js';
import { assignments } from './environment.js';
import { Log } from './log.js';
import { freeUrl, listening } from './ports.js';
import { type ListedProduct, productsOf } from './products.js';
import { keepSecrets, type LocalSecrets, makeSecrets } from './secrets.js';
import { findServer, SERVER_MISSING, type ServerProcess, startServer } from './server-process.js';
import { stopSignal } from './stop.js';

const DEFAULT_FOLDER = '.plinto-polar';
const DEFAULT_ORIGINS = ['http://localhost:3000', 'http://localhost:5173'];

export const dev: Command = {
  name: 'dev',
  about: 'Run what an application needs on this machine: Polar (the emulator), Plinto (a stand-in) and the server',
  flags: {
    forward: { value: 'URL', repeats: true, about: "Deliver Polar's webhooks here, too: to your own handler" },
    seed: { value: 'N|FILE', repeats: true, about: 'What Polar sells, as for `emulate`' },
    origin: {
      value: 'ORIGIN',
      repeats: true,
      about: `Where your pages are; by default ${DEFAULT_ORIGINS.join(' and ')}`,
    },
    data: { value: 'FOLDER', default: DEFAULT_FOLDER, about: 'Keeps everything, and the secrets' },
    fresh: { about: 'Forget what was kept, but for the secrets' },
    'no-keep': { about: 'Keep nothing, and make new secrets' },
    'no-server': { about: 'Do not start the server' },
    port: { value: 'N', default: '4010', about: "The emulator's port" },
    'plinto-port': { value: 'N', default: '4020', about: "The stand-in's port" },
    'server-port': { value: 'N', default: '4000', about: "The server's port" },
  },
  footer:
    'The server is found by PLINTO_POLAR_BIN, on PATH, or as a package of this platform. PRODUCTS, USAGE_EVENTS and\nAPP_WEBHOOK_URL of the shell are handed on to it.',
  run: async (words) => {
    const log = new Log();
    const stopped = stopSignal();
    const place = openPlace(words);
    const running = new Running(log);
    try {
      const died = new Promise<string>((resolve) => {
        running.onDeath = resolve;
      });
      await start(words, place, running);
      const reason = await Promise.race([stopped, died]);
      if (reason !== undefined) log.error(reason);
      return reason === undefined ? 0 : 1;
    } finally {
      await running.stop();
      place.close();
    }
  },
};

/** What was started, in order, and is stopped in the reverse. */
class Running {
  readonly log: Log;
  readonly #stops: (() => Promise<unknown>)[] = [];
  onDeath: (reason: string) => void = () => {};
  /** Whether everything listens: what was asked before that was asked here. */
  isReady = false;

  constructor(log: Log) {
    this.log = log;
  }

  add<Part extends { stop(): Promise<unknown> }>(part: Part): Part {
    this.#stops.push(() => part.stop());
    return part;
  }

  async stop(): Promise<void> {
    for (const stop of [...this.#stops].reverse()) await stop();
  }
}

/** Where everything is kept. */
interface Place {
  readonly folder: string;
  readonly secrets: LocalSecrets;
  close(): void;
}

function openPlace(words: Words): Place {
  if (words.has('no-keep')) {
    const folder = mkdtempSync(join(tmpdir(), 'plinto-polar-dev-'));
    return { folder, secrets: makeSecrets(), close: () => rmSync(folder, { recursive: true, force: true }) };
  }
  const folder = words.text('data') ?? DEFAULT_FOLDER;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // It holds secrets: git is told to leave it alone.
    writeFileSync(join(folder, '.gitignore'), '*\n');
  } catch (error) {
    throw new UsageError(`--data: ${folder} cannot be used: ${(error as Error).message}. Name another folder.`);
  }
  if (words.has('fresh')) {
    for (const name of ['polar.jsonl', 'plinto.json', 'server.db', 'server.db-wal', 'server.db-shm'])
      rmSync(join(folder, name), { force: true });
  }
  return { folder, secrets: keepSecrets(join(folder, 'secrets.json')), close: () => {} };
}

async function start(words: Words, { folder, secrets }: Place, running: Running): Promise<void> {
  const { log } = running;
  const program = words.has('no-server') ? undefined : findServer();
  const forward = words.all('forward').map((text) => checkedUrl('forward', text));
  const origins = words.all('origin').map((text) => new URL(checkedUrl('origin', text)).origin);
  if (origins.length === 0) origins.push(...DEFAULT_ORIGINS);
  const serverUrl = program && (await freeUrl(words.port('server-port'), '--server-port'));

  const emulator = running.add(await startEmulator(words, folder, secrets, running));
  const plinto = running.add(await startStandIn(words, folder, secrets, serverUrl, log));
  const polar = new PolarApi(emulator.url, secrets.accessToken);
  const hooks = forward.map((url) => ({ url, secret: secrets.appWebhook }));
  if (serverUrl) hooks.push({ url: `${serverUrl}/api/v1/polar/webhooks`, secret: secrets.serverWebhook });
  await keepEndpoints(polar, hooks, emulator.description.webhook_types);

  const products =
    process.env.PRODUCTS ||
    JSON.stringify(productsOf(await polar.list<ListedProduct>('/v1/products/?is_archived=false')));
  const shared = {
    POLAR_API_URL: emulator.url,
    POLAR_ACCESS_TOKEN: secrets.accessToken,
    PLINTO_API_URL: plinto.url,
    PLINTO_JWT_SECRET: secrets.plintoJwt,
    PLINTO_WEBHOOK_SECRET: secrets.plintoWebhook,
    RETURN_ORIGINS: origins.join(','),
    PRODUCTS: products,
  };
  let server: ServerProcess | undefined;
  if (program && serverUrl) {
    server = running.add(
      await startServer({
        program,
        settings: {
          POLAR_CREATE_CUSTOMER_ON_SIGNUP: 'true',
          ALLOWED_ORIGINS: origins.join(','),
          ...shared,
          POLAR_WEBHOOK_SECRET: secrets.serverWebhook,
          DATABASE_URL: `sqlite:${join(folder, 'server.db')}`,
          HOST: '127.0.0.1',
          PORT: new URL(serverUrl).port,
        },
        onLine: (line) => log.info(`server   ${line.replace(/^\S+Z \w+ /, '')}`),
        onDeath: (reason) => running.onDeath(reason),
      }),
    );
  }
  running.isReady = true;
  print(
    { ...shared, POLAR_WEBHOOK_SECRET: secrets.appWebhook, ...(server && { POLAR_SERVER_URL: server.url }) },
    { emulator, plinto, server, forward, isWanted: !words.has('no-server') },
  );
}

function startEmulator(
  words: Words,
  folder: string,
  secrets: LocalSecrets,
  running: Running,
): Promise<EmulatorProgram> {
  const { log } = running;
  return EmulatorProgram.start({
    port: words.port('port'),
    accessToken: secrets.accessToken,
    seeds: words.all('seed'),
    data: join(folder, 'polar.jsonl'),
    on: {
      request: (method, path, status) => {
        if (running.isReady) log.info(`polar    ${method} ${path} ${status}`);
      },
      delivery: ({ type, url, outcome }) => {
        const line = `webhook  ${type} to ${url}: ${outcome}`;
        if (typeof outcome === 'number' && outcome >= 200 && outcome < 300) log.info(line);
        else log.warn(line);
      },
      failure: (line) => log.error(line),
      broken: () => running.onDeath(`${join(folder, 'polar.jsonl')} cannot be written. See that the disk is not full.`),
    },
  }).catch((error: unknown) => {
    if (!(error instanceof UsageError) || !error.message.includes('begun with another')) throw error;
    throw new UsageError(`${error.message} --fresh begins anew.`);
  });
}

function startStandIn(
  words: Words,
  folder: string,
  secrets: LocalSecrets,
  serverUrl: string | undefined,
  log: Log,
): Promise<Plinto> {
  const port = words.port('plinto-port');
  const start = () =>
    startPlinto({
      jwtSecret: secrets.plintoJwt,
      webhookSecret: secrets.plintoWebhook,
      webhookUrl: serverUrl && `${serverUrl}/api/v1/polar/events/plinto`,
      port,
      file: join(folder, 'plinto.json'),
      onRequest: (method, path, status) => log.info(`plinto   ${method} ${path} ${status}`),
      onDelivery: ({ type, status }) => log.info(`plinto   ${type} to the server: ${status || 'no answer'}`),
    });
  return listening('127.0.0.1', port, start, '--plinto-port');
}

interface Started {
  emulator: EmulatorProgram;
  plinto: Plinto;
  server: ServerProcess | undefined;
  forward: readonly string[];
  isWanted: boolean;
}

function print(environment: Record<string, string>, { emulator, plinto, server, forward, isWanted }: Started): void {
  const lines = [
    '# The environment, for .env or the shell:',
    ...assignments(environment),
    '',
    `Polar     ${emulator.url}  (the emulator; what happens: ${emulator.url}/_emulator)`,
    `Plinto    ${plinto.url}  (a stand-in: POST /api/v1/auth/signup makes a user)`,
    server ? `Server    ${server.url}  (your pages: /api/v1/polar there, /api/v1 at Plinto)` : '',
    ...forward.map((url) => `Webhooks  ${url}  (signed with POLAR_WEBHOOK_SECRET)`),
    ...(server || !isWanted
      ? []
      : [
          '',
          SERVER_MISSING,
          'Until then nothing answers below /api/v1/polar. One that runs elsewhere takes the environment above, and its',
          'webhooks by --forward http://127.0.0.1:4000/api/v1/polar/webhooks.',
        ]),
    '',
    'The card 4242 4242 4242 4242 pays. Ctrl-C stops everything.',
  ];
  console.log(lines.filter((line, at) => line !== '' || lines[at - 1] !== '').join('\n'));
}

function checkedUrl(flag: string, text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new UsageError(`--${flag}: \`${text}\` is not an http or https URL. Write it as in http://localhost:3000.`);
}
