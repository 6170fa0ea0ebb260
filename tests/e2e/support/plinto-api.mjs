// examples/plinto-api as it runs: by Debian's Python, on a free port, with a database of its own.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPolarStack } from '@plinto/polar/testing';
import { Child } from '../../../scripts/lib/child.mjs';
import { at, binary, python } from '../../../scripts/lib/paths.mjs';
import { freePorts } from '../../../scripts/lib/ports.mjs';
import { run } from '../../../scripts/lib/run.mjs';
import { usageEvent } from '../../../scripts/lib/stack.mjs';

export const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;

/** An address for it, and a folder that goes with it. */
export async function findPlace() {
  const [port] = await freePorts(1);
  const folder = mkdtempSync(join(tmpdir(), 'plinto-api-'));
  return {
    port,
    folder,
    url: `http://127.0.0.1:${port}`,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Starts it there. @returns {Promise<Child>} */
export async function runPlintoApi({ port, folder }, settings) {
  const command = [python, '-m', 'uvicorn', 'plinto_api.main:create_app', '--factory', '--port', String(port)];
  const api = new Child('the API', command, {
    cwd: at('examples/plinto-api'),
    env: {
      DATABASE_URL: `sqlite+aiosqlite:///${folder}/plinto-api.db`,
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONUNBUFFERED: '1',
      ...settings,
    },
  });
  await api.line(/Uvicorn running on/);
  return api;
}

/**
 * Starts it with plinto-polar and the emulator on one clock: `startPolarStack`, whose stand-in nobody asks.
 * @param {{ now?: Date, catalog: object, products: object, origins?: string[], plans: Record<string, string> }} options
 */
export async function startPlintoApi({ now, catalog, products, origins = ['http://127.0.0.1:5173'], plans }) {
  const place = await findPlace();
  const secret = newSecret();
  const database = join(place.folder, 'plinto-polar.db');
  const lines = [];
  const stack = await startPolarStack({
    ...{ now, catalog, products, origins, server: binary },
    settings: {
      DATABASE_URL: `sqlite:${database}`,
      PLINTO_API_URL: place.url,
      APP_WEBHOOK_URL: `${place.url}/api/v1/billing/notifications`,
      APP_WEBHOOK_SECRET: secret,
      TRUSTED_PROXIES: '127.0.0.1',
      USAGE_EVENTS: usageEvent,
    },
    onServerLine: (line) => lines.push(line),
  });
  let api;
  const stop = async () => {
    await api?.stop();
    await stack.stop();
    place.remove();
  };
  try {
    const keyAdd = ['key', 'add', '--scope', 'access:read', '--name', 'plinto-api'];
    const env = { DATABASE_URL: `sqlite:${database}` };
    const [key] = (await run(binary, keyAdd, { env, quiet: true })).split('\n');
    const { PLINTO_JWT_SECRET, PLINTO_WEBHOOK_SECRET, POLAR_SERVER_URL, TEST_CLOCK } = stack.environment;
    const settings = {
      ...{ PLINTO_JWT_SECRET, PLINTO_WEBHOOK_SECRET, POLAR_SERVER_URL, TEST_CLOCK },
      POLAR_SERVICE_KEY: key,
      APP_WEBHOOK_SECRET: secret,
      BILLING_PLANS: JSON.stringify(plans),
    };
    const start = async () => {
      api = await runPlintoApi(place, settings);
    };
    await start();
    return {
      stack,
      url: place.url,
      database,
      lines,
      start,
      halt: () => api.stop(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
