// Sends the events of one queue, as long as it is this tab's turn: the only loop that does what the sender asks.
import { asPolarError, type PolarError } from '../errors.js';
import type { Network, Outcome, PolarRequest, send } from '../transport.js';
import { failAs, type WireError } from '../wire-error.js';
import { type Answered, LAST_BYTES, LIMITS, type Limits, type Sender } from './sender.js';
import type { Kept, Store } from './store.js';

/** What a shift works with. */
export interface ShiftHost {
  queue: string;
  store: Store;
  openSender(limits: Limits): Promise<Sender>;
  url(): string;
  send: typeof send;
  network: Network;
  now(): number;
  random(): number;
  /** Whether the page is about to go: what is sent has to outlive it. */
  isLeaving(): boolean;
  /** An event was read from the store. */
  taken(event: Kept): void;
  /** An event is over: at the server, or refused. */
  over(event: Kept, refusal: PolarError | undefined): void;
  /** A request was answered or failed, `error` says why. */
  tried(error: PolarError | undefined): void;
}

const TIMEOUT_MS = 15_000;
/** Read from the store at once. */
const PAGE = 200;

interface Answer {
  error?: WireError;
  results?: { status?: unknown; error?: WireError }[];
}

export class Shift {
  readonly #host: ShiftHost;
  readonly #stop = new AbortController();
  /** What the sender has, by id. */
  readonly #held = new Map<string, Kept>();
  readonly #sender: Promise<Sender>;
  #seen = 0;
  #wake = () => {};
  #isAwake = true;
  #flushes = false;
  /** Of what is under way: its ids, and whether it outlives the page. */
  #flight: { ids: string[]; lasts: boolean } | undefined;
  #hasFailed = false;

  constructor(host: ShiftHost) {
    this.#host = host;
    this.#sender = host.openSender(LIMITS);
    void this.#run();
  }

  get inFlight(): number {
    return this.#flight?.ids.length ?? 0;
  }

  /** There is something new. */
  wake(): void {
    this.#isAwake = true;
    this.#wake();
  }

  /** Sends at once. */
  flush(): void {
    this.#flushes = true;
    this.wake();
  }

  /** What was sent is still written down. */
  stop(): void {
    this.#stop.abort();
    this.#wake();
  }

  /** Events for a last request as the page goes, the oldest first. */
  last(): Kept[] {
    const lasting = new Set(this.#flight?.lasts ? this.#flight.ids : []);
    return [...this.#held.values()].filter(({ id }) => !lasting.has(id));
  }

  async #run(): Promise<void> {
    const { now } = this.#host;
    const sender = await this.#sender;
    while (!this.#stop.signal.aborted) {
      this.#isAwake = false;
      if (this.#flushes) {
        sender.flush();
        // A store that was cleared meanwhile counts from the beginning.
        this.#seen = 0;
      }
      this.#flushes = false;
      await this.#refill(sender);
      // It applies to what was read just now, too.
      const at = sender.sendAt();
      if (at !== undefined && at <= now()) await this.#sendOne(sender);
      else await this.#sleep(at === undefined ? undefined : at - now());
    }
    sender.close();
  }

  /** Reads what is new, as much as the sender takes. */
  async #refill(sender: Sender): Promise<void> {
    const { store, queue, now, taken } = this.#host;
    for (;;) {
      const events = await store.read(queue, this.#seen, PAGE).catch(() => []);
      for (const event of events) {
        // It waits from when it was recorded, in whatever page that was.
        const since = Math.min(now(), event.at);
        const added = this.#held.has(event.id) ? 'known' : sender.add(event.id, event.organization, event.text, since);
        if (added === 'full') return;
        this.#seen = event.n;
        taken(event);
        if (added === 'taken') this.#held.set(event.id, event);
        if (added === 'large') await this.#give(event);
        if (added === 'known' && this.#held.get(event.id)?.n !== event.n) await store.remove([event]);
      }
      if (events.length < PAGE) return;
    }
  }

  async #sendOne(sender: Sender): Promise<void> {
    const { now, random, send, network, isLeaving } = this.#host;
    const body = sender.body(new Date(now()).toISOString());
    if (body === '') return;
    const ids = idsOf(body);
    const lasts = isLeaving() && new TextEncoder().encode(body).length <= LAST_BYTES;
    this.#flight = { ids, lasts };
    let outcome: Outcome | undefined;
    let error: PolarError | undefined;
    try {
      outcome = await send(network, requestOf(this.#host.url(), body, lasts), TIMEOUT_MS, undefined);
    } catch (caught) {
      error = asPolarError(caught);
    }
    if (outcome?.kind !== 'answer') {
      sender.fault(now(), random());
      error ??= errorOf(() => failAs(FAULT, outcome?.cause));
    } else {
      error = await this.#settle(sender, outcome);
    }
    this.#flight = undefined;
    this.#hasFailed = error !== undefined;
    this.#host.tried(error);
  }

  /** Returns why the request failed as a whole. */
  async #settle(sender: Sender, answer: Outcome & { kind: 'answer' }): Promise<PolarError | undefined> {
    const { now, random, store, over } = this.#host;
    const { answered, refusals, error: said } = readAnswer(answer);
    const ids = this.#flight?.ids ?? [];
    const settled = sender.answer(answered, now(), random());
    // A success that says nothing of the events is somebody's on the way, such as a page that asks for a password.
    const error = said ?? (settled.length === 0 ? errorOf(() => failAs(NOT_OURS)) : undefined);
    const events = settled.flatMap(({ id }) => this.#held.get(id) ?? []);
    // Before anybody is told: what cannot be forgotten is sent once more, and is a duplicate then.
    await store.remove(events).catch(() => {});
    for (const { id, isRefused } of settled) {
      const event = this.#held.get(id);
      this.#held.delete(id);
      const refusal = refusals[ids.indexOf(id)] ?? error;
      if (event) over(event, isRefused ? (refusal ?? errorOf(() => failAs(REFUSED))) : undefined);
    }
    return error;
  }

  /** It can never be sent. */
  async #give(event: Kept): Promise<void> {
    await this.#host.store.remove([event]).catch(() => {});
    this.#host.over(
      event,
      errorOf(() => failAs(TOO_LARGE)),
    );
  }

  #sleep(ms: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isAwake || this.#stop.signal.aborted) return resolve();
      const timer = ms === undefined ? undefined : setTimeout(resolve, Math.min(ms, 2 ** 31 - 1));
      // A program may end while the server is away.
      if (this.#hasFailed) (timer as { unref?(): void } | undefined)?.unref?.();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

const FAULT: WireError = {
  code: 'NETWORK_FAILED',
  family: 'environment',
  message: 'The server could not be reached. What was recorded is sent again.',
};
const REFUSED: WireError = { code: 'VALIDATION_FAILED', family: 'caller', message: 'The server refused the event.' };
const TOO_LARGE: WireError = {
  code: 'PAYLOAD_TOO_LARGE',
  family: 'caller',
  field: 'properties',
  message: 'The event is larger than a whole request may be. Put less into its properties.',
};

function errorOf(throwIt: () => never): PolarError {
  try {
    return throwIt();
  } catch (error) {
    return error as PolarError;
  }
}

export function requestOf(url: string, body: string, lasts: boolean): PolarRequest {
  return {
    method: 'POST',
    url,
    headers: [['content-type', 'application/json']],
    body,
    ...(lasts && { keepalive: true }),
  };
}

export function idsOf(body: string): string[] {
  const { events } = JSON.parse(body) as { events: { external_id: string }[] };
  return events.map(({ external_id }) => external_id);
}

/** What the server said, of the request and of each event. */
export function readAnswer({ status, headers, body }: Outcome & { kind: 'answer' }): {
  answered: Answered;
  refusals: (PolarError | undefined)[];
  error: PolarError | undefined;
} {
  const { error, results } = readJson(body);
  const list = Array.isArray(results) ? results : [];
  const isSuccess = status >= 200 && status <= 299;
  const header = headers.find(([name]) => name.toLowerCase() === 'retry-after')?.[1] ?? '';
  const { field = '' } = (error?.details ?? {}) as { field?: string };
  return {
    answered: {
      status,
      retryAfter: header,
      code: `${error?.code ?? ''}`,
      field: `${field}`,
      results: list.map((one) => `${one?.status}`.replaceAll(',', ' ')),
    },
    refusals: list.map((one) => toError(one?.error, status)),
    error: isSuccess ? undefined : (toError(error, status) ?? errorOf(() => failAs({ ...NOT_OURS, status }))),
  };
}

const NOT_OURS: WireError = {
  code: 'UPSTREAM_ANSWER_INVALID',
  family: 'remote',
  message: 'The server answered with a body that is not its own. Check baseUrl, basePath and proxies.',
};

function toError(error: WireError | undefined, status: number): PolarError | undefined {
  if (!error?.code || !error.message) return undefined;
  const { field } = (error.details ?? {}) as { field?: unknown };
  // Each event's own refusal has no status.
  const of = typeof field === 'string' ? { ...error, field } : error;
  return errorOf(() => failAs({ ...of, ...(status >= 300 ? { status } : { family: 'caller' }) }));
}

function readJson(text: string): Answer {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null ? read : {};
  } catch {
    return {};
  }
}
