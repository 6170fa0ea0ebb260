// What to say where a port cannot be listened on.
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { UsageError } from './command-line.js';

/** Awaits what begins to listen. Throws UsageError, naming the address, when it is taken. */
export async function listening<Value>(host: string, port: number, start: () => Promise<Value>, flag = '--port') {
  try {
    return await start();
  } catch (error) {
    const { code, syscall, message } = error as NodeJS.ErrnoException;
    if (syscall !== 'listen' && syscall !== 'getaddrinfo') throw error;
    const reason = code === 'EADDRINUSE' ? 'the address is in use' : message;
    throw new UsageError(
      `Cannot listen on ${host}:${port}: ${reason}. Give another ${flag} (0 picks a free one), or stop what uses this one.`,
    );
  }
}

/** The URL of a port of this machine that is free: that one, or any for 0. Throws UsageError when it is taken. */
export async function freeUrl(port: number, flag: string): Promise<string> {
  const server = createServer();
  await listening('127.0.0.1', port, () => once(server.listen(port, '127.0.0.1'), 'listening'), flag);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise((resolve) => server.close(resolve));
  return url;
}
