// The operations of billing, for anyone who has an access token. Each one writes its input as JSON and lets the core do
// the rest; without WebAssembly the request goes out plainly.
import { asPolarError, fail } from './errors.js';
import { type ExchangeHost, type Exchanger, runExchange } from './exchange.js';
import type { Operation } from './generated/routes.js';
import { type Session, sessionOf } from './session.js';
import type { GetAccessToken } from './token.js';
import { fetchTransport, type PolarTransport } from './transport.js';
import type {
  AccessDecision,
  AccessOptions,
  CallOptions,
  CheckoutState,
  CustomerPortalData,
  CustomerPortalOptions,
  CustomerSubscriptions,
  PolarCheckout,
  PolarCheckoutOptions,
  PolarCustomer,
  PolarUsageEvent,
  PolarUsageOptions,
  SubjectOptions,
  SubscriptionListOptions,
  UsageReceipt,
} from './types.js';
import type { CoreModule } from './wasm/core-module.js';
import type { WasmSource } from './wasm/instantiate.js';
import { createLoader, type LoadOptions } from './wasm/loader.js';

/**
 * Loads the core, once per binary; later calls get the same module. A failure is not remembered: the next call tries again.
 * Rejects with CORE_LOAD_FAILED, for instance under a CSP without `'wasm-unsafe-eval'`.
 */
export const loadCore: (options?: LoadOptions) => Promise<CoreModule> = /* @__PURE__ */ createLoader(
  () => import('./wasm/core-module.js'),
);

/** What holds for a client and for the plugin. */
export interface PolarSettings {
  /** Where the gateway is mounted, below `baseUrl`. Default `/api/v1/polar`. */
  basePath?: string | undefined;
  /** The Plinto organization that is billed where a call names none. Default: the signed-in user. */
  organizationId?: string | undefined;
  /** Where buyers land after paying, where a checkout names no `successUrl`. */
  defaultSuccessUrl?: string | undefined;
  /** When a browser fetches the core: as soon as it is idle, when a button is pointed at or focused, or at the first call. Default `intent`. */
  preload?: 'idle' | 'intent' | 'use' | undefined;
  /** Carries requests in place of `fetch`. The access token is in the headers already. */
  transport?: PolarTransport | undefined;
  /** The core's binary, for hosts that cannot fetch it by its URL (workerd). */
  wasm?: WasmSource | undefined;
}

/** What `createPolarClient` takes. */
export interface PolarClientOptions extends PolarSettings {
  /** The server's address, for instance `https://api.example.com`; a path in it is kept. Default: the page's own origin. */
  baseUrl?: string | undefined;
  /** Returns the Plinto access token of the signed-in user. Asked before each request. */
  getAccessToken: GetAccessToken;
}

/** Billing for the signed-in user or an organization. Methods reject with `PolarError` only. */
export class PolarClient {
  /** Who is signed in, as far as this page knows. Clients of one Plinto client, or of one `getAccessToken`, share it. */
  readonly session: Session;
  readonly #options: PolarClientOptions;

  constructor(options: PolarClientOptions, owner: object = options.getAccessToken) {
    this.#options = options;
    this.session = sessionOf(owner, options.getAccessToken);
    if (options.preload !== 'idle' || typeof window === 'undefined') return;
    // Safari has no requestIdleCallback.
    if (window.requestIdleCallback) window.requestIdleCallback(() => this.preload());
    else setTimeout(() => this.preload(), 200);
  }

  /** The organization of the settings, which is billed where a call names none. */
  get organizationId(): string | undefined {
    return this.#options.organizationId;
  }

  /** What tells clients of different servers apart. */
  get address(): string {
    const { baseUrl = '', basePath = '' } = this.#options;
    return `${baseUrl} ${basePath} `;
  }

  /** Opens a checkout. Errors of its own: PRODUCT_UNKNOWN, URL_NOT_ALLOWED, CHECKOUT_OUTCOME_UNKNOWN (safe to start anew). */
  createCheckout(options: PolarCheckoutOptions, call?: CallOptions): Promise<PolarCheckout> {
    const input = { ...options, successUrl: options.successUrl ?? this.#options.defaultSuccessUrl };
    return this.#run('createCheckout', input, call);
  }

  /** Opens a checkout and takes the browser there. Rejects with CANCELED where somebody else is signed in by then. */
  redirectToCheckout(options: PolarCheckoutOptions, call?: CallOptions): Promise<void> {
    return this.#redirect(async () => (await this.createCheckout(options, call)).checkoutUrl, call);
  }

  /** Returns where a checkout stands; only `succeeded` is paid. Errors of its own: NOT_FOUND for one of somebody else. */
  getCheckout(checkoutId: string, subject?: string | SubjectOptions, call?: CallOptions): Promise<CheckoutState> {
    const options = { ...toOptions(subject), checkoutId };
    return this.#run('getCheckout', options, call);
  }

  /** Makes sure that the customer exists at Polar, and returns it. */
  ensureCustomer(subject?: string | SubjectOptions, call?: CallOptions): Promise<PolarCustomer> {
    return this.#run('ensureCustomer', toOptions(subject), call);
  }

  /**
   * Opens a session of Polar's customer portal and returns its address, which carries the session: send nobody else there.
   * Errors of its own: CUSTOMER_NOT_FOUND when the subject is no customer yet.
   */
  async getCustomerPortalUrl(subject?: string | CustomerPortalOptions, call?: CallOptions): Promise<string> {
    const link = await this.#run<{ portalUrl: string }>('getCustomerPortalUrl', toOptions(subject), call);
    return link.portalUrl;
  }

  /** Opens a session of the customer portal and takes the browser there. CANCELED as of `redirectToCheckout`. */
  redirectToCustomerPortal(subject?: string | CustomerPortalOptions, call?: CallOptions): Promise<void> {
    return this.#redirect(() => this.getCustomerPortalUrl(subject, call), call);
  }

  /** Returns subscriptions, benefits and orders; empty lists when nothing was bought. */
  getCustomerData(subject?: string | SubjectOptions, call?: CallOptions): Promise<CustomerPortalData> {
    return this.#run('getCustomerData', toOptions(subject), call);
  }

  /** Returns subscriptions in pages, the newest first. */
  listSubscriptions(options: SubscriptionListOptions = {}, call?: CallOptions): Promise<CustomerSubscriptions> {
    return this.#run('listSubscriptions', options, call);
  }

  /** Asks whether a feature, a tier or, with neither, any plan may be used: the answer, its reason, and until when. */
  getAccess(options: AccessOptions = {}, call?: CallOptions): Promise<AccessDecision> {
    return this.#run('getAccess', options, call);
  }

  /** As `getAccess`, for yes or no. Rejects rather than guess where the server cannot say. */
  async hasAccess(options: AccessOptions = {}, call?: CallOptions): Promise<boolean> {
    return (await this.getAccess(options, call)).allowed;
  }

  /**
   * Records that something was used. The event is stored durably before this resolves, and billed once however often
   * it is sent. Errors of its own: USAGE_EVENT_NOT_ALLOWED when end users may not record this event.
   */
  ingestUsageEvent(organizationId: string, event: PolarUsageEvent, call?: CallOptions): Promise<UsageReceipt>;
  ingestUsageEvent(options: PolarUsageOptions, call?: CallOptions): Promise<UsageReceipt>;
  ingestUsageEvent(
    first: string | PolarUsageOptions,
    second?: PolarUsageEvent | CallOptions,
    third?: CallOptions,
  ): Promise<UsageReceipt> {
    if (typeof first !== 'string') return this.#run('ingestUsageEvent', first, second as CallOptions | undefined);
    return this.#run('ingestUsageEvent', { ...(second as PolarUsageEvent), organizationId: first }, third);
  }

  /** Starts fetching the core, so that the first call does not wait for it. Does nothing with `preload: 'use'`. Never fails. */
  preload(): void {
    if (this.#options.preload !== 'use') void this.#loadCore();
  }

  /** Makes sure that the signed-in user is a customer, whatever `organizationId` the client is set to. */
  protected ensureUser(): Promise<PolarCustomer> {
    return this.#start('ensureCustomer', {});
  }

  #run<Result>(operation: Operation, options: SubjectOptions, call?: CallOptions): Promise<Result> {
    const organizationId = options.organizationId ?? this.#options.organizationId;
    return this.#start(operation, { ...options, organizationId }, call);
  }

  async #start<Result>(operation: Operation, options: object, call?: CallOptions): Promise<Result> {
    try {
      const input = toJson(options);
      const host = this.#host();
      // Only a core that could not start is gone around; what it refuses stays refused.
      const core = (await this.#loadCore()) ?? (await loadPlain());
      return await runExchange<Result>(core, operation, input, host, call?.signal);
    } catch (error) {
      throw asPolarError(error);
    }
  }

  async #redirect(open: () => Promise<string>, call?: CallOptions): Promise<void> {
    if (typeof location === 'undefined') {
      fail({
        code: 'CONFIGURATION_INVALID',
        family: 'caller',
        message: 'Only a browser can be redirected. Use createCheckout or getCustomerPortalUrl and send the URL on.',
      });
    }
    const { visit } = this.session;
    const url = await open();
    // The address comes from a server, but it must not become a script of this page.
    if (!/^https?:/i.test(url)) {
      fail({
        code: 'UPSTREAM_ANSWER_INVALID',
        family: 'remote',
        message: 'The server answered an address that is not http(s).',
      });
    }
    // Nobody is taken to what somebody else has opened, or to what they have left.
    await this.session.check();
    if (call?.signal?.aborted || visit !== this.session.visit) {
      fail({ code: 'CANCELED', family: 'caller', message: 'The page was left, or somebody else is signed in.' });
    }
    location.assign(url);
  }

  #loadCore(): Promise<CoreModule | undefined> {
    return loadCore(this.#options).catch((error: Error) => {
      warnOnce(`${error.message} Until then requests go unchecked.`);
      return undefined;
    });
  }

  #host(): ExchangeHost {
    const { baseUrl = '', basePath = '/api/v1/polar', transport = fetchTransport } = this.#options;
    try {
      const base = new URL(baseUrl || '/', globalThis.location?.href).href;
      return {
        baseUrl: trim(base) + basePath.replace(/^\/?/, '/').replace(/\/+$/, ''),
        transport,
        getAccessToken: this.session.token,
      };
    } catch (cause) {
      return fail({
        code: 'CONFIGURATION_INVALID',
        family: 'caller',
        message: `baseUrl is not an absolute URL: '${baseUrl}'. Outside a browser it must name the server, for instance https://api.example.com.`,
        field: 'baseUrl',
        cause,
      });
    }
  }
}

/** Makes a client from an access token alone, without a Plinto client: in a page, in Node, at the edge. */
export function createPolarClient(options: PolarClientOptions): PolarClient {
  return new PolarClient(options);
}

function toOptions<Options extends SubjectOptions>(subject: string | Options | undefined): Options | SubjectOptions {
  return typeof subject === 'string' ? { organizationId: subject } : (subject ?? {});
}

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

function loadPlain(): Promise<Exchanger> {
  return import('./plain.js').catch((cause: unknown) =>
    fail({
      code: 'NETWORK_FAILED',
      family: 'environment',
      message: `A part of the page could not be loaded: ${cause}.`,
      cause,
    }),
  );
}

const trim = (url: string) => url.replace(/\/+$/, '');

let warned = false;

function warnOnce(message: string): void {
  if (!warned) console.warn(message);
  warned = true;
}
