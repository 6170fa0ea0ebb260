// The emulator as a process of its own, on a free port, for tests of its pages.
import { join } from 'node:path';
import { Child } from './child.mjs';
import { nativeBin } from './paths.mjs';

/** Starts it with its default catalog; `stop()` ends it. */
export async function startEmulator(accessToken) {
  const binary = join(nativeBin, 'plinto-polar');
  const child = new Child('emulator', [binary, 'emulate', '--port', '0', '--access-token', accessToken]);
  const [, url] = await child.line(/listening on (\S+)/);
  return { url, stop: () => child.stop() };
}
