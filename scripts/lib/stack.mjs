// The whole application on free loopback ports with a fresh database: emulator, Plinto's stand-in, server, page.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './child.mjs';
import { EmulatorClient } from './emulator.mjs';
import { binary, npxProgram, vite } from './paths.mjs';
import { freePorts } from './ports.mjs';
import { node } from './run.mjs';

export const usageEvent = 'api_call';

/** @typedef {{ accessToken: string, polarWebhook: string, plintoJwt: string, plintoWebhook: string }} Secrets */

/**
 * Starts everything and resolves when all of it listens.
 * @param {{
 *   startPolar?: (place: { port: number, url: string, secrets: Secrets, webhookUrl: string }) => Promise<{ stop: () => Promise<void> }>,
 *   seed?: string,
 *   page?: string,
 *   pageUrl?: string,
 *   pageEnv?: Record<string, string>,
 *   polarUrl?: (emulatorUrl: string) => string | Promise<string>,
 *   serverEnv?: Record<string, string>,
 *   onStart?: (name: string, url: string) => void,
 *   onDeath?: (error: Error) => void,
 *   onLine?: (name: string, line: string) => void,
 * }} options `seed` is the file of what the emulator sells; `page` is a built Vite project to preview, `pageUrl` the address of
 *   a page that somebody else serves; `polarUrl` puts something between server and emulator; `startPolar` starts an emulator in
 *   place of the program
 */
export async function startStack({
  startPolar,
  seed,
  page,
  pageUrl,
  pageEnv = {},
  polarUrl = (url) => url,
  serverEnv = {},
  onStart,
  onDeath,
  onLine,
} = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'plinto-polar-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  const [emulatorPort, plintoPort, serverPort, pagePort] = await freePorts(4);
  const urls = {
    emulator: `http://127.0.0.1:${emulatorPort}`,
    plinto: `http://127.0.0.1:${plintoPort}`,
    server: `http://127.0.0.1:${serverPort}`,
    page: pageUrl ?? `http://127.0.0.1:${pagePort}`,
  };
  const secrets = {
    accessToken: `polar_oat_${randomBytes(24).toString('hex')}`,
    polarWebhook: `whsec_${randomBytes(32).toString('base64').replaceAll('=', '').replaceAll('+', 'A').replaceAll('/', 'B')}`,
    plintoJwt: randomBytes(32).toString('hex'),
    plintoWebhook: randomBytes(32).toString('hex'),
  };
  const database = join(folder, 'plinto-polar.db');
  const emulator = new EmulatorClient(urls.emulator, secrets.accessToken);
  const children = [];
  let polar;

  async function start(name, command, env, ready = /listening on http/) {
    const child = new Child(name, command, {
      env,
      ...(onDeath === undefined ? {} : { onDeath }),
      ...(onLine === undefined ? {} : { onLine: (line) => onLine(name, line) }),
    });
    children.push(child);
    await child.line(ready);
    return child;
  }

  let stopped;
  const stop = () => {
    stopped ??= (async () => {
      const codes = [];
      for (const child of children.toReversed()) codes.push([child.name, await child.stop()]);
      await polar?.stop();
      removeFolder();
      return Object.fromEntries(codes);
    })();
    return stopped;
  };

  try {
    const webhookUrl = `${urls.server}/api/v1/polar/webhooks`;
    if (startPolar) polar = await startPolar({ port: emulatorPort, url: urls.emulator, secrets, webhookUrl });
    else {
      await start('the emulator', [
        binary,
        'emulate',
        ...['--port', String(emulatorPort), '--access-token', secrets.accessToken],
        ...['--webhook-secret', secrets.polarWebhook, '--webhook-url', webhookUrl],
        ...(seed === undefined ? [] : ['--seed', seed]),
      ]);
    }
    onStart?.('Polar (the emulator)', urls.emulator);

    await start(
      "Plinto's stand-in",
      [
        node,
        npxProgram,
        'plinto',
        ...['--port', String(plintoPort), '--webhook-url', `${urls.server}/api/v1/polar/events/plinto`],
      ],
      {
        PLINTO_JWT_SECRET: secrets.plintoJwt,
        PLINTO_WEBHOOK_SECRET: secrets.plintoWebhook,
      },
    );
    onStart?.('Plinto (a stand-in)', urls.plinto);

    /** What a command needs to work beside the server: Polar itself, without the link that a test may break. */
    const settings = {
      POLAR_ACCESS_TOKEN: secrets.accessToken,
      POLAR_WEBHOOK_SECRET: secrets.polarWebhook,
      POLAR_API_URL: urls.emulator,
      PLINTO_API_URL: urls.plinto,
      PLINTO_JWT_SECRET: secrets.plintoJwt,
      DATABASE_URL: serverEnv.DATABASE_URL ?? `sqlite:${database}`,
    };
    const server = await start('the server', [binary, 'serve'], {
      ...settings,
      POLAR_API_URL: await polarUrl(urls.emulator),
      POLAR_CREATE_CUSTOMER_ON_SIGNUP: 'true',
      PLINTO_WEBHOOK_SECRET: secrets.plintoWebhook,
      HOST: '127.0.0.1',
      PORT: String(serverPort),
      ALLOWED_ORIGINS: urls.page,
      RETURN_ORIGINS: urls.page,
      USAGE_EVENTS: usageEvent,
      ...serverEnv,
    });
    onStart?.('The server', urls.server);

    const product = startPolar ? undefined : await emulator.product();
    if (page !== undefined) {
      await start(
        'the page',
        [node, vite, 'preview', page, '--host', '127.0.0.1', '--port', String(pagePort), '--strictPort'],
        { PLINTO_URL: urls.plinto, POLAR_SERVER_URL: urls.server, ...pageEnv },
        /http:\/\/127\.0\.0\.1/,
      );
      onStart?.('The pricing page', urls.page);
    }
    return { urls, secrets, settings, database, emulator, product, server, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
