// Polar and Plinto a tenth of a second away: what a buyer waits, and how long a delivery takes until it is processed, while
// deliveries come as fast as they are acknowledged.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { at, releaseBin } from '../../scripts/lib/paths.mjs';
import { withPrograms } from './programs.mjs';
import { bearer, installPeers, load, onCore, readDelivery, recordAnswers, settingsOf } from './servers.mjs';

const AWAY_MS = 100;
const CHECKOUTS = 40;
/** Milliseconds: the median of a known customer's checkout, and the mean of what a delivery waits for its processing. */
const CHECKOUT_GOAL = 200;
const DELIVERY_GOAL = 1_000;

/** Prints the times. Answers whether both goals are met. */
export async function benchFar({ seconds }) {
  await installPeers();
  return await withPrograms(async ({ folder, start }) => {
    const table = await recordAnswers(start, folder);
    const far = [`${releaseBin}/plinto_polar_bench_upstream`, table.file, String(AWAY_MS)];
    const upstream = await start('the upstream', onCore(1, far), {}, /listening on (\S+)/);
    const env = { ...settingsOf(upstream.ready[1], folder), PORT: '0' };
    const { child, ready } = await start(
      'plinto-polar',
      onCore(0, [`${releaseBin}/plinto-polar`, 'serve']),
      env,
      /listening on (\S+)/,
    );
    const server = { name: 'plinto-polar', url: ready[1], pid: child.pid };
    const buy = () => checkout(server.url, table.product);
    // The first one is of somebody whom Polar and we do not know yet.
    const first = await buy();
    const alone = await many(buy);
    const delivery = { method: 'POST', path: '/polar/webhooks', headers: {}, body: readDelivery(), signed: true };
    const beside = [];
    let isOver = false;
    const buying = (async () => {
      while (!isOver) beside.push(await buy());
    })();
    const { requests } = await load(server, delivery, { folder, seconds });
    isOver = true;
    await buying;
    await child.stop();
    const waited = meanWait(join(folder, 'bench.db'));
    const text = (ms) => `${ms.toFixed(0)} ms`;
    const median = (times) => times.sort((left, right) => left - right)[times.length >> 1];
    console.log(`the first checkout of a customer: ${text(first)}`);
    console.log(`${CHECKOUTS} checkouts of a known customer: median ${text(median(alone))} (goal ${CHECKOUT_GOAL})`);
    console.log(
      `beside ${requests} deliveries in ${seconds} s: median ${text(median(beside))} (goal ${CHECKOUT_GOAL})`,
    );
    console.log(
      `a delivery waited for its processing: mean ${text(waited.mean)} (goal ${DELIVERY_GOAL}), longest ${text(waited.longest)}`,
    );
    const slowest = Math.max(median(alone), median(beside));
    return slowest <= CHECKOUT_GOAL && waited.mean <= DELIVERY_GOAL;
  });
}

async function checkout(url, product) {
  const began = performance.now();
  const answer = await fetch(`${url}/polar/checkout`, {
    method: 'POST',
    headers: { ...bearer(), 'content-type': 'application/json' },
    body: JSON.stringify({ product_id: product }),
  });
  if (answer.status !== 201) throw new Error(`a checkout was answered ${answer.status}: ${await answer.text()}`);
  return performance.now() - began;
}

async function many(buy) {
  const times = [];
  for (let i = 0; i < CHECKOUTS; i += 1) times.push(await buy());
  return times;
}

/** In milliseconds, of all deliveries; each is processed when the load has ended. */
function meanWait(file) {
  const Database = createRequire(at('tests/bench/servers/package.json'))('libsql');
  const database = new Database(file, { readonly: true });
  const row = database
    .prepare(
      `SELECT avg(processed_at - created_at) / 1000.0 AS mean, max(processed_at - created_at) / 1000.0 AS longest,
       sum(processed = 0) AS waiting FROM polar_webhook_events`,
    )
    .get();
  database.close();
  if (row.waiting !== 0) throw new Error(`${row.waiting} deliveries were not processed`);
  return row;
}
