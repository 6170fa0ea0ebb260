// A stand-in for Plinto: enough of its API to build and test billing against, in one process, without dependencies.
//
// It is a development tool: it binds to loopback and sends no CORS headers, since it sits behind the same gateway as
// the page. Not for production.
import { createServer } from 'node:http';
import { Directory } from './directory.mjs';
import { answer, answerRefusal, Refusal } from './http.mjs';
import { createRoutes } from './routes.mjs';
import { WebhookSender } from './webhooks.mjs';

const prefix = '/api/v1';

/**
 * Starts the stand-in. `port: 0` takes a free port.
 * @param {{
 *   jwtSecret: string, webhookSecret: string, webhookUrl?: string,
 *   port?: number, file?: string, accessTokenSeconds?: number, now?: () => number,
 * }} options `now`: the time in Unix milliseconds; the machine's when absent
 * @returns {Promise<{ url: string, webhookLog: () => object[], stop: () => Promise<void> }>}
 */
export async function startPlinto({
  jwtSecret,
  webhookSecret,
  webhookUrl,
  port = 0,
  file,
  accessTokenSeconds = 900,
  now = Date.now,
}) {
  const directory = new Directory(file, now);
  const webhooks = new WebhookSender({ url: webhookUrl, secret: webhookSecret, now });
  const route = createRoutes({ directory, webhooks, jwtSecret, accessTokenSeconds, now });

  const server = createServer(async (request, response) => {
    try {
      const { pathname } = new URL(request.url ?? '/', 'http://plinto');
      if (!pathname.startsWith(`${prefix}/`)) throw new Refusal(404, 'NOT_FOUND', 'Not Found');
      const { status, body } = await route(request, pathname.slice(prefix.length));
      answer(response, status, body);
    } catch (error) {
      if (!(error instanceof Refusal)) console.error(error);
      answerRefusal(response, error instanceof Refusal ? error : new Refusal(500, 'INTERNAL', 'Internal error'));
    }
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });

  return {
    url: `http://127.0.0.1:${server.address().port}`,
    webhookLog: () => webhooks.log,
    stop: () => {
      webhooks.stop();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

export { hashPassword, passwordMatches } from './passwords.mjs';
export { setTestClock, testClock } from './test-clock.mjs';
export { claimsFor, signToken, verifyToken } from './tokens.mjs';
export { plintoEvent, signPlintoWebhook } from './webhooks.mjs';
