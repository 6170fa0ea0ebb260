// Free loopback ports, all different: each is held until all are known.
import { createServer } from 'node:net';

/** @param {number} count */
export async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, hold));
  const ports = servers.map((server) => server.address().port);
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
