// A peer: what a developer writes by hand, Fastify and Polar's official SDK 1.0. No store; a session is one cookie
// looked up in a map.
import Fastify from 'fastify';
import { createPolar, webhooks } from 'polar-sdk-1/2026-04';

const { PORT, UPSTREAM, WEBHOOK_SECRET, SUBJECT } = process.env;
const polar = createPolar({ accessToken: 'polar_oat_bench', baseUrl: UPSTREAM });
const sessions = new Map([['bench', SUBJECT]]);

const app = Fastify();
app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
  if (request.url === '/polar/webhooks') return done(null, body);
  try {
    done(null, JSON.parse(body));
  } catch (error) {
    error.statusCode = 400;
    done(error);
  }
});
app.decorateRequest('subject', null);
app.addHook('onRequest', async (request, reply) => {
  if (request.url === '/polar/webhooks') return;
  const cookie = /(?:^|; )session=([^;]+)/.exec(request.headers.cookie ?? '');
  request.subject = cookie === null ? undefined : sessions.get(cookie[1]);
  if (request.subject === undefined) return reply.code(401).send({ error: 'unauthorized' });
});
app.post('/polar/checkout', async ({ body, subject }) => {
  const checkout = await polar.checkouts.create({
    products: [body.product_id],
    external_customer_id: subject,
    metadata: body.metadata,
  });
  return { checkout_id: checkout.id, checkout_url: checkout.url };
});
app.get('/polar/customer/portal', async ({ subject }) => {
  const session = await polar.customerSessions.create({ external_customer_id: subject });
  return { portal_url: session.customer_portal_url };
});
app.post('/polar/usage', async ({ body, subject }) => {
  const metadata = { quantity: body.quantity, ...body.properties };
  await polar.events.ingest({ events: [{ name: body.event_name, external_customer_id: subject, metadata }] });
  return { reported: true };
});
app.post('/polar/webhooks', async ({ body, headers }, reply) => {
  try {
    await webhooks.validateEvent(body, headers, WEBHOOK_SECRET);
    return reply.code(202).send({ received: true });
  } catch {
    return reply.code(403).send({ error: 'bad signature' });
  }
});
await app.listen({ port: Number(PORT), host: '127.0.0.1' });
console.log('listening');
