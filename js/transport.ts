// Carries one request over the network and says what came of it. Decides nothing: whether to try again is the core's
// business. A caller may put another transport in place of fetch.
import { type GetAccessToken, readToken, userOf } from './token.js';

/** A request as the core builds it, with the access token added. */
export interface PolarRequest {
  method: string;
  /** Absolute. */
  url: string;
  headers: [name: string, value: string][];
  body?: string | undefined;
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
  const { method, headers, body } = request;
  const init: RequestInit = { method, headers, signal };
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
  const token = await readToken(network.getAccessToken);
  const outcome = await sendAs(token, network, request, timeoutMs, signal);
  if (outcome.kind === 'fault' || outcome.status !== 401) return outcome;
  const fresh = await readToken(network.getAccessToken);
  if (fresh === token || userOf(fresh) !== userOf(token)) return outcome;
  return sendAs(fresh, network, request, timeoutMs, signal);
}

async function sendAs(
  token: string | null | undefined,
  network: Network,
  request: PolarRequest,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  const canceled = (): Outcome => ({ kind: 'fault', fault: 'canceled', cause: signal?.reason });
  if (signal?.aborted) return canceled();
  const headers: PolarRequest['headers'] = token
    ? [...request.headers, ['authorization', `Bearer ${token}`]]
    : request.headers;

  const stop = new AbortController();
  const abort = () => stop.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    stop.abort();
  }, timeoutMs);
  try {
    return { kind: 'answer', ...(await (network.transport ?? fetchTransport)({ ...request, headers }, stop.signal)) };
  } catch (cause) {
    return signal?.aborted ? canceled() : { kind: 'fault', fault: late ? 'timeout' : 'network', cause };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
