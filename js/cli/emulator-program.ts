// The emulator behind a port of this machine: Node's HTTP server in front of the Wasm module, with a data file, a
// transcript and webhooks that are sent when they are due. What is decided is decided in the module.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isPolarError } from '../errors.js';
import type { State } from '../wasm/emulator-module.js';
import { unwrap } from '../wasm/envelope.js';
import { UsageError } from './command-line.js';
import { conektaSettings, signed } from './conekta.js';
import { type Delivery, type DeliveryOutcome, deliver } from './deliver.js';
import { readRequest, sendAnswer } from './http.js';
import { JournalFile } from './journal-file.js';
import { listening } from './ports.js';
import {
  type CheckedFlags,
  loadProgramModule,
  type ProgramAnswer,
  type ProgramDescription,
  type ProgramDue,
  type ProgramModule,
  type ProgramState,
} from './program-module.js';

/** Between two looks at what is due, in milliseconds. */
const SHORTEST_WAIT_MS = 5;
const LONGEST_WAIT_MS = 30_000;
const IDLE_CONNECTION_MS = 60_000;
/** How long requests and deliveries that are under way may take when the program stops. */
const STOP_GRACE_MS = 5_000;

const SERVER_FAILED = JSON.stringify({ error: 'InternalServerError', detail: 'Internal Server Error' });

/** What `emulate` is started with, as its flags say it. */
export interface EmulatorProgramOptions {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly allowRemote?: boolean | undefined;
  readonly accessToken?: string | undefined;
  readonly webhookSecret?: string | undefined;
  readonly webhookUrl?: string | undefined;
  readonly rateLimit?: string | undefined;
  /** Emulates Conekta too, and which API key it takes. */
  readonly conekta?: boolean | undefined;
  readonly conektaKey?: string | undefined;
  /** Numbers and names of files. */
  readonly seeds?: readonly string[] | undefined;
  /** The text of a seed file, in place of one. */
  readonly catalog?: string | undefined;
  /** The names of the two files. */
  readonly transcript?: string | undefined;
  readonly data?: string | undefined;
  /** In Unix milliseconds; the machine's when absent. Deliveries are signed by it. */
  readonly clock?: (() => number) | undefined;
  /** Sees what happens, in the order in which it does. */
  readonly on?: EmulatorEvents | undefined;
}

export interface EmulatorEvents {
  /** A request was answered; status 0 for a connection that a fault has cut. */
  request?(method: string, path: string, status: number): void;
  /** A delivery was attempted; `outcome` is the status or the fault. */
  delivery?(delivery: { id: string; type: string; url: string; outcome: number | string }): void;
  warning?(line: string): void;
  /** Something failed that should not have. */
  failure?(line: string): void;
  /** The data file cannot be written: what happens from here on would be lost. */
  broken?(): void;
}

/** A running emulator. */
export class EmulatorProgram {
  readonly #module: ProgramModule;
  readonly #number: number;
  readonly #clock: () => number;
  readonly #events: EmulatorEvents;
  readonly #server: Server;
  readonly #journal: JournalFile | undefined;
  readonly #transcript: number | undefined;
  readonly #stopped = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #state: State;
  readonly url: string;
  readonly description: ProgramDescription;

  private constructor(opened: Opened) {
    this.#module = opened.module;
    this.#number = opened.number;
    this.#clock = opened.clock;
    this.#events = opened.events;
    this.#server = opened.server;
    this.#journal = opened.journal;
    this.#transcript = opened.transcript;
    this.url = opened.url;
    this.description = unwrap<ProgramDescription>(this.#module.emulatorDescribe(this.#number));
    this.#state = this.description.state;
    this.#keep(this.description);
    this.#server.on('request', (request, response) => void this.#serve(request, response));
    this.#look();
  }

  /** Starts it. Throws UsageError where the options, a file or the address do not allow it. */
  static async start(options: EmulatorProgramOptions): Promise<EmulatorProgram> {
    return new EmulatorProgram(await open(options));
  }

  /** The time that a wish leads to, by the clock and in its milliseconds. Throws VALIDATION_FAILED. */
  goal(wish: { advance: unknown } | { time: number }): number {
    this.#look();
    const { goal } = unwrap<{ goal: number }>(this.#module.emulatorGoal(this.#number, JSON.stringify(wish)));
    return Math.ceil((this.#now() + goal - this.#state.now) / 1_000);
  }

  /** When something is due next, by the clock and in its milliseconds; null when nothing is. */
  get nextDue(): number | null {
    return this.#state.next_due === null ? null : Math.ceil(this.#state.next_due / 1_000);
  }

  /** Resolves when what is due by now has been delivered and answered, and nothing more has become due by that. */
  async settle(): Promise<void> {
    do {
      await Promise.all(this.#underWay);
      this.#look();
    } while (this.#underWay.size > 0);
  }

  /** Accepts nothing more, lets what is under way end, and closes the files. */
  async stop(): Promise<void> {
    if (this.#stopped.signal.aborted) return;
    clearTimeout(this.#timer);
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeIdleConnections();
    this.#stopped.abort();
    const late = setTimeout(() => this.#server.closeAllConnections(), STOP_GRACE_MS);
    await Promise.all([closed, ...this.#underWay]);
    clearTimeout(late);
    clearTimeout(this.#timer);
    this.#module.emulatorClose(this.#number);
    this.#journal?.close();
    if (this.#transcript !== undefined) closeSync(this.#transcript);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const sent = await readRequest(request, response);
      if (sent === undefined) return;
      const answer = this.#handle(JSON.stringify(sent));
      this.#events.request?.(sent.method, sent.url.split('?', 1)[0] ?? '', answer.status);
      this.#wake();
      await sendAnswer(answer, response, this.#clock);
    } catch {
      // It broke off while it was read or answered.
      response.destroy();
    }
  }

  #handle(request: string): ProgramAnswer {
    const handle = () => unwrap<ProgramAnswer>(this.#module.emulatorHandle(this.#number, request, this.#now()));
    const headers: [string, string][] = [['content-type', 'application/json']];
    const failed = { status: 500, headers, body: SERVER_FAILED, route: null, state: this.#state };
    const answer = this.#survive('a request', handle) ?? failed;
    this.#keep(answer);
    return answer;
  }

  /** Something may have become due. */
  #wake(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), 0);
  }

  #look(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const take = () => unwrap<ProgramDue>(this.#module.emulatorTakeDue(this.#number, this.#now(), this.#now()));
    const due = this.#survive('what was due', take);
    if (due !== undefined) {
      this.#keep(due);
      for (const delivery of due.deliveries) this.#attempt(signed(delivery));
    }
    const { next_due: next } = this.#state;
    const left = next === null ? LONGEST_WAIT_MS : (next - this.#now()) / 1_000 + 1;
    this.#timer = setTimeout(() => this.#look(), Math.min(Math.max(left, SHORTEST_WAIT_MS), LONGEST_WAIT_MS));
  }

  #attempt(delivery: Delivery): void {
    const attempt = deliver(delivery, this.#stopped.signal).then((outcome) => {
      this.#underWay.delete(attempt);
      this.#tell(delivery, outcome);
      const text = JSON.stringify(outcome);
      const report = () =>
        unwrap<ProgramState>(this.#module.emulatorDelivered(this.#number, delivery.id, text, this.#now()));
      const kept = this.#survive('a delivery', report);
      if (kept !== undefined) this.#keep(kept);
      if (!this.#stopped.signal.aborted) this.#wake();
    });
    this.#underWay.add(attempt);
  }

  #tell({ id: event, url, headers, body }: Delivery, outcome: DeliveryOutcome): void {
    const id = headers.find(([name]) => name.toLowerCase() === 'webhook-id')?.[1] ?? event;
    const [, type = '?'] = /^\s*\{\s*"type":\s*"([^"]*)"/.exec(body) ?? [];
    this.#events.delivery?.({ id, type, url, outcome: 'status' in outcome ? outcome.status : outcome.fault });
  }

  /** What failed when it came must not end the program. */
  #survive<Value>(what: string, act: () => Value): Value | undefined {
    try {
      return act();
    } catch (error) {
      this.#events.failure?.(`${what} failed: ${error instanceof Error ? error.message : error}`);
      return undefined;
    }
  }

  #keep({ state, journal, transcript }: ProgramState): void {
    this.#state = state;
    if (transcript !== undefined && this.#transcript !== undefined) writeSync(this.#transcript, transcript);
    if (journal === undefined) return;
    try {
      this.#journal?.append(journal);
    } catch {
      this.#events.broken?.();
    }
  }

  /** Unix microseconds. */
  #now(): number {
    return Math.floor(this.#clock() * 1_000);
  }
}

interface Opened {
  readonly module: ProgramModule;
  readonly number: number;
  readonly clock: () => number;
  readonly events: EmulatorEvents;
  readonly server: Server;
  readonly journal: JournalFile | undefined;
  readonly transcript: number | undefined;
  readonly url: string;
}

async function open(options: EmulatorProgramOptions): Promise<Opened> {
  const { host = '127.0.0.1', port = 0, clock = Date.now, on: events = {} } = options;
  const module = await loadProgramModule();
  const flags = checked<CheckedFlags>(() =>
    module.emulatorCheckFlags(
      JSON.stringify({
        host,
        allow_remote: options.allowRemote,
        webhook_secret: options.webhookSecret,
        webhook_url: options.webhookUrl,
        rate_limit: options.rateLimit,
        conekta: options.conekta,
        conekta_key: options.conektaKey,
        seeds: options.seeds,
      }),
    ),
  );
  if (!flags.local) events.warning?.('listening beyond this machine: whoever reaches it may do everything');
  const server = await listen(host, port);
  try {
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;
    const transcript = options.transcript === undefined ? undefined : openTranscript(options.transcript);
    const journal = options.data === undefined ? undefined : new JournalFile(options.data);
    const number = checked<number>(() =>
      openEmulator(
        module,
        {
          url,
          access_token: options.accessToken,
          webhook_secret: options.webhookSecret,
          webhook_url: options.webhookUrl,
          rate_limit: options.rateLimit,
          conekta: options.conekta ? conektaSettings(options.conektaKey) : undefined,
          local: flags.local,
          seed: flags.seed,
          // Another run must not repeat the ids of this one: servers that it delivers to remember them.
          random_seed: randomBytes(8).readBigUInt64BE().toString(),
          seed_file: seedFile(flags.seed_file, options.catalog),
          transcript: transcript !== undefined,
          data: journal && { name: options.data, text: journal.text },
        },
        clock,
      ),
    );
    return { module, number, clock, events, server, journal, transcript, url };
  } catch (error) {
    server.close();
    throw error;
  }
}

function openEmulator(module: ProgramModule, settings: object, clock: () => number): string {
  return module.emulatorOpenProgram(JSON.stringify(settings), Math.floor(clock() * 1_000));
}

function seedFile(name: string | null, catalog: string | undefined): { name: string; text: string | null } | null {
  if (name === null) return catalog === undefined ? null : { name: 'the catalog', text: catalog };
  try {
    return { name, text: readFileSync(name, 'utf8') };
  } catch {
    return { name, text: null };
  }
}

/** A transcript holds what was sent, names and addresses too. */
function openTranscript(path: string): number {
  try {
    return openSync(path, 'a', 0o600);
  } catch {
    throw new UsageError(`The file of --transcript cannot be written: ${path}. Name another one.`);
  }
}

async function listen(host: string, port: number): Promise<Server> {
  const server = createServer({ keepAliveTimeout: IDLE_CONNECTION_MS });
  await listening(host, port, () => once(server.listen(port, host), 'listening'));
  return server;
}

/** What the module refuses is the caller's mistake. */
function checked<Value>(call: () => string): Value {
  try {
    return unwrap<Value>(call());
  } catch (error) {
    if (isPolarError(error)) throw new UsageError(error.message);
    throw error;
  }
}
