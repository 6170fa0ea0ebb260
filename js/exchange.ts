// Drives one operation of the core to its end. The core decides what to send, when to try again and when to give up;
// this loop is the only one that does what it asks.
import { fail } from './errors.js';
import type { PolarClientOptions } from './settings.js';
import { type Network, type Outcome, type PolarRequest, send } from './transport.js';
import type { CoreModule } from './wasm/core-module.js';
import { unwrap } from './wasm/envelope.js';
import { failAs, type WireError } from './wire-error.js';

/** What the core wants done next. */
type Action =
  | { kind: 'send'; request: PolarRequest; timeout_ms: number }
  | { kind: 'wait'; until_ms: number }
  | { kind: 'done'; value: unknown }
  | { kind: 'failed'; error: WireError };

/** `exchange` is the core's own memory of the operation: handed back as it came. */
export interface Step {
  exchange: unknown;
  action: Action;
}

/** What happened, as the core is told. */
export type Event = Outcome | { kind: 'timer' };

/** What decides: the core, or what begins in its place and asks it when something goes wrong (plain.ts). */
export interface Exchanger extends Pick<CoreModule, 'exchangeStart'> {
  exchangeNext(exchange: string, event: string, context: string): string | Promise<string>;
}

/** What an operation runs with. */
interface ExchangeHost extends Network {
  /** The address of the gateway, for instance `https://api.example.com/api/v1/polar`. */
  baseUrl: string;
}

/**
 * Runs an operation and returns its result. `getAccessToken` is asked in place of the settings' own.
 * Errors: those that the core returns; CANCELED when `signal` aborts; CONFIGURATION_INVALID; VALIDATION_FAILED.
 */
export async function runExchange<Result>(
  core: Exchanger,
  operation: string,
  options: object,
  settings: PolarClientOptions,
  getAccessToken: PolarClientOptions['getAccessToken'],
  signal?: AbortSignal,
): Promise<Result> {
  const host = hostOf(settings, getAccessToken);
  const input = toJson(filled(operation, options, settings));
  // 1. Ask the core how to begin. It checks the input here; nothing has been sent yet.
  let step = unwrap<Step>(core.exchangeStart(operation, input, context(host)));
  let cause: unknown;
  for (;;) {
    const { action } = step;
    let event: Event;
    switch (action.kind) {
      // 2. Send what it built, or sleep as long as it says. A cancel is an event like any other.
      case 'send':
        event = await send(host, action.request, action.timeout_ms, signal);
        break;
      case 'wait':
        event = await sleepUntil(action.until_ms, signal);
        break;
      // 3. Stop when it is done, or has given up.
      case 'done':
        return action.value as Result;
      case 'failed':
        return failAs(action.error, cause);
    }
    // 4. Tell it what happened, and go on.
    cause = event.kind === 'fault' ? event.cause : undefined;
    step = unwrap<Step>(
      await core.exchangeNext(
        JSON.stringify(step.exchange),
        JSON.stringify({ ...event, cause: undefined }),
        context(host),
      ),
    );
  }
}

/** Errors: CONFIGURATION_INVALID, where there is no page whose address `baseUrl` could begin with. */
export function hostOf(
  {
    baseUrl = '',
    basePath = '/api/v1/polar',
    transport,
  }: Pick<PolarClientOptions, 'baseUrl' | 'basePath' | 'transport'>,
  getAccessToken: PolarClientOptions['getAccessToken'],
): ExchangeHost {
  try {
    const base = new URL(baseUrl || '/', globalThis.location?.href).href;
    return { baseUrl: trim(base) + trim(basePath.replace(/^\/?/, '/')), transport, getAccessToken };
  } catch (cause) {
    return fail({
      code: 'CONFIGURATION_INVALID',
      family: 'caller',
      message: `baseUrl is not an absolute URL: '${baseUrl}'. Outside a browser it must name the server, such as https://api.example.com.`,
      field: 'baseUrl',
      cause,
    });
  }
}

interface Fillable {
  country?: string | undefined;
  slug?: string | undefined;
  productId?: string | undefined;
  successUrl?: string | undefined;
  returnUrl?: string | undefined;
}

/** With what the settings say where a call says nothing, and the id in place of the page's own name of a product. */
function filled(operation: string, options: Fillable, settings: PolarClientOptions): object {
  const { products, country, defaultSuccessUrl, defaultReturnUrl } = settings;
  const { slug, ...others } = options;
  const isOwn = slug !== undefined && products && Object.hasOwn(products, slug);
  const input: Fillable = isOwn ? { ...others, productId: products[slug] } : { ...options };
  const isCheckout = operation === 'createCheckout';
  if (isCheckout) {
    input.country ??= country;
    input.successUrl ??= defaultSuccessUrl;
  }
  if (isCheckout || operation === 'getCustomerPortalUrl') input.returnUrl ??= defaultReturnUrl;
  return input;
}

const trim = (url: string) => url.replace(/\/+$/, '');

function toJson(options: object): string {
  try {
    return JSON.stringify(options);
  } catch (cause) {
    return fail({
      code: 'VALIDATION_FAILED',
      family: 'caller',
      message: `The input cannot be written as JSON: ${cause}. Pass plain values.`,
      cause,
    });
  }
}

/** Time and randomness, which the core has none of. */
function context(host: ExchangeHost): string {
  const entropy = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0'));
  return JSON.stringify({
    base_url: host.baseUrl,
    now_ms: Date.now(),
    random: Math.random(),
    entropy: entropy.join(''),
  });
}

function sleepUntil(untilMs: number, signal: AbortSignal | undefined): Promise<Event> {
  return new Promise((resolve) => {
    const cancel = () => {
      clearTimeout(timer);
      resolve({ kind: 'fault', fault: 'canceled', cause: signal?.reason });
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', cancel);
      resolve({ kind: 'timer' });
    }, untilMs - Date.now());
    if (signal?.aborted) cancel();
    else signal?.addEventListener('abort', cancel, { once: true });
  });
}
