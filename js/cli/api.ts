// Polar's API as programs ask it, the emulator's or Polar's own, and the webhook endpoints that it has.
import { isPolarError, PolarError } from '../errors.js';

/** Polar says how long to wait where it was asked too often: at most so often, and so long. */
const MOST_WAITS = 3;
const LONGEST_WAIT_S = 60;

/** Polar's API at an address, with one access token. Rejects with UPSTREAM_FAILED, and Polar's words. */
export class PolarApi {
  readonly url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.url = url;
    this.#token = token;
  }

  async call<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const answer = await this.#send(method, path, body);
    const text = await answer.text();
    if (answer.ok) return (text === '' ? undefined : JSON.parse(text)) as Body;
    throw new PolarError({
      code: 'UPSTREAM_FAILED',
      family: 'remote',
      message: `Polar answered ${answer.status} to ${method} ${path}: ${text.slice(0, 500)}`,
      status: answer.status,
      details: { body: text },
    });
  }

  /** How a request is answered, whatever that is. */
  async statusOf(method: string, path: string, body?: unknown): Promise<number> {
    const answer = await this.#send(method, path, body);
    await answer.arrayBuffer();
    return answer.status;
  }

  /** All items of a list, page by page. */
  async list<Item>(path: string): Promise<Item[]> {
    const items: Item[] = [];
    for (let page = 1; ; ++page) {
      const joint = path.includes('?') ? '&' : '?';
      const found = await this.call<{ items: Item[]; pagination: { max_page: number } }>(
        'GET',
        `${path}${joint}page=${page}&limit=100`,
      );
      items.push(...found.items);
      if (page >= found.pagination.max_page) return items;
    }
  }

  async #send(method: string, path: string, body: unknown): Promise<Response> {
    for (let left = MOST_WAITS; ; --left) {
      const answer = await this.#sendOnce(method, path, body);
      const seconds = Number(answer.headers.get('retry-after'));
      if (answer.status !== 429 || left === 0 || !(seconds > 0 && seconds <= LONGEST_WAIT_S)) return answer;
      await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    }
  }

  async #sendOnce(method: string, path: string, body: unknown): Promise<Response> {
    try {
      return await fetch(this.url + path, {
        method,
        headers: {
          authorization: `Bearer ${this.#token}`,
          'content-type': 'application/json',
          'polar-version': '2026-04',
        },
        redirect: 'error',
        signal: AbortSignal.timeout(10_000),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      const reason = cause instanceof Error ? ((cause.cause as Error | undefined)?.message ?? cause.message) : cause;
      throw new PolarError({
        code: 'UPSTREAM_FAILED',
        family: 'remote',
        message: `Polar could not be reached at ${this.url}: ${reason}. See that this machine may reach it, then run this again.`,
        cause,
      });
    }
  }
}

/** An endpoint as Polar's API has it. */
export interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly name: string | null;
  readonly format: string;
  readonly secret: string;
  readonly events: readonly string[];
  readonly enabled: boolean;
}

/** Makes an endpoint, without those types of events that Polar does not have (yet). */
export async function createEndpoint(
  polar: PolarApi,
  endpoint: { url: string; name: string; events: readonly string[] },
): Promise<Endpoint> {
  const create = (events: readonly string[]) =>
    polar.call<Endpoint>('POST', '/v1/webhooks/endpoints', { ...endpoint, format: 'raw', events });
  try {
    return await create(endpoint.events);
  } catch (error) {
    const unknown = unknownEvents(error);
    if (unknown.size === 0) throw error;
    return await create(endpoint.events.filter((_, at) => !unknown.has(at)));
  }
}

/** The places of the events that a refusal names: `loc` is `["body", "events", 7]`. */
export function unknownEvents(error: unknown): ReadonlySet<number> {
  if (!isPolarError(error) || error.status !== 422) return new Set();
  try {
    const { detail } = JSON.parse(String(error.details.body)) as { detail: { loc: unknown[] }[] };
    const places = detail.map(({ loc }) =>
      loc.includes('events') ? Number(loc[loc.indexOf('events') + 1]) : Number.NaN,
    );
    return new Set(places.every(Number.isInteger) ? places : []);
  } catch {
    return new Set();
  }
}

/** The name of the endpoints that are kept here, so that others are left alone. */
const OWNED = 'npx @plinto/polar';

/** Sees that the emulator delivers every event to these URLs, and to none that it was told before. */
export async function keepEndpoints(
  polar: PolarApi,
  wanted: readonly { url: string; secret: string }[],
  events: readonly string[],
): Promise<void> {
  const found = (await polar.list<Endpoint>('/v1/webhooks/endpoints')).filter(({ name }) => name === OWNED);
  for (const { id, url } of found) {
    if (!wanted.some((one) => one.url === url)) await polar.call('DELETE', `/v1/webhooks/endpoints/${id}`);
  }
  for (const { url, secret } of wanted) {
    const known = found.find((one) => one.url === url);
    if (!known) {
      await polar.call('POST', '/v1/webhooks/endpoints', { url, name: OWNED, format: 'raw', secret, events });
      continue;
    }
    // One that failed ten times in a row, while nobody listened, was disabled.
    if (known.enabled && known.secret === secret && events.every((event) => known.events.includes(event))) continue;
    await polar.call('PATCH', `/v1/webhooks/endpoints/${known.id}`, { enabled: true, secret, events });
  }
}
