// A back end's client: the routes of the server with a service key, for a user or an organization that each call names.
//
// Requests begin as those of a page do without WebAssembly (plain.ts); the core decides whether to try again.
import { checkSettings } from './check-settings.js';
import { asPolarError, fail } from './errors.js';
import { hostOf, runExchange } from './exchange.js';
import { MORE_ROUTES } from './generated/more-routes.js';
import { ROUTES } from './generated/routes.js';
import { SERVER_ROUTES } from './generated/server-routes.js';
import type {
  AccessAnswer,
  AccessGrant,
  AccessGrantListOptions,
  AccessGrantOptions,
  AccessGrants,
  AccessQuery,
  BatchedUsageOptions,
  CommitOptions,
  CommittedLease,
  EntitlementToken,
  ErasureOptions,
  ErasureReceipt,
  ReleasedLease,
  RemovedLimit,
  ReserveOptions,
  UsageBatchReceipt,
  UsageLease,
  UsageLimit,
  UsageLimitName,
  UsageLimitOptions,
  UsageLimits,
} from './generated/types.js';
import { begin } from './plain.js';
import { fetchTransport, type PolarTransport, send } from './transport.js';
import type {
  CallOptions,
  CancelOptions,
  ChangeOptions,
  ChangePreview,
  CustomerBenefits,
  CustomerEntitlements,
  CustomerMeters,
  CustomerOrders,
  CustomerPortalData,
  CustomerPortalOptions,
  CustomerSubscription,
  CustomerSubscriptions,
  Invoice,
  ListOptions,
  PaymentMethods,
  PolarCustomer,
  PolarUsageEvent,
  ProductList,
  SubscriptionListOptions,
  UsageReceipt,
  UsageSummary,
  UsageSummaryOptions,
} from './types.js';
import { uuidOf } from './usage/door.js';
import { type NoteOptions, note } from './usage/note.js';
import { openSender, openStore } from './usage/open.js';
import { Recorder } from './usage/recorder.js';
import type { RecordOptions, Usage, UsageSettings } from './usage/types.js';
import { createLoader, type LoadOptions } from './wasm/loader.js';

/** What `createServerClient` takes. `wasm` is `@plinto/polar/core.wasm`, where it must be given. */
export interface ServerClientOptions extends LoadOptions {
  /** The server's address, for instance `https://billing.example.com`. */
  baseUrl: string;
  /** A service key (`plinto_sk_...`), which `plinto-polar key add` makes. */
  serviceKey: string | undefined;
  /** Where the server is mounted, below `baseUrl`. Default `/api/v1/polar`. */
  basePath?: string | undefined;
  /** Carries requests in place of `fetch`. The service key is in the headers already. */
  transport?: PolarTransport | undefined;
  /** How `usage.record` keeps and tells. */
  usage?: UsageSettings | undefined;
}

/** Whom a call is about: a Plinto user, or an organization, for which one of its members (`userId`) may act. */
export type ServerSubject =
  | { userId: string; organizationId?: undefined }
  | { organizationId: string; userId?: string | undefined };

/** The options of a call, with whom it is about. */
export type For<Options> = Omit<Options, 'organizationId'> & ServerSubject;

type ServerOperation = keyof typeof ROUTES | keyof typeof MORE_ROUTES | keyof typeof SERVER_ROUTES;

const loadCore = createLoader(() => import('./wasm/core-module.js'));

const ALL_ROUTES = { ...ROUTES, ...MORE_ROUTES, ...SERVER_ROUTES };

/**
 * Billing for a back end. Methods reject with `PolarError` only; each takes `{ signal }` as its last argument. A key
 * without the scope that a route wants is refused with ROLE_NOT_ALLOWED (docs/access.md).
 */
export class ServerClient {
  /**
   * Records usage without waiting for the server: sent in batches, billed once. With `usage.file` an event is in that file when
   * `record` returns, and outlives the process; else await `usage.flush()` before the program ends.
   */
  readonly usage: Usage<For<RecordOptions>>;
  readonly #options: ServerClientOptions;
  #recorder: Recorder | undefined;

  /** Throws CONFIGURATION_INVALID in a browser, and for what is no address or no service key. */
  constructor(options: ServerClientOptions) {
    this.#options = options;
    checkHost();
    checkKey(options.serviceKey);
    if (!URL.canParse(options.baseUrl)) {
      refuse('baseUrl', 'baseUrl must name the server, such as https://billing.example.com.');
    }
    checkSettings({ usage: options.usage });
    this.usage = {
      record: (eventName, subject) => this.#record(eventName, subject),
      saved: async () => this.#opened().saved(),
      flush: async () => this.#opened().flush(),
      stats: async () => this.#opened().stats(),
    };
    // What an earlier process has left is sent, whether or not this one records anything.
    if (options.usage?.file !== undefined) this.#opened();
  }

  // Customers.

  /** Finds the customer; a service key makes none. Errors of its own: CUSTOMER_NOT_FOUND. */
  getCustomer(subject: ServerSubject, call?: CallOptions): Promise<PolarCustomer> {
    return this.#run('ensureCustomer', subject, call);
  }

  /** Returns what may be used now: the plan's access, and each feature's and each meter's. */
  getCustomerState(subject: ServerSubject, call?: CallOptions): Promise<CustomerEntitlements> {
    return this.#run('getCustomerState', subject, call);
  }

  /** Returns subscriptions, benefits and orders; empty lists when nothing was bought. */
  getCustomerData(subject: ServerSubject, call?: CallOptions): Promise<CustomerPortalData> {
    return this.#run('getCustomerData', subject, call);
  }

  /**
   * Opens a session of the customer portal and returns its address, which carries the session: send nobody else there. An
   * organization's is opened for one of its members: name them by `userId`.
   */
  async getCustomerPortalUrl(options: For<CustomerPortalOptions>, call?: CallOptions): Promise<string> {
    return (await this.#run<{ portalUrl: string }>('getCustomerPortalUrl', options, call)).portalUrl;
  }

  /** Returns orders in pages, the newest first. */
  listOrders(options: For<ListOptions>, call?: CallOptions): Promise<CustomerOrders> {
    return this.#run('listOrders', options, call);
  }

  /** Returns the benefits that are granted now, in pages. */
  listBenefits(options: For<ListOptions>, call?: CallOptions): Promise<CustomerBenefits> {
    return this.#run('listBenefits', options, call);
  }

  /** Returns what was used of each meter and what is left, in pages. */
  listMeters(options: For<ListOptions>, call?: CallOptions): Promise<CustomerMeters> {
    return this.#run('listMeters', options, call);
  }

  /** Returns the payment methods as far as they may be shown, the default one first. */
  listPaymentMethods(subject: ServerSubject, call?: CallOptions): Promise<PaymentMethods> {
    return this.#run('listPaymentMethods', subject, call);
  }

  /** Returns where an order's invoice can be fetched, for a while. Errors of its own: NOT_FOUND, CONFLICT. */
  getInvoice(orderId: string, subject: ServerSubject, call?: CallOptions): Promise<Invoice> {
    return this.#run('getInvoice', { ...subject, orderId }, call);
  }

  /** Forgets the customer, and with `polar: true` has Polar do so too, which ends their subscriptions. Safe to repeat. */
  eraseCustomer(options: For<ErasureOptions>, call?: CallOptions): Promise<ErasureReceipt> {
    return this.#run('eraseCustomer', options, call);
  }

  // Access.

  /** Asks whether a feature, a tier or, with neither, any plan may be used. `explain` names the facts behind the answer. */
  getAccess(options: For<AccessQuery>, call?: CallOptions): Promise<AccessAnswer> {
    return this.#run('getAccess', options, call);
  }

  /** As `getAccess`, for yes or no. Rejects rather than guess where the server cannot say. */
  async hasAccess(options: For<AccessQuery>, call?: CallOptions): Promise<boolean> {
    return (await this.getAccess(options, call)).allowed;
  }

  /** Returns a token that `verifyEntitlements` checks offline, for five minutes. */
  getEntitlementToken(subject: ServerSubject, call?: CallOptions): Promise<EntitlementToken> {
    return this.#run('getEntitlementToken', subject, call);
  }

  // Usage.

  /** Records that something was used, of any name. Billed once however often it is sent. */
  ingestUsageEvent(event: For<PolarUsageEvent>, call?: CallOptions): Promise<UsageReceipt> {
    return this.#run('ingestUsageEvent', withId(event), call);
  }

  /**
   * Records up to 10,000 events at once, each for whom it names, else for `subject`. Resolves with what became of each:
   * `accepted`, `duplicate`, or `refused` with its error.
   */
  ingestUsageEvents(
    events: readonly BatchedUsageOptions[],
    subject?: ServerSubject,
    call?: CallOptions,
  ): Promise<UsageBatchReceipt> {
    return this.#run('ingestUsageEvents', { ...subject, events: events.map(withId).map(toWire) }, call);
  }

  /** Sums up what was recorded, by day or month: of the current month, unless `from` and `to` say otherwise. */
  getUsageSummary(options: For<UsageSummaryOptions>, call?: CallOptions): Promise<UsageSummary> {
    return this.#run('getUsageSummary', options, call);
  }

  /**
   * Sets a part of a meter's balance aside, so that nobody else spends it meanwhile. Errors of its own:
   * USAGE_BALANCE_EXHAUSTED, USAGE_LIMIT_REACHED, METER_UNKNOWN, METER_NOT_RESERVABLE.
   */
  reserveUsage(options: For<ReserveOptions>, call?: CallOptions): Promise<UsageLease> {
    return this.#run('reserveUsage', withId(options), call);
  }

  /**
   * Records what was used of a lease, and ends it. Billed once however often it is committed. Errors of its own:
   * LEASE_ENDED, NOT_FOUND; those of `reserveUsage` for more than was reserved.
   */
  commitUsage(leaseId: string, options: For<CommitOptions>, call?: CallOptions): Promise<CommittedLease> {
    return this.#run('commitUsage', { ...options, leaseId }, call);
  }

  /** Gives back what a lease has set aside. Errors of its own: LEASE_ENDED, NOT_FOUND. */
  releaseUsage(leaseId: string, subject: ServerSubject, call?: CallOptions): Promise<ReleasedLease> {
    return this.#run('releaseUsage', { ...subject, leaseId }, call);
  }

  /** Caps one event by day or month (UTC), in place of a cap that there is. What would go beyond is refused. */
  setUsageLimit(options: For<UsageLimitOptions>, call?: CallOptions): Promise<UsageLimit> {
    return this.#run('setUsageLimit', options, call);
  }

  /** Returns all caps, and what is left of them. */
  listUsageLimits(subject: ServerSubject, call?: CallOptions): Promise<UsageLimits> {
    return this.#run('listUsageLimits', subject, call);
  }

  /** Removes a cap. */
  removeUsageLimit(options: For<UsageLimitName>, call?: CallOptions): Promise<RemovedLimit> {
    return this.#run('removeUsageLimit', options, call);
  }

  // Grants by hand.

  /**
   * Gives a tier or features by hand, whatever was bought. Asked for again under the same `externalId` it is the same grant.
   * Errors of its own: CONFLICT.
   */
  addGrant(options: For<AccessGrantOptions>, call?: CallOptions): Promise<AccessGrant> {
    return this.#run('addGrant', withId(options), call);
  }

  /** Returns grants in pages, the newest first. */
  listGrants(options: For<AccessGrantListOptions>, call?: CallOptions): Promise<AccessGrants> {
    return this.#run('listGrants', options, call);
  }

  /** Takes a grant back, and returns it with who removed it first. Errors of its own: NOT_FOUND. */
  removeGrant(id: string, subject: ServerSubject, call?: CallOptions): Promise<AccessGrant> {
    return this.#run('removeGrant', { ...subject, grantId: id }, call);
  }

  // Subscriptions.

  /** Returns subscriptions in pages, the newest first. */
  listSubscriptions(options: For<SubscriptionListOptions>, call?: CallOptions): Promise<CustomerSubscriptions> {
    return this.#run('listSubscriptions', options, call);
  }

  /** Has a subscription end with its period, and returns it as it is then. Errors of its own: NOT_FOUND, CONFLICT. */
  cancelSubscription(id: string, options: For<CancelOptions>, call?: CallOptions): Promise<CustomerSubscription> {
    return this.#run('cancelSubscription', { ...options, subscriptionId: id }, call);
  }

  /** Takes back a cancellation or a scheduled pause, or ends a pause. Errors of its own: NOT_FOUND, CONFLICT. */
  resumeSubscription(id: string, subject: ServerSubject, call?: CallOptions): Promise<CustomerSubscription> {
    return this.#run('resumeSubscription', { ...subject, subscriptionId: id }, call);
  }

  /** Changes the product or the seats. Errors of its own: NOT_FOUND, CONFLICT, PRODUCT_UNKNOWN. */
  changeSubscription(id: string, options: For<ChangeOptions>, call?: CallOptions): Promise<CustomerSubscription> {
    return this.#run('changeSubscription', { ...options, subscriptionId: id }, call);
  }

  /** Returns what a change would cost, an estimate before tax; nothing is changed. */
  previewSubscription(id: string, options: For<ChangeOptions>, call?: CallOptions): Promise<ChangePreview> {
    return this.#run('previewSubscription', { ...options, subscriptionId: id }, call);
  }

  /** Returns what is for sale. */
  listProducts(call?: CallOptions): Promise<ProductList> {
    return this.#run('listProducts', {}, call);
  }

  #record(eventName: string, subject?: For<RecordOptions>): string {
    if (!subject?.userId && !subject?.organizationId) {
      const message = 'Name the user or the organization that is billed: userId or organizationId.';
      fail({ code: 'VALIDATION_FAILED', family: 'caller', field: 'userId', message });
    }
    const at = Date.now();
    const id = newId(at);
    this.#opened().keep('', [note(eventName, subject as NoteOptions, id, at)]);
    return id;
  }

  /** Not before it is wanted: some hosts allow neither timers nor randomness until a request is there. */
  #opened(): Recorder {
    const { baseUrl, basePath, transport, serviceKey } = this.#options;
    const usage = this.#options.usage ?? {};
    const settings = { baseUrl, basePath, transport };
    this.#recorder ??= new Recorder({
      store: openStore(usage.file),
      openSender,
      address: '',
      url: () => `${hostOf(settings, () => serviceKey).baseUrl}/usage/batch`,
      transport: transport ?? fetchTransport,
      send,
      getAccessToken: () => serviceKey,
      settings: usage,
      now: Date.now,
      random: Math.random,
    });
    return this.#recorder;
  }

  async #run<Result>(operation: ServerOperation, options: object, call?: CallOptions): Promise<Result> {
    const { serviceKey, baseUrl, basePath, transport } = this.#options;
    const getAccessToken = () => serviceKey;
    try {
      const given = Object.entries(options).filter(([, value]) => value !== undefined);
      const first = begin(() => loadCore(this.#options).catch(() => undefined), ALL_ROUTES);
      const settings = { baseUrl, basePath, transport, getAccessToken };
      return await runExchange<Result>(
        first,
        operation,
        Object.fromEntries(given),
        settings,
        getAccessToken,
        call?.signal,
      );
    } catch (error) {
      throw asPolarError(error);
    }
  }
}

/** Makes a client for a back end. Throws CONFIGURATION_INVALID in a browser, and for what is no address or no service key. */
export function createServerClient(options: ServerClientOptions): ServerClient {
  return new ServerClient(options);
}

/** By time, so that databases write them side by side. */
const newId = (at: number) => uuidOf(at, crypto.getRandomValues(new Uint8Array(10)));

/** Sent again after a fault, it is the same event. */
const withId = <Event extends { externalId?: string | undefined }>(event: Event): Event => ({
  ...event,
  externalId: event.externalId ?? newId(Date.now()),
});

/** An event inside a list; the keys of its properties are the caller's. */
const toWire = (event: BatchedUsageOptions) =>
  Object.fromEntries(
    Object.entries(event).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );

function checkHost(): void {
  // Deno has had a window without a document.
  if (typeof window === 'undefined' || typeof document === 'undefined') return;
  refuse(
    'serviceKey',
    'createServerClient is for back ends: a service key in a page opens every customer to whoever reads it. In the browser use createPolarPlugin or createPolarClient, with the access token of the user.',
  );
}

function checkKey(key: string | undefined): void {
  if (key?.startsWith('plinto_sk_')) return;
  const what = key ? 'is none: it begins with plinto_sk_' : 'is missing';
  refuse(
    'serviceKey',
    `The service key ${what}. Make one by \`plinto-polar key add\`, and keep it in the environment.`,
  );
}

const refuse = (field: string, message: string) =>
  fail({ code: 'CONFIGURATION_INVALID', family: 'caller', message, field });
