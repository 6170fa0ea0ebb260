// Carries one request over the network and says what came of it. Decides nothing: whether to try again is the core's
// business. A caller may put another transport in place of fetch.
import { isPolarError } from './errors.js';
import { type GetAccessToken, readToken, userOf } from './token.js';

/** A request as the core builds it, with the access token added. */
export interface PolarRequest {
  method: string;
  /** Absolute. */
  url: string;
  headers: [name: string, value: string][];
  body?: string | undefined;
  /** It is to outlive the page, as `fetch` has it. */
  keepalive?: boolean | undefined;
}

/** An answer of any status. */
export interface PolarResponse {
  status: number;
  headers: [name: string, value: string][];
  body: string;
}

/**
 * Sends a request and resolves with the answer, whatever its status. Rejects when there was none.
 * Must not retry by itself, and must stop when `signal` aborts.
 */
export type PolarTransport = (request: PolarRequest, signal: AbortSignal) => Promise<PolarResponse>;

/** What came of a request, in the words of the core. */
export type Outcome =
  | ({ kind: 'answer' } & PolarResponse)
  | { kind: 'fault'; fault: 'network' | 'timeout' | 'canceled'; cause: unknown };

/** The network as an operation sees it. */
export interface Network {
  /** Default: `fetch`. */
  transport?: PolarTransport | undefined;
  getAccessToken: GetAccessToken;
}

export const fetchTransport: PolarTransport = async (request, signal) => {
  const { method, headers, body, keepalive } = request;
  const init: RequestInit = { method, headers, signal };
  if (keepalive) init.keepalive = true;
  // Answers carry session links, which no cache may keep. Workers had no cache until 2025, and refuse the word.
  if ('cache' in Request.prototype) init.cache = 'no-store';
  if (body !== undefined) init.body = body;
  const response = await fetch(request.url, init);
  return { status: response.status, headers: [...response.headers], body: await response.text() };
};

/**
 * Sends one request with the user's token, within `timeoutMs` and until `signal` aborts. A token that is refused while a
 * fresh one of the same user is at hand costs a second request, since nothing came of the first. Throws only TOKEN_MISSING.
 */
export async function send(
  network: Network,
  request: PolarRequest,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  const deadline = new Deadline(timeoutMs, signal);
  try {
    const token = await deadline.await(readToken(network.getAccessToken));
    const outcome = await sendAs(token, network, request, deadline);
    if (outcome.status !== 401) return outcome;
    const fresh = await deadline.await(readToken(network.getAccessToken));
    if (fresh === token || userOf(fresh) !== userOf(token)) return outcome;
    return await sendAs(fresh, network, request, deadline);
  } catch (cause) {
    if (isPolarError(cause)) throw cause;
    return { kind: 'fault', fault: deadline.fault ?? 'network', cause: signal?.aborted ? signal.reason : cause };
  } finally {
    deadline.end();
  }
}

async function sendAs(
  token: string | null | undefined,
  { transport = fetchTransport }: Network,
  request: PolarRequest,
  deadline: Deadline,
): Promise<Outcome & { kind: 'answer' }> {
  const headers: PolarRequest['headers'] = token
    ? [...request.headers, ['authorization', `Bearer ${token}`]]
    : request.headers;
  return { kind: 'answer', ...(await deadline.await(transport({ ...request, headers }, deadline.signal))) };
}

/** Ends what is under way when the time is over or the caller's signal aborts, whether or not it listens to that. */
class Deadline {
  readonly #stop = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #given: AbortSignal | undefined;
  readonly signal = this.#stop.signal;
  /** Why it has ended. */
  fault: 'timeout' | 'canceled' | undefined;

  constructor(timeoutMs: number, given: AbortSignal | undefined) {
    this.#given = given;
    this.#timer = setTimeout(() => this.#abort('timeout'), timeoutMs);
    if (given?.aborted) this.#cancel();
    else given?.addEventListener('abort', this.#cancel, { once: true });
  }

  async await<Value>(promise: Value | Promise<Value>): Promise<Value> {
    const { signal } = this;
    let abort = () => {};
    const ended = new Promise<never>((_, reject) => {
      abort = () => reject(signal.reason);
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort);
    });
    try {
      return await Promise.race([promise, ended]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#given?.removeEventListener('abort', this.#cancel);
  }

  readonly #cancel = () => this.#abort('canceled');

  #abort(fault: 'timeout' | 'canceled'): void {
    this.fault ??= fault;
    this.#stop.abort(this.#given?.reason);
  }
}
