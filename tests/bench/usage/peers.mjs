// What an application has without a server of ours: Polar's SDK 1.0 by hand, and `@polar-sh/ingestion`. Neither stores
// anything: an event whose request fails is gone.
//
//   UPSTREAM=... node peers.mjs KIND BATCH CONCURRENCY SECONDS    prints {"events":...,"microseconds":...,"cpu":...}
import { Ingestion } from '@polar-sh/ingestion';
import { createPolar } from 'polar-sdk-1/2026-04';

const [kind, ...numbers] = process.argv.slice(2);
const [batch, concurrency, seconds] = numbers.map(Number);
const { UPSTREAM } = process.env;
const subject = 'a11ce000-0000-4000-8000-000000000001';
let number = 0;
const metadata = () => {
  number += 1;
  return { quantity: (number % 7) + 0.5, route: '/v1/things', region: `eu-${number % 3}` };
};

const kinds = {
  sdk: () => {
    const polar = createPolar({ accessToken: 'polar_oat_bench', baseUrl: UPSTREAM });
    const event = () => ({ name: 'api_call', external_customer_id: subject, metadata: metadata() });
    return (count) => polar.events.ingest({ events: Array.from({ length: count }, event) });
  },
  ingestion: () => {
    const { ingest } = Ingestion({ accessToken: 'polar_oat_bench', serverURL: UPSTREAM });
    const event = () => ({ name: 'api_call', externalCustomerId: subject, metadata: metadata() });
    return (count) => ingest(Array.from({ length: count }, event));
  },
};

const send = kinds[kind]();
async function work(until) {
  let events = 0;
  while (performance.now() < until) {
    await send(batch);
    events += batch;
  }
  return events;
}
const all = async (forMs) => {
  const until = performance.now() + forMs;
  const done = await Promise.all(Array.from({ length: concurrency }, () => work(until)));
  return done.reduce((sum, one) => sum + one, 0);
};

await all(1_000);
const cpu = process.cpuUsage();
const began = performance.now();
const events = await all(seconds * 1_000);
const microseconds = (performance.now() - began) * 1_000;
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ events, microseconds, cpu: (user + system) / 1e6 }));
