// Free loopback ports, all different: each is held until all are known, and none is given twice, since whoever was given one may
// not listen on it yet.
import { createServer } from 'node:net';

const given = new Set();

/** @param {number} count */
export async function freePorts(count) {
  const servers = [];
  const ports = [];
  while (ports.length < count) {
    const server = await hold();
    servers.push(server);
    const { port } = server.address();
    if (!given.has(port)) ports.push(port);
    given.add(port);
  }
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function hold() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}
