// The way out where WebAssembly cannot load (a strict CSP, lockdown mode): the same request, unchecked and tried once.
// The server, which trusts no client anyway, checks it with the same core.
import { failAs, toCamelName, type WireError } from './errors.js';
import type { ExchangeHost } from './exchange.js';
import { type Operation, ROUTES } from './generated/routes.js';
import { type Outcome, type PolarRequest, send } from './transport.js';

/** The server answers within this time even when Polar does not. */
const TIMEOUT_MS = 10_000;

const FAULTS = {
  network: ['NETWORK_FAILED', 'The server could not be reached. Check the connection and baseUrl, then try again.'],
  timeout: ['TIMEOUT', `The server did not answer within ${TIMEOUT_MS / 1000} s. Try again later.`],
  canceled: ['CANCELED', 'The operation was canceled by its signal.'],
} as const;

/** Runs an operation without the core. Errors: those of the server; NETWORK_FAILED, TIMEOUT, CANCELED. */
export async function runPlain<Result>(
  operation: Operation,
  input: string,
  host: ExchangeHost,
  signal?: AbortSignal,
): Promise<Result> {
  const outcome = await send(host, buildRequest(operation, input, host.baseUrl), TIMEOUT_MS, signal);
  if (outcome.kind === 'fault') {
    const [code, message] = FAULTS[outcome.fault];
    const family = outcome.fault === 'canceled' ? 'caller' : 'environment';
    return failAs({ code, family, message }, outcome.cause);
  }
  const body = readJson(outcome.body);
  if (outcome.status < 200 || outcome.status > 299 || body === undefined) return failAs(readError(outcome, body));
  return toCamel(body) as Result;
}

function buildRequest(operation: Operation, input: string, baseUrl: string): PolarRequest {
  const [method, path] = ROUTES[operation];
  // Only the names of the top level are ours; the keys of metadata and properties belong to the caller.
  const { checkoutId = '', ...rest } = JSON.parse(input) as { checkoutId?: string };
  const fields = Object.entries(rest as object).map(([name, value]) => [toSnake(name), value]);
  const url = baseUrl + path.replace('{id}', encodeURIComponent(checkoutId));
  if (method === 'POST') {
    const headers: PolarRequest['headers'] = [['content-type', 'application/json']];
    return { method, url, headers, body: JSON.stringify(Object.fromEntries(fields)) };
  }
  return { method, url: url + (fields.length ? `?${new URLSearchParams(fields)}` : ''), headers: [] };
}

function readError(answer: Outcome & { kind: 'answer' }, body: unknown): WireError {
  const { status } = answer;
  const error = (body as { error?: Partial<WireError> } | undefined)?.error;
  if (!error?.code || !error.message) {
    const message = `The server answered ${status} with a body that is not its own. Check baseUrl, basePath and proxies.`;
    return { code: 'UPSTREAM_ANSWER_INVALID', family: 'remote', status, message };
  }
  const field = (error.details as { field?: unknown } | undefined)?.field;
  const seconds = Number(answer.headers.find(([name]) => name.toLowerCase() === 'retry-after')?.[1]);
  return {
    ...(error as WireError),
    status,
    ...(typeof field === 'string' && { field }),
    ...(seconds >= 0 && { retry_after_ms: seconds * 1000 }),
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const toSnake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

// Like the core, leaves out what is null.
function toCamel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toCamel);
  if (typeof value !== 'object' || value === null) return value;
  const known = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(known.map(([name, inner]) => [toCamelName(name), toCamel(inner)]));
}
