// The native server, `plinto-polar serve`, as a program beside this one: where it is found, its start and its end.
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { UsageError } from './command-line.js';

const NAME = process.platform === 'win32' ? 'plinto-polar.exe' : 'plinto-polar';
const PLATFORM_PACKAGE = `@plinto/polar-${process.platform}-${process.arch}`;
const READY_WITHIN_MS = 20_000;
const STOP_GRACE_MS = 10_000;
const KEPT_LINES = 20;

/** What the server must be told anew, whatever the shell has for another one. */
const FOREIGN = /^(?:(?:POLAR|PLINTO|TENANT|METRICS)_.*|DATABASE_URL(?:_FILE)?|HOST|PORT|TEST_CLOCK)$/;

/** What was not found, as a sentence that says where it was looked for and what to do. */
export const SERVER_MISSING = `The server, plinto-polar, was not found: PLINTO_POLAR_BIN is not set, there is no ${NAME} on PATH, and ${PLATFORM_PACKAGE} is not installed. Build it in a clone (npm run build -- --release) and name it in PLINTO_POLAR_BIN.`;

/** The path of the server's program, or undefined. Throws UsageError when PLINTO_POLAR_BIN names none. */
export function findServer(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const { PLINTO_POLAR_BIN: named, PATH = '' } = env;
  if (named) {
    if (isProgram(named)) return named;
    throw new UsageError(`PLINTO_POLAR_BIN names no program: ${named}. Give the path of plinto-polar, or unset it.`);
  }
  const onPath = PATH.split(delimiter).map((folder) => join(folder || '.', NAME));
  return [...onPath, ...ofPackage()].find(isProgram);
}

function ofPackage(): string[] {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${PLATFORM_PACKAGE}/package.json`);
    return [join(dirname(manifest), 'bin', NAME)];
  } catch {
    return [];
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** A running server. */
export interface ServerProcess {
  readonly url: string;
  /** Resolves with its exit code. */
  stop(): Promise<number | null>;
}

/** How the server is started. */
export interface ServerStart {
  readonly program: string;
  /** Its settings. Those of the shell that would contradict them are left out. */
  readonly settings: Readonly<Record<string, string>>;
  readonly onLine?: ((line: string) => void) | undefined;
  /** It ended, and nobody had asked for that. */
  readonly onDeath?: ((reason: string) => void) | undefined;
}

/** Starts the server and resolves once it listens. Rejects with its last lines when it ends before. */
export async function startServer({ program, settings, onLine, onDeath }: ServerStart): Promise<ServerProcess> {
  const inherited = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
  const child = spawn(program, ['serve'], {
    env: { ...Object.fromEntries(inherited), NO_COLOR: '1', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C reaches it by stop() alone.
    detached: true,
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const closed = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  const lines: string[] = [];
  let stopping = false;
  const url = await new Promise<string>((resolve, reject) => {
    const failed = (why: string) => reject(new Error(`The server ${why}.\n${lines.join('\n')}`));
    const timer = setTimeout(() => failed('did not begin to listen'), READY_WITHIN_MS);
    const heard = (line: string) => {
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      onLine?.(line);
      const [, listening] = /^listening on (\S+)/.exec(line) ?? [];
      if (listening !== undefined) resolve(listening);
    };
    readLines(child.stdout, heard);
    readLines(child.stderr, heard);
    child.once('error', (error) => failed(`could not be started: ${error.message}`));
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      process.off('exit', kill);
      failed(`ended with ${signal ?? `code ${code}`}`);
      if (!stopping) onDeath?.(`The server ended with ${signal ?? `code ${code}`}.\n${lines.join('\n')}`);
    });
  }).catch((error: unknown) => {
    stopping = true;
    kill();
    throw error;
  });
  return {
    url,
    stop: async () => {
      stopping = true;
      const late = setTimeout(kill, STOP_GRACE_MS);
      child.kill('SIGTERM');
      const code = await closed;
      clearTimeout(late);
      return code;
    },
  };
}

function readLines(stream: NodeJS.ReadableStream, heard: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) heard(line);
  });
}
