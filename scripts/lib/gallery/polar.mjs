// The emulator in this process, behind a port: its clock begins in the past, and moves when the gallery says so.
import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * @param {{ port: number, url: string, secrets: import('../stack.mjs').Secrets, webhookUrl: string }} place
 * @param {{ now: Date, catalog?: object }} options
 */
export async function startPolarInProcess({ port, url, secrets, webhookUrl }, { now, catalog }) {
  const { createPolarEmulator } = await import('@plinto/polar/testing');
  const polar = await createPolarEmulator({
    ...{ now, catalog, url, webhookUrl },
    ...{ accessToken: secrets.accessToken, webhookSecret: secrets.polarWebhook },
  });
  polar.onWebhook((request) => fetch(request));

  // One delivery at a time, and no time passes while another wish is under way.
  let last = Promise.resolve();
  const inTurn = (act) => {
    const mine = last.then(act);
    last = mine.catch(() => {});
    return mine;
  };

  const server = createServer(async (request, response) => {
    try {
      const answer = await polar.fetch(url + request.url, await read(request));
      const body = Buffer.from(await answer.arrayBuffer());
      // By Polar's own clock, which tells the server what is newer.
      const headers = { ...Object.fromEntries(answer.headers), date: polar.now().toUTCString() };
      response.writeHead(answer.status, headers).end(body);
      // What a buyer did on a page is told at once, as Polar would.
      if (request.method !== 'GET') void inTurn(() => polar.deliver()).catch(() => {});
    } catch {
      response.destroy();
    }
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  return {
    api: (method, path, body) => polar.api(method, path, body),
    now: () => polar.now(),
    advanceTo: (time) => inTurn(() => polar.advanceTo(time)),
    deliver: () => inTurn(() => polar.deliver()),
    pay: (checkout, payment) => inTurn(() => polar.pay(checkout, payment)),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await last;
      polar.close();
    },
  };
}

async function read(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { host: _, connection: __, ...headers } = request.headers;
  const body = Buffer.concat(chunks);
  return { method: request.method, headers, redirect: 'manual', ...(body.length > 0 && { body }) };
}
