// The application in a test: where notifications arrive.
import { once } from 'node:events';
import { createServer } from 'node:http';

/** Keeps what it is told, answers with its own id of the subscription, `delayMs()` later. @param {string} ownId */
export async function startApplication(ownId) {
  const told = [];
  const application = { delayMs: () => 0 };
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString('utf8');
    told.push({ headers: request.headers, body });
    const delay = application.delayMs();
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ subscription_id: ownId }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(application, {
    told,
    url: `http://127.0.0.1:${server.address().port}/billing`,
    stop: () => new Promise((resolve) => server.close(resolve)),
  });
}
