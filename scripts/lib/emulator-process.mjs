// The emulator as a process of its own, on a free port: the native program, or `npx @plinto/polar emulate`.
import { Child } from './child.mjs';
import { binary, npxProgram } from './paths.mjs';
import { node } from './run.mjs';

/** The command of each, by how tests call it: one suite runs over both. */
export const emulators = {
  'plinto-polar emulate': [binary, 'emulate'],
  'npx @plinto/polar emulate': [node, npxProgram, 'emulate'],
};

/** Starts one with its default catalog; `stop()` ends it. */
export async function startEmulator(accessToken, command = emulators['plinto-polar emulate']) {
  const child = new Child('emulator', [...command, '--port', '0', '--access-token', accessToken]);
  const [, url] = await child.line(/listening on (\S+)/);
  return { url, stop: () => child.stop() };
}
