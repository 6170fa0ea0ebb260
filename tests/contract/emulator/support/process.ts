// Runs the emulator for a test, natively or as Wasm in Node, and an endpoint that receives its webhooks.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { EmulatorAddress } from './stage.ts';

const at = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

const commands = {
  'plinto-polar emulate': { program: at('build/native/bin/plinto-polar'), before: [] },
  'npx @plinto/polar emulate': { program: process.execPath, before: [at('dist/js/cli/main.js')] },
};

export type ProgramName = keyof typeof commands;
export const programs = Object.keys(commands) as ProgramName[];

export interface Delivery {
  headers: Record<string, string>;
  body: string;
}

export interface RunningEmulator extends EmulatorAddress {
  webhookSecret: string;
  deliveries: Delivery[];
  stop(): Promise<void>;
}

/** Starts both on free ports. `transcript`: the file that each API answer is appended to. */
export async function startEmulator(transcript: string, name: ProgramName): Promise<RunningEmulator> {
  const { program, before } = commands[name];
  if (!existsSync(program)) throw new Error(`${program} is missing: npm run build -- --native --target plinto-polar`);
  const deliveries: Delivery[] = [];
  const endpoint = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    deliveries.push({ headers: request.headers as Record<string, string>, body });
    response.writeHead(202).end();
  });
  endpoint.listen(0, '127.0.0.1');
  await once(endpoint, 'listening');
  const hook = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/webhooks`;

  const emulator = spawn(program, [...before, 'emulate', '--port', '0', '--webhook-url', hook], {
    env: { ...process.env, POLAR_EMULATOR_TRANSCRIPT: transcript },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const printed = new Map<string, string>();
  for await (const line of createInterface({ input: emulator.stdout })) {
    const [, name, value] = /^(access token:|webhook secret:|listening on)\s+(\S+)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) printed.set(name, value);
    if (name === 'listening on') break;
  }
  const read = (name: string): string => {
    const value = printed.get(name);
    if (value === undefined)
      throw new Error(`the emulator did not print "${name}"; it ended with ${emulator.exitCode}`);
    return value;
  };
  return {
    url: read('listening on'),
    accessToken: read('access token:'),
    webhookSecret: read('webhook secret:'),
    deliveries,
    stop: async () => {
      emulator.kill('SIGTERM');
      if (emulator.exitCode === null) await once(emulator, 'exit');
      endpoint.close();
    },
  };
}
