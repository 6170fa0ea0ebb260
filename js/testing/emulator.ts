// Puts the emulator together for a test: what to configure, and what to do with it.
import { fail } from '../errors.js';
import { createLoader, type LoadOptions } from '../wasm/loader.js';
import type { WebhookEventType } from '../webhook-events.js';
import type { EmulatorCatalog } from './catalogs.js';
import { Deliveries, type EmulatedDelivery, type WebhookReceiver } from './deliveries.js';
import type { Duration } from './duration.js';
import { makeFetch } from './http.js';
import { Machine } from './machine.js';
import { type CheckoutToPay, type Payment, type PaymentOptions, payCheckout, type TestCard } from './pay.js';

/** What `createPolarEmulator` takes. */
export interface PolarEmulatorOptions extends LoadOptions {
  /** Ids, tokens and jitter derive from it: the same seed and the same calls give the same history. Default: 1. */
  seed?: number | undefined;
  /** The emulated time to start at, from 1970 to 2254. Default: 2026-01-15T12:00:00Z: a test is the same every day. */
  now?: Date | string | number | undefined;
  /** What there is at the start. Default: a free, a monthly, a yearly, a seat-based, a metered and a one-time product. */
  catalog?: EmulatorCatalog | undefined;
  /** The access token to accept. Default: made from the seed. */
  accessToken?: string | undefined;
  /** The secret to sign deliveries with. Default: made from the seed, 43 characters after `whsec_` as Polar's. */
  webhookSecret?: string | undefined;
  /** The URL of the requests that the receiver gets. Default: `https://app.example/webhooks`. */
  webhookUrl?: string | undefined;
  /** The prefix of checkout and portal URLs. Default: `https://polar.emulator`. */
  url?: string | undefined;
  /** Polar's limits: `sandbox` 100 requests a minute, `production` 500; more are answered 429. Default: `off`. */
  rateLimit?: 'off' | 'sandbox' | 'production' | undefined;
  /** Signs with the key of the Standard Webhooks specification, in place of the one that Polar uses by default. */
  standardSignatures?: boolean | undefined;
  /**
   * The receiver's clock, in Unix milliseconds: deliveries are signed by it, since receivers refuse signatures that are
   * not of their own time. Default: `Date.now`, so fake timers are followed.
   */
  clock?: (() => number) | undefined;
  /** Sees every API request with its answer, for instance to write it down. */
  onExchange?: ((exchange: EmulatedExchange) => void) | undefined;
}

/** An API request and its answer. */
export interface EmulatedExchange {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** The route's pattern, as `/v1/customers/{id}`; empty when there is none. */
  readonly route: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** A product that the emulator sells. */
export interface EmulatedProduct {
  readonly id: string;
  readonly name: string;
  /** Minor units for each period, or once. */
  readonly amount: number;
  /** Lower case, as `usd`. */
  readonly currency: string;
  /** `month`, `year` and so on; null when it is bought once. */
  readonly interval: string | null;
}

/** Polar in this process: no network, no account, and a clock that only `advance` moves. */
export interface PolarEmulator {
  /** Where the emulator seems to be. Nothing listens there. */
  readonly url: string;
  readonly accessToken: string;
  readonly webhookSecret: string;
  readonly products: readonly EmulatedProduct[];
  /** Answers as Polar. Hand it to any client; the host in the URL does not matter. Nothing leaves this process. */
  readonly fetch: typeof fetch;
  /**
   * One call of Polar's API with the access token, or of the emulator's own switches (`/_emulator/...`). Resolves with
   * the JSON of the answer; rejects with UPSTREAM_FAILED, and Polar's words, when it is no success.
   */
  api<Body = unknown>(method: string, path: string, body?: unknown): Promise<Body>;
  /** The emulated time. */
  now(): Date;
  /**
   * Lets time pass: subscriptions renew, trials end, payments are tried again, checkouts expire, and all webhooks are
   * delivered, each at its time; five years at the most. Resolves with the attempts made meanwhile. Throws
   * VALIDATION_FAILED, CONFLICT.
   */
  advance(by: Duration): Promise<readonly EmulatedDelivery[]>;
  /** The same, up to a time that is not in the past. */
  advanceTo(time: Date | string | number): Promise<readonly EmulatedDelivery[]>;
  /** Delivers what waits: lets ten seconds pass, since Polar holds some events back for a moment. */
  deliver(): Promise<readonly EmulatedDelivery[]>;
  /**
   * Sends deliveries here from now on, one after the other. A receiver that answers no Response, or nothing within ten
   * seconds, has failed. Without a receiver deliveries are taken as accepted.
   */
  onWebhook(receiver: WebhookReceiver): void;
  /** All attempts so far, or those of one type, as `order.paid`. Throws VALIDATION_FAILED when there is no such type. */
  deliveries(type?: WebhookEventType): readonly EmulatedDelivery[];
  /**
   * Pays a checkout as a buyer does on the page, then delivers the webhooks as `deliver` does. A declined card is an
   * answer, not an error: look at `paid`.
   */
  pay(checkout: CheckoutToPay, options?: PaymentOptions): Promise<Payment>;
  /** The product of that name. Throws NOT_FOUND, listing the names that there are. */
  product(name: string): EmulatedProduct;
  /**
   * Makes a customer's cards behave as a test card from now on, without a purchase or a click; `none` takes them away.
   * `customer`: an id, or your external id.
   */
  setCard(customer: string, card: TestCard | 'none'): Promise<void>;
  /** Requests received and webhooks delivered, oldest first: the last thousand of each. */
  log(): Promise<EmulatorLog>;
  /** Frees the memory. Later calls fail with NOT_FOUND. */
  close(): void;
}

/** What happened so far, as `GET /_emulator/log` shows it. */
export interface EmulatorLog {
  readonly requests: readonly { at: string; method: string; path: string; status: number }[];
  readonly deliveries: readonly {
    webhook_id: string;
    type: string;
    attempt: number;
    at: string;
    status?: number;
    fault?: string;
  }[];
}

const loadEmulator = createLoader(() => import('../wasm/emulator-module.js'));

/** Polar holds `customer.state_changed` back for up to five seconds, and orders deliveries within the second. */
const SETTLING = 10 * 1_000_000;

/** All options by name: a name that is not among them is misspelled. */
const OPTIONS: Record<keyof PolarEmulatorOptions, true> = {
  seed: true,
  now: true,
  catalog: true,
  accessToken: true,
  webhookSecret: true,
  webhookUrl: true,
  url: true,
  rateLimit: true,
  standardSignatures: true,
  clock: true,
  onExchange: true,
  wasm: true,
};

/**
 * Starts an emulator of Polar in this process. Rejects with VALIDATION_FAILED and UNKNOWN_FIELD, naming the option;
 * CORE_LOAD_FAILED.
 */
export async function createPolarEmulator(options: PolarEmulatorOptions = {}): Promise<PolarEmulator> {
  checkOptions(options);
  const { clock = () => Date.now(), onExchange } = options;
  const start = timeOf(options.now ?? '2026-01-15T12:00:00Z', 'now');
  const config = {
    seed: options.seed,
    catalog: options.catalog,
    access_token: options.accessToken,
    webhook_secret: options.webhookSecret,
    webhook_url: options.webhookUrl ?? 'https://app.example/webhooks',
    url: options.url ?? 'https://polar.emulator',
    rate_limit: options.rateLimit,
    standard_signatures: options.standardSignatures,
  };
  const machine = new Machine(await loadEmulator(options), config, start, clock);
  const deliveries = new Deliveries();
  const {
    access_token: accessToken,
    webhook_secret: webhookSecret,
    url,
    webhook_types,
    products,
  } = machine.description;
  // The prefix of pages may have a path; the API is at the root.
  const { origin } = new URL(url);

  const emulatedFetch = makeFetch(origin, (request) => {
    const answer = machine.handle(request);
    const { route, status, headers, body } = answer;
    if (onExchange && route !== null) {
      const contentType = headers.find(([name]) => name === 'content-type')?.[1] ?? '';
      onExchange({ method: request.method, path: request.url, route, status, contentType, body });
    }
    return answer;
  });

  const api = async <Body>(method: string, path: string, body?: unknown): Promise<Body> => {
    const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const answer = await emulatedFetch(origin + path, init);
    const text = await answer.text();
    if (answer.ok) return (text === '' ? undefined : JSON.parse(text)) as Body;
    return fail({
      code: 'UPSTREAM_FAILED',
      family: 'caller',
      message: `The emulator answered ${answer.status} to ${method} ${path}: ${text}`,
      status: answer.status,
    });
  };

  const runTo = async (end: number): Promise<readonly EmulatedDelivery[]> => {
    const before = deliveries.all.length;
    await machine.runTo(end, deliveries);
    return deliveries.all.slice(before);
  };

  return {
    url,
    accessToken,
    webhookSecret,
    products,
    fetch: emulatedFetch,
    api,
    now: () => new Date(Math.floor(machine.now / 1_000)),
    advance: async (by) => runTo(machine.goal({ advance: by })),
    advanceTo: async (time) => runTo(machine.goal({ time: timeOf(time, 'time') })),
    deliver: () => runTo(machine.now + SETTLING),
    onWebhook: (receiver) => deliveries.sendTo(receiver),
    deliveries: (type) => {
      if (type === undefined) return [...deliveries.all];
      if (webhook_types.includes(type)) return deliveries.all.filter((delivery) => delivery.type === type);
      return fail({
        code: 'VALIDATION_FAILED',
        family: 'caller',
        message: `There is no type of event '${type}'. There is: ${webhook_types.join(', ')}.`,
        field: 'type',
      });
    },
    pay: async (checkout, payment) => {
      const result = await payCheckout(emulatedFetch, origin, checkout, payment);
      await runTo(machine.now + SETTLING);
      return result;
    },
    product: (name) => {
      const found = products.find((product) => product.name === name);
      if (found) return found;
      return fail({
        code: 'NOT_FOUND',
        family: 'caller',
        message: `There is no product '${name}'. There is: ${products.map((product) => product.name).join(', ')}.`,
      });
    },
    setCard: async (customer, card) => {
      await api('POST', `/_emulator/customers/${encodeURIComponent(customer)}/card`, { card });
    },
    log: () => api<EmulatorLog>('GET', '/_emulator/log'),
    close: () => machine.close(),
  };
}

function checkOptions(options: unknown): void {
  if (options === null || typeof options !== 'object') {
    fail({
      code: 'VALIDATION_FAILED',
      family: 'caller',
      message: `createPolarEmulator takes an object of options, and got ${String(options)}.`,
      field: 'options',
    });
  }
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(OPTIONS, name));
  if (unknown === undefined) return;
  fail({
    code: 'UNKNOWN_FIELD',
    family: 'caller',
    message: `createPolarEmulator has no option '${unknown}'. There is: ${Object.keys(OPTIONS).join(', ')}.`,
    field: unknown,
  });
}

// Text may hold microseconds, which Date drops.
function timeOf(time: Date | string | number, field: string): number {
  const milliseconds = new Date(time).getTime();
  if (Number.isNaN(milliseconds)) {
    fail({
      code: 'VALIDATION_FAILED',
      family: 'caller',
      message: `${String(time)} is not a time. Pass a Date, Unix milliseconds, or text as '2026-11-22T06:00:00Z'.`,
      field,
    });
  }
  const [, below = ''] = typeof time === 'string' ? (/\.\d{3}(\d{1,3})/.exec(time) ?? []) : [];
  return milliseconds * 1_000 + Number(below.padEnd(3, '0'));
}
