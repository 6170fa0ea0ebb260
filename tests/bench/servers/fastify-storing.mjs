// A peer that does for a delivery what our server does before it answers 202, and after: Fastify and Polar's official SDK
// 1.0, and SQLite (libsql) with the same durability. It verifies, stores the delivery under its `webhook-id`, and writes
// the subscription down unless it knows a newer one; all of it is on disk when it answers.

import Fastify from 'fastify';
import Database from 'libsql';
import { webhooks } from 'polar-sdk-1/2026-04';

const { PORT, WEBHOOK_SECRET, DATABASE } = process.env;
const db = new Database(DATABASE);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec(`
  CREATE TABLE deliveries (webhook_id TEXT PRIMARY KEY, type TEXT, body TEXT, received_at INTEGER) WITHOUT ROWID;
  CREATE TABLE subscriptions (id TEXT PRIMARY KEY, customer_id TEXT, product_id TEXT, status TEXT,
    current_period_end TEXT, cancel_at_period_end INTEGER, told_at TEXT, snapshot TEXT) WITHOUT ROWID;
  CREATE INDEX subscriptions_of_customer ON subscriptions (customer_id);
`);
const insert = db.prepare('INSERT INTO deliveries VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING');
const upsert = db.prepare(`
  INSERT INTO subscriptions VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET customer_id = excluded.customer_id, product_id = excluded.product_id,
    status = excluded.status, current_period_end = excluded.current_period_end,
    cancel_at_period_end = excluded.cancel_at_period_end, told_at = excluded.told_at, snapshot = excluded.snapshot
  WHERE excluded.told_at >= told_at`);
const store = db.transaction((id, body, { type, timestamp, data }) => {
  if (insert.run(id, type, body, Date.now()).changes === 0 || !type.startsWith('subscription.')) return;
  const { customer_id: customer, product_id: product, status, current_period_end: end } = data;
  const ends = data.cancel_at_period_end ? 1 : 0;
  upsert.run(data.id, customer, product, status, String(end), ends, String(timestamp), JSON.stringify(data));
});

const app = Fastify();
app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body));
app.post('/polar/webhooks', async ({ body, headers }, reply) => {
  let event;
  try {
    event = await webhooks.validateEvent(body, headers, WEBHOOK_SECRET);
  } catch {
    return reply.code(403).send({ error: 'bad signature' });
  }
  store(headers['webhook-id'], body, event);
  return reply.code(202).send({ received: true });
});
await app.listen({ port: Number(PORT), host: '127.0.0.1' });
console.log('listening');
