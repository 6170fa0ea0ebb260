// What to say where a port cannot be listened on.
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
