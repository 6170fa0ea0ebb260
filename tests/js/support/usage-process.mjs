// A program that records usage with a journal, for a test to kill. Prints `trying MARK QUANTITY`, then `ID MARK QUANTITY` once
// `record` has returned the id, and `done` with the stats when it has recorded as much as it should. `node usage-process.mjs URL FILE COUNT [flush]`
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { createServerClient } from '@plinto/polar/server';

const [baseUrl, file, count, andFlush] = process.argv.slice(2);
const serviceKey = process.env.SERVICE_KEY ?? `plinto_sk_${'0'.repeat(64)}`;
const userId = process.env.USAGE_USER ?? '7b1f2c1a-0000-4000-8000-000000000001';
const { usage } = createServerClient({
  baseUrl,
  serviceKey,
  usage: { file, limit: 1_000_000, onFull: () => process.exit(3), onRefused: () => process.exit(4) },
});
// Whoever waits for the program knows that it has the file.
writeSync(1, 'open\n');
for (let i = 0; i < Number(count); i++) {
  const mark = randomUUID();
  writeSync(1, `trying ${mark} ${i}\n`);
  const id = usage.record('api_call', { userId, quantity: i, properties: { mark, note: 'x'.repeat((i % 50) + 1) } });
  writeSync(1, `${id} ${mark} ${i}\n`);
  if (i % 20 === 0) await setImmediate();
}
const stats = andFlush ? [await usage.stats(), await usage.flush(), await usage.stats()] : [await usage.stats()];
writeSync(1, `done ${JSON.stringify(stats)}\n`);
// What is not sent is kept: a program may end while the server is away.
