// Runs the native contract tool: what the core builds, and what it makes of what it reads.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../../build/native/bin/plinto_polar_contract', import.meta.url));

export interface BuiltRequest {
  operation: string;
  variant: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  /** JSON text */
  body?: string;
}

export interface RoundTrip {
  json?: string;
  error?: string;
}

export const nameOf = ({ operation, variant }: Pick<BuiltRequest, 'operation' | 'variant'>): string =>
  `${operation} (${variant})`;

/** Query parameters in a comparable form: decoded, sorted by name, values of one name in their order. */
export const queryOf = (url: URL): [string, string][] =>
  [...url.searchParams].sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));

export const builtRequests = (): BuiltRequest[] => run('requests').map((line) => JSON.parse(line) as BuiltRequest);

export const modelNames = (): string[] => run('models');

export const eventTypeNames = (): string[] => run('event-types');

/** What the core makes of a payload: its data written from the model, or as it came where it is not what the model says. */
export interface ReadEvent {
  type?: string;
  timestamp?: string;
  /** Whether the type is in the core's table. */
  known?: boolean;
  /** JSON text */
  data?: string;
  /** The code, and the field that it is about. */
  error?: string;
  field?: string;
  /** The code of what is no event at all. */
  refused?: string;
}

export const readEvents = (payloads: unknown[]): ReadEvent[] =>
  run('events', payloads.map((payload) => `${JSON.stringify({ json: JSON.stringify(payload) })}\n`).join('')).map(
    (line) => JSON.parse(line) as ReadEvent,
  );

/** Decodes and encodes each value as the model of that schema. */
export function roundTrips(values: { model: string; value: unknown }[]): RoundTrip[] {
  const lines = values.map(({ model, value }) => JSON.stringify({ model, json: JSON.stringify(value) }));
  return run('round-trip', `${lines.join('\n')}\n`).map((line) => JSON.parse(line) as RoundTrip);
}

function run(what: string, input = ''): string[] {
  if (!existsSync(program)) {
    throw new Error(`${program} is missing: cmake --build build/native --target plinto_polar_contract`);
  }
  const { status, stdout, stderr } = spawnSync(program, [what], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 29,
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(`${program} ${what} ended with ${status}: ${stderr}`);
  return stdout.split('\n').filter((line) => line !== '');
}
