// A call that begins without the core: unchecked, since the server, which trusts no client anyway, checks it with the same
// core. Taken where WebAssembly cannot load (a strict CSP, lockdown mode), and by calls that the browser's core does not
// know. Those ask the core what to do when something goes wrong, and only then: nothing waits for its download.
//
// Imports nothing that a page has loaded before, so that bundlers put all of it behind one import().

import type { Event, Exchanger, Step } from './exchange.js';
import { MORE_ROUTES } from './generated/more-routes.js';
import { ROUTES } from './generated/routes.js';
import type { PolarRequest } from './transport.js';
import type { WireError } from './wire-error.js';

/** Operations that only the plain conversation knows. */
export type MoreOperation = keyof typeof MORE_ROUTES;

/** The server answers within this time even when Polar does not. */
const TIMEOUT_MS = 10_000;
/** Of all attempts together, as the core has it. */
const DEADLINE_MS = 30_000;

const FAULTS = {
  network: ['NETWORK_FAILED', 'The server could not be reached. Check the connection and baseUrl, then try again.'],
  timeout: ['TIMEOUT', `The server did not answer within ${TIMEOUT_MS / 1000} s. Try again later.`],
  canceled: ['CANCELED', 'The operation was canceled by its signal.'],
} as const;

/** Method and path of operations, as ROUTES. */
export type Routes = Readonly<Record<string, Route>>;
type Route = readonly [method: string, path: string];

/** `loadCore` gives what decides about a failure; without it, or where it gives nothing, one attempt is all. */
export function begin(
  loadCore: (() => Promise<Exchanger | undefined>) | undefined,
  routes: Routes = { ...ROUTES, ...MORE_ROUTES },
): Exchanger {
  return {
    exchangeStart(operation, input, context) {
      const { base_url, now_ms, entropy } = JSON.parse(context) as {
        base_url: string;
        now_ms: number;
        entropy: string;
      };
      const request = buildRequest(operation, routes[operation] as Route, input, base_url, uuidOf(entropy));
      // As the core itself would have begun it.
      const exchange = { operation, ...request, deadline_ms: now_ms + DEADLINE_MS, attempts: 1 };
      return envelope({ exchange, action: { kind: 'send', request, timeout_ms: TIMEOUT_MS } });
    },
    async exchangeNext(exchange, event, context) {
      const happened = JSON.parse(event) as Event;
      const action = conclude(happened);
      if (isOver(happened)) return envelope({ exchange: null, action });
      const core = await loadCore?.();
      return core ? core.exchangeNext(exchange, event, context) : envelope({ exchange: null, action });
    },
  };
}

const envelope = (value: Step) => JSON.stringify({ ok: true, value });

const isSuccess = (status: number) => status >= 200 && status <= 299;

/** Whether there is nothing to decide: it came, or nobody waits for it. */
function isOver(event: Event): boolean {
  return event.kind === 'answer' ? isSuccess(event.status) : event.kind === 'fault' && event.fault === 'canceled';
}

/** What it comes to if nothing is tried again. */
function conclude(event: Event): Step['action'] {
  if (event.kind !== 'answer') {
    const [code, message] = FAULTS[event.kind === 'fault' ? event.fault : 'timeout'];
    return { kind: 'failed', error: { code, family: code === 'CANCELED' ? 'caller' : 'environment', message } };
  }
  const body = readJson(event.body);
  if (!isSuccess(event.status) || body === undefined) return { kind: 'failed', error: readError(event, body) };
  return { kind: 'done', value: toCamel(body) };
}

/** `uuid` is what makes it safe to send it again: one checkout, one event that is billed. */
function buildRequest(
  operation: string,
  [method, path]: Route,
  input: string,
  baseUrl: string,
  uuid: string,
): PolarRequest {
  const fields = JSON.parse(input) as Record<string, string>;
  if (operation === 'ingestUsageEvent') fields.externalId ??= uuid;
  const inPath =
    path.includes('{id}') &&
    ['checkoutId', 'orderId', 'subscriptionId', 'leaseId', 'grantId'].find((name) => name in fields);
  const url = baseUrl + path.replace('{id}', encodeURIComponent(fields[inPath || ''] ?? ''));
  // Only the names of the top level are ours; the keys of metadata and properties belong to the caller.
  const rest = Object.entries(fields).filter(([name]) => name !== inPath);
  const named = rest.map(([name, value]): [string, string] => [toSnake(name), value]);
  if (method === 'POST' || method === 'PUT') {
    const headers: PolarRequest['headers'] = [['content-type', 'application/json']];
    if (operation === 'createCheckout') headers.push(['idempotency-key', uuid]);
    // Whom a back end acts for stands in the query.
    const { user_id, ...body } = Object.fromEntries(named);
    const query = user_id === undefined ? '' : `?${new URLSearchParams({ user_id })}`;
    return { method, url: url + query, headers, body: JSON.stringify(body) };
  }
  return { method, url: url + (named.length ? `?${new URLSearchParams(named)}` : ''), headers: [] };
}

/** As the core makes one of 128 random bits. */
const uuidOf = (entropy: string) => entropy.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');

function readError(answer: Event & { kind: 'answer' }, body: unknown): WireError {
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
const toCamelName = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

// Like the core, leaves out what is null.
function toCamel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toCamel);
  if (typeof value !== 'object' || value === null) return value;
  const known = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(
    // The keys of metadata belong to the seller.
    known.map(([name, inner]) => [toCamelName(name), name === 'metadata' ? inner : toCamel(inner)]),
  );
}
