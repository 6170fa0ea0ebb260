// Usage: how many events a second are taken durably, beside a bare SQLite loop on the same disk in the same run, and
// beside Polar's own clients, which store nothing; on SQLite and on PostgreSQL, with ten million events stored, and over
// ten minutes.
//
// The load and the upstream share one core of two with the server, which may use both: they take little of it. Rates are
// gates as parts of the bare loop's; CPU is counted until the server is at rest, so with what it costs to report to
// Polar.
import { execFileSync } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { claimsFor, signToken } from '../../dist/js/plinto/index.js';
import { at, releaseBin } from '../../scripts/lib/paths.mjs';
import { startPostgres } from '../../scripts/lib/postgres.mjs';
import { node, run } from '../../scripts/lib/run.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { withPrograms } from './programs.mjs';
import { cpuSeconds, onCore, recordAnswers, residentMebibytes, settingsOf } from './servers.mjs';

const here = at('tests/bench/usage');
const binary = `${releaseBin}/plinto-polar`;
const USERS = 32;
const BATCH = 100;
/** More than any server here takes in a second: no event comes twice. */
const PREPARED = { [BATCH]: 2_000, 1: 40_000 };
const CONNECTIONS = { [BATCH]: 16, 1: 64 };
/** The part of the bare loop's rate, by the size of a batch. */
const PART = { [BATCH]: 0.8, 1: 0.4 };
const UPSTREAM_PER_THOUSAND = 2;
const RATE_WHEN_FULL = 0.9;
const MEMORY_GROWTH = 1.1;

/** Prints the comparison. Answers whether every budget is met. */
export async function benchUsage({ rounds, seconds, minutes, stored }) {
  await installPeers();
  return await withPrograms(async ({ folder, start }) => {
    const table = await recordAnswers(start, folder);
    const { ready } = await start(
      'the upstream',
      onCore(1, [`${releaseBin}/plinto_polar_bench_upstream`, table.file]),
      {},
      /listening on (\S+)/,
    );
    const bench = new Bench({ folder, start, upstream: ready[1], usageLine: table.usageLine, rounds, seconds });
    await bench.peers();
    await bench.engine('SQLite', `sqlite:${join(folder, 'empty.db')}`);
    if (stored > 0) await bench.full('SQLite', `sqlite:${join(folder, 'full.db')}`, stored);
    const postgres = await startPostgres({ durable: true });
    try {
      await bench.engine('PostgreSQL', postgres.url);
      if (stored > 0) {
        const full = await startPostgres({ durable: true });
        try {
          await bench.full('PostgreSQL', full.url, stored);
        } finally {
          await full.stop();
        }
      }
    } finally {
      await postgres.stop();
    }
    if (minutes > 0) await bench.memory(`sqlite:${join(folder, 'long.db')}`, minutes);
    return bench.met;
  });
}

async function installPeers() {
  if (existsSync(join(here, 'node_modules/polar-sdk-1'))) return;
  await run('npm', ['ci', '--prefix', here, '--ignore-scripts'], { quiet: true });
}

const middle = (values) => values.toSorted((left, right) => left - right)[values.length >> 1];
const rateOf = ({ events, microseconds }) => events / (microseconds / 1e6);
const row = (cells) => console.log(cells.map((cell, i) => String(cell).padEnd(i === 0 ? 44 : 16)).join(''));

class Bench {
  met = true;
  #rates = {};

  constructor(place) {
    Object.assign(this, place);
    // Each user signs in with a token of their own: of one sender a batch at a time is taken.
    const tokens = Array.from({ length: USERS }, () => {
      const claims = claimsFor({ userId: randomUUID(), type: 'access', lifetimeSeconds: 6 * 3600 });
      return `Bearer ${signToken(claims, settingsOf('', '').PLINTO_JWT_SECRET)}\n`;
    });
    this.tokens = join(this.folder, 'tokens');
    writeFileSync(this.tokens, tokens.join(''));
    row(['', 'events / s', 'CPU s / million', 'to Polar / 1,000']);
  }

  gate(holds, text) {
    console.log(`${holds ? 'ok' : 'BELOW THE GOAL'}: ${text}`);
    this.met &&= holds;
  }

  async peers() {
    const peers = [
      ['SDK 1.0, one event per request', 'sdk', 1],
      ['SDK 1.0, batches of 100 by hand', 'sdk', BATCH],
      ['@polar-sh/ingestion, one event per request', 'ingestion', 1],
      ['@polar-sh/ingestion, batches of 100 by hand', 'ingestion', BATCH],
    ];
    for (const [name, kind, batch] of peers) {
      const before = await this.reports();
      const arguments_ = [kind, batch, 16, this.seconds].map(String);
      const output = await run('taskset', ['-c', '0', node, join(here, 'peers.mjs'), ...arguments_], {
        quiet: true,
        env: { UPSTREAM: this.upstream, NODE_ENV: 'production' },
      });
      const result = JSON.parse(output.trim().split('\n').at(-1));
      const reports = (await this.reports()) - before;
      this.tell(name, { rate: rateOf(result), cpu: (result.cpu / result.events) * 1e6, perThousand: 1_000 / batch });
      if (reports === 0) throw new Error(`${name} sent nothing`);
    }
  }

  /** The rate beside the bare loop's, by turns, singly and in batches. */
  async engine(engine, database) {
    const server = await this.server(database);
    for (const batch of [BATCH, 1]) {
      const bare = [];
      const ours = [];
      for (let round = 0; round <= this.rounds; round += 1) {
        const loop = await this.bare(batch);
        const taken = await this.load(server, batch);
        // The first round warms up.
        if (round === 0) continue;
        bare.push(loop);
        ours.push(taken);
      }
      const how = batch === 1 ? 'singly' : `batches of ${batch}`;
      const rate = middle(ours.map(rateOf));
      const bareRate = middle(bare.map(rateOf));
      this.#rates[`${engine} ${batch}`] = rate;
      const perThousand = middle(ours.map(({ reports, events }) => (reports / events) * 1_000));
      const cpu = middle(ours.map(({ cpu, events }) => (cpu / events) * 1e6));
      this.tell(`a bare SQLite loop, ${how}`, { rate: bareRate });
      this.tell(`plinto-polar on ${engine}, ${how}`, { rate, cpu, perThousand });
      const part = rate / bareRate;
      const text = `${engine}, ${how}: ${part.toFixed(2)} of what the bare loop reaches (goal ${PART[batch]})`;
      if (engine === 'SQLite') this.gate(part >= PART[batch], text);
      else console.log(text);
      this.gate(
        perThousand <= UPSTREAM_PER_THOUSAND,
        `${engine}, ${how}: ${perThousand.toFixed(2)} requests to Polar per 1,000 events (goal ${UPSTREAM_PER_THOUSAND})`,
      );
    }
    await server.child.stop();
  }

  /** With so many events stored, and an empty store beside it, by turns. */
  async full(engine, database, stored) {
    const first = await this.server(database);
    await first.child.stop();
    const began = Date.now();
    fill(database, stored);
    const size = database.startsWith('sqlite:')
      ? `, ${(statSync(database.slice(7)).size / 2 ** 30).toFixed(1)} GiB`
      : '';
    console.log(`${engine}: ${stored} events stored in ${Math.round((Date.now() - began) / 1_000)} s${size}`);
    const empty = engine === 'SQLite' ? `sqlite:${join(this.folder, 'beside.db')}` : undefined;
    const beside = empty === undefined ? await startPostgres({ durable: true }) : undefined;
    const servers = [await this.server(database), await this.server(empty ?? beside.url)];
    for (const batch of [BATCH, 1]) {
      const rates = [[], []];
      for (let round = 0; round <= this.rounds; round += 1) {
        for (const [i, server] of servers.entries()) {
          const rate = rateOf(await this.load(server, batch));
          if (round > 0) rates[i].push(rate);
        }
      }
      const [full, fresh] = rates.map(middle);
      const how = batch === 1 ? 'singly' : `batches of ${batch}`;
      this.tell(`${engine}, ${stored} stored, ${how}`, { rate: full });
      this.tell(`${engine}, an empty store beside it, ${how}`, { rate: fresh });
      this.gate(
        full / fresh >= RATE_WHEN_FULL,
        `${engine}, ${how}: with ${stored} events stored ${(full / fresh).toFixed(2)} of the rate (goal ${RATE_WHEN_FULL})`,
      );
    }
    for (const { child } of servers) await child.stop();
    await beside?.stop();
  }

  /** Resident memory while events come in for so long. */
  async memory(database, minutes) {
    const server = await this.server(database);
    const idle = residentMebibytes(server.pid);
    const samples = [];
    const loading = this.load(server, 1, { seconds: minutes * 60, known: true, connections: 16 });
    let isLoaded = true;
    const ended = loading.finally(() => {
      isLoaded = false;
    });
    while (isLoaded) {
      await Promise.race([sleep(5_000), ended]);
      samples.push(residentMebibytes(server.pid));
    }
    const { events } = await ended;
    const third = Math.floor(samples.length / 3);
    const [second, last] = [samples.slice(third, 2 * third), samples.slice(2 * third)].map(middle);
    console.log(
      `memory over ${minutes} minutes and ${events} events: idle ${idle.toFixed(1)} MiB, at most ${Math.max(...samples).toFixed(1)}`,
    );
    this.gate(
      last <= second * MEMORY_GROWTH,
      `memory: ${last.toFixed(1)} MiB in the last third of it, ${second.toFixed(1)} in the one before (at most ${MEMORY_GROWTH} times)`,
    );
    await server.child.stop();
  }

  tell(name, { rate, cpu, perThousand }) {
    row([name, Math.round(rate), cpu?.toFixed(1) ?? '', perThousand?.toFixed(2) ?? '']);
  }

  async server(database) {
    const env = { ...settingsOf(this.upstream, this.folder), DATABASE_URL: database, PORT: '0' };
    const { child, ready } = await this.start('plinto-polar', [binary, 'serve'], env, /listening on (\S+)/);
    return { child, pid: child.pid, url: ready[1] };
  }

  async reports() {
    const counts = await (await fetch(`${this.upstream}/_counts`)).json();
    return counts[this.usageLine];
  }

  /** A loop that inserts and commits, on the same disk. */
  async bare(batch) {
    const file = join(this.folder, `bare-${randomUUID()}.db`);
    const program = `${releaseBin}/plinto_polar_bench_rows`;
    const output = await run(program, [file, String(batch), String(this.seconds)], {
      quiet: true,
    });
    return JSON.parse(output);
  }

  /** `known`: no event has an id of its own, and what is sent is prepared once. */
  async load(server, batch, { seconds = this.seconds, known = false, connections = CONNECTIONS[batch] } = {}) {
    const before = { reports: await this.reports(), cpu: cpuSeconds(server.pid) };
    const arguments_ = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', join(here, 'load.lua')];
    const output = await run('taskset', ['-c', '1', 'wrk', ...arguments_, server.url], {
      quiet: true,
      env: {
        BATCH: String(batch),
        REQUESTS: String(known ? 1_000 : PREPARED[batch] * seconds),
        RUN: known ? '' : String(randomInt(2 ** 31)),
        TOKENS: this.tokens,
      },
    });
    const result = JSON.parse(output.trim().split('\n').at(-1));
    if (result.failed > 0 || result.requests === 0) {
      throw new Error(`${result.failed} of ${result.requests} requests failed`);
    }
    await this.reported(server);
    const reports = (await this.reports()) - before.reports;
    const cpu = cpuSeconds(server.pid) - before.cpu;
    return { events: result.requests * batch, microseconds: result.microseconds, reports, cpu };
  }

  /** All that it has taken is at Polar: it sends nothing more for two seconds. */
  async reported(server) {
    let last = -1;
    let since = Date.now();
    await waitFor(
      'all usage to be reported',
      async () => {
        const now = await this.reports();
        if (now !== last) since = Date.now();
        last = now;
        return Date.now() - since > 2_000;
      },
      { withinMs: 600_000, everyMs: 250 },
    );
    if (!existsSync(`/proc/${server.pid}`)) throw new Error('the server has ended');
  }
}

/** Events of the last three months that Polar has been told of, of 1,000 users: written within the engine. */
function fill(database, count) {
  if (database.startsWith('sqlite:')) return fillSqlite(database.slice('sqlite:'.length), count);
  const sql = (from, to) => `
    WITH listed AS (SELECT i, (extract(epoch FROM now())::BIGINT - (${count} - i) * 7776000 / ${count}) AS at
      FROM generate_series(${from}::BIGINT, ${to}::BIGINT) AS i),
    known AS (INSERT INTO polar_usage_ids (tenant, subject, external_id, event)
      SELECT 'default', 'user-' || i % 1000, 'stored-' || i, at * 4194304 + i % 4194304 FROM listed)
    INSERT INTO polar_usage_events (id, tenant, user_id, external_id, event_name, quantity, properties, created_at,
      reported_to_polar_at) SELECT at * 4194304 + i % 4194304, 'default', 'user-' || i % 1000, 'stored-' || i, 'api_call',
      '1.5', '{"route":"/v1/things"}', at * 1000000, at * 1000000 FROM listed`;
  const psql = (text) => execFileSync('psql', [database, '-qX', '-v', 'ON_ERROR_STOP=1', '-c', text]);
  psql("SELECT polar_make_parts('polar_usage_events', (extract(epoch FROM now())::BIGINT - 7776000) * 1000000)");
  const atOnce = 500_000;
  for (let from = 1; from <= count; from += atOnce) psql(sql(from, Math.min(from + atOnce - 1, count)));
  psql('ANALYZE');
}

function fillSqlite(file, count) {
  const program = `
import sqlite3, sys, time
file, count = sys.argv[1], int(sys.argv[2])
now = int(time.time())
db = sqlite3.connect(file)
db.execute("PRAGMA synchronous = OFF")
db.execute("PRAGMA cache_size = -2000000")
for first in range(1, count + 1, 500000):
    db.execute("WITH RECURSIVE n (i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
               " INSERT INTO polar_usage_events (tenant, user_id, external_id, event_name, quantity, properties, created_at,"
               " reported_to_polar_at) SELECT 'default', 'user-' || i % 1000, 'stored-' || i, 'api_call', '1.5',"
               " '{\\"route\\":\\"/v1/things\\"}', (? - (? - i) * 7776000 / ?) * 1000000, (? - (? - i) * 7776000 / ?) * 1000000"
               " FROM n", (first, min(first + 499999, count), now, count, count, now, count, count))
    db.commit()
db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
`;
  execFileSync('python3', ['-c', program, file, String(count)], { stdio: ['ignore', 'ignore', 'inherit'] });
}
