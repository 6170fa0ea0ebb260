// The stage of a trial: the emulator, what stands before the servers, an application, and servers that come and go.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from '../../scripts/lib/child.mjs';
import { binary } from '../../scripts/lib/paths.mjs';
import { freePorts } from '../../scripts/lib/ports.mjs';
import { attempt, run } from '../../scripts/lib/run.mjs';
import { usageEvent } from '../../scripts/lib/stack.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { startApplication } from '../e2e/support/application.mjs';
import { FlakyLink } from '../e2e/support/flaky-link.mjs';
import { WallClock } from './clock.mjs';
import { Front } from './front.mjs';

/** Polar's API with the access token, as the emulator answers it. */
class Polar {
  constructor(url, token) {
    this.url = url;
    this.token = token;
  }

  /** Rejects with Polar's words where it refuses. */
  async call(method, path, body) {
    const answer = await fetch(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        'polar-version': '2026-04',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${text.slice(0, 300)}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  get(path) {
    return this.call('GET', path);
  }

  /** All items of a list. @param {string} path with a query */
  async all(path) {
    const items = [];
    for (let page = 1; ; page += 1) {
      const answer = await this.get(`${path}&limit=100&page=${page}`);
      items.push(...answer.items);
      if (page >= answer.pagination.max_page) return items;
    }
  }

  /** All usage events that Polar has counted. */
  async usage() {
    const items = [];
    for (let page = 1; ; page += 1) {
      const answer = await this.get(`/v1/events/?source=user&limit=100&cursor_pagination=true&page=${page}`);
      items.push(...answer.items);
      if (!answer.pagination.has_next_page) return items;
    }
  }
}

/** One place for a server: its addresses stay over all its lives. */
class ServerPlace {
  #start;

  constructor(name, ports, start) {
    this.name = name;
    this.url = `http://127.0.0.1:${ports[0]}`;
    this.metricsUrl = `http://127.0.0.1:${ports[1]}/metrics`;
    this.#start = start;
  }

  /** Does not wait until it listens. */
  launch(env) {
    this.child = this.#start(env);
  }

  async start(env) {
    this.launch(env);
    await this.child.line(/listening on http/);
  }

  isAlive() {
    try {
      return process.kill(this.child.pid, 0);
    } catch {
      return false;
    }
  }

  /** By SIGTERM. Resolves with the exit code. */
  stop(graceMs) {
    return this.child.stop(graceMs);
  }

  /** The value of one series; undefined when there is none. */
  async metric(series) {
    const text = await (await fetch(this.metricsUrl, { signal: AbortSignal.timeout(10_000) })).text();
    const line = text.split('\n').find((one) => one.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length + 1));
  }
}

/**
 * @param {{ databaseUrl?: string, seed: number, servers?: number, serverEnv?: Record<string, string> }} options
 */
export async function startScene({ databaseUrl, seed, servers = 1, serverEnv = {} }) {
  const clock = await WallClock.create();
  const serverClock = clock.follower();
  const folder = mkdtempSync(join(tmpdir(), 'plinto-polar-trial-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  const [emulatorPort, ...ports] = await freePorts(1 + 2 * servers);
  const polarWebhook = `whsec_${randomBytes(32).toString('hex')}`;
  const accessToken = `polar_oat_${randomBytes(24).toString('hex')}`;
  const front = await Front.start(polarWebhook);
  const application = await startApplication('0a1b2c3d-0000-4000-8000-00000000000a');
  const database = join(folder, 'plinto-polar.db');
  const children = [];
  const stop = async () => {
    for (const child of children.toReversed()) await child.stop(20_000);
    await link?.stop();
    await front.stop();
    await application.stop();
    clock.stop();
    removeFolder();
  };
  let link;
  /** All that the servers logged. @type {{ name: string, line: string }[]} */
  const lines = [];

  const emulator = new Child(
    'the emulator',
    [
      ...[binary, 'emulate', '--port', String(emulatorPort), '--seed', String(seed)],
      ...['--access-token', accessToken, '--webhook-secret', polarWebhook],
      ...['--webhook-url', `${front.url}/api/v1/polar/webhooks`],
    ],
    { env: clock.env },
  );
  children.push(emulator);
  await emulator.line(/listening on http/);
  const polar = new Polar(`http://127.0.0.1:${emulatorPort}`, accessToken);
  link = await FlakyLink.to(polar.url);

  /** What commands need. */
  const settings = {
    ...clock.env,
    POLAR_ACCESS_TOKEN: accessToken,
    POLAR_WEBHOOK_SECRET: polarWebhook,
    POLAR_API_URL: polar.url,
    // Nobody signs in: the requests of a trial bear a service key.
    PLINTO_API_URL: 'http://127.0.0.1:9',
    PLINTO_JWT_SECRET: randomBytes(32).toString('hex'),
    DATABASE_URL: databaseUrl ?? `sqlite:${database}`,
    USAGE_EVENTS: usageEvent,
  };
  const places = Array.from({ length: servers }, (_, i) => {
    const name = servers === 1 ? 'the server' : `server ${i + 1}`;
    const own = [ports[2 * i], ports[2 * i + 1]];
    return new ServerPlace(name, own, (env = {}) => {
      const child = new Child(name, [binary, 'serve'], {
        onLine: (line) => lines.push({ name, line }),
        env: {
          ...settings,
          ...serverClock.env,
          POLAR_API_URL: link.url,
          POLAR_REQUESTS_PER_MINUTE: '0',
          APP_WEBHOOK_URL: application.url,
          APP_WEBHOOK_SECRET: `whsec_${Buffer.from(settings.PLINTO_JWT_SECRET).toString('base64')}`,
          PORT: String(own[0]),
          METRICS_PORT: String(own[1]),
          RATE_LIMIT_PER_USER: '0',
          RATE_LIMIT_PER_KEY: '0',
          RATE_LIMIT_PER_ADDRESS: '0',
          LOG_LEVEL: 'warn',
          ...serverEnv,
          ...env,
        },
      });
      children.push(child);
      return child;
    });
  });
  front.targets = places.map(({ url }) => url);
  // A server that does not come up leaves nothing behind.
  const up = (place) =>
    place.start().catch(async (error) => {
      await stop();
      throw error;
    });
  await up(places[0]);
  const command = (...args) => run(binary, args, { env: settings, quiet: true });
  const [key] = (
    await command('key', 'add', '--scope', 'access:read,customer:read,usage:read,usage:write', '--name', 'trial')
  ).match(/plinto_sk_\w+/);
  for (const place of places.slice(1)) await up(place);

  const pass = async (seconds) => {
    clock.advance(seconds);
    await polar.get('/_emulator/clock');
  };

  return {
    polar,
    link,
    front,
    application,
    servers: places,
    settings,
    folder,
    database,
    lines,
    clock,
    /** The servers' own: it goes along with the other one, and may be set wrong. */
    serverClock,
    /** Time passes for everybody. The emulator does at its next request what was due meanwhile. */
    pass,
    /** A command of plinto-polar beside the server. */
    command,
    attempt: (...args) => attempt(binary, args, { env: settings, quiet: true }),
    quiet: (options) => quiet(front, places, options),
    /** Resolves once a server has acknowledged each delivery: Polar repeats those that failed, after growing pauses. */
    allDelivered: () =>
      waitFor(
        'every delivery to be acknowledged',
        async () => {
          await pass(60);
          await sleep(1_000);
          return front.unacknowledged().length === 0;
        },
        { withinMs: 120_000 },
      ),
    assertNothingParked: async () => {
      for (const queue of ['inbox', 'outbox', 'notifications']) {
        const parked = await places[0].metric(`plinto_polar_queue_rows{queue="${queue}",state="parked"}`);
        assert.equal(parked, 0, `${queue}: ${parked} are parked`);
      }
      assert.equal(await command('replay'), '');
      assert.equal(await command('usage', 'list'), '');
      assert.equal(await command('notifications', 'list'), '');
    },
    /** Asks a server as a back end does, for one user. */
    ask: (userId, method, path, body, place = places[0]) => ask(place.url, key, userId, method, path, body),
    stop,
  };
}

/** Resolves once no delivery has come for `forMs`, and the servers have worked off what they have. */
async function quiet(front, places, { forMs = 3_000, withinMs = 120_000 } = {}) {
  let last = -1;
  let since = Date.now();
  await waitFor(
    'the queues to be empty',
    async () => {
      let waiting = front.deliveries.length;
      if (waiting !== last) since = Date.now();
      last = waiting;
      for (const queue of ['inbox', 'outbox', 'notifications']) {
        waiting = await places[0].metric(`plinto_polar_queue_rows{queue="${queue}",state="waiting"}`);
        if (waiting !== 0) throw new Error(`${waiting} wait in the ${queue}`);
      }
      return Date.now() - since >= forMs;
    },
    { withinMs, everyMs: 250 },
  );
}

async function ask(url, key, userId, method, path, body) {
  const answer = await fetch(`${url}/api/v1/polar${path}${path.includes('?') ? '&' : '?'}user_id=${userId}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
}
