// The operations of billing, for anyone who has an access token. Each one writes its input as JSON and lets the core do
// the rest; without WebAssembly the request goes out plainly.
import { checkSettings } from './check-settings.js';
import { asPolarError, fail, type PolarError } from './errors.js';
import type { Operation } from './generated/routes.js';
import type { MoreOperation } from './plain.js';
import { type Session, sessionOf } from './session.js';
import type { PolarClientOptions } from './settings.js';
import type {
  AccessDecision,
  AccessOptions,
  CallOptions,
  CancelOptions,
  ChangeOptions,
  ChangePreview,
  CheckoutState,
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
  PolarCheckout,
  PolarCheckoutOptions,
  PolarCustomer,
  PolarUsageEvent,
  PolarUsageOptions,
  ProductList,
  SubjectOptions,
  SubscriptionListOptions,
  UsageReceipt,
  UsageSummary,
  UsageSummaryOptions,
} from './types.js';
import { usageOf } from './usage/door.js';
import type { Usage } from './usage/types.js';
import type { CoreModule } from './wasm/core-module.js';
import type { LoadOptions } from './wasm/loader.js';
import { within } from './within.js';

/**
 * Loads the core, once per binary; later calls get the same module. Nobody has to: calls do, and go without it where it is late.
 * Rejects with CORE_LOAD_FAILED, which says why, for instance under a CSP without `'wasm-unsafe-eval'`; for a minute without
 * another try.
 */
export const loadCore = async (options?: LoadOptions): Promise<CoreModule> => (await late()).loadCore(options);

/** Shows a checkout's address to the buyer. */
export type ShowCheckout = (checkoutUrl: string, checkoutId: string) => Promise<void> | void;

/** Billing for the signed-in user or an organization. Methods reject with `PolarError` only. */
export class PolarClient {
  /** Who is signed in, as far as this page knows. Clients of one Plinto client, or of one `getAccessToken`, share it. */
  readonly session: Session;
  /** Records usage without waiting for the server: kept in the browser, sent in batches, billed once. */
  readonly usage: Usage;
  readonly #options: PolarClientOptions;

  constructor(options: PolarClientOptions, owner: object = options.getAccessToken) {
    checkSettings({ ...options, getAccessToken: options.getAccessToken ?? null });
    this.#options = options;
    this.session = sessionOf(owner, options.getAccessToken);
    this.usage = usageOf(this, async () => (await late()).openRecorder(options, this.session));
    if (options.preload === 'use' || typeof window === 'undefined') return;
    // What a click needs, so that it costs no round trip more. Safari has no requestIdleCallback.
    (window.requestIdleCallback ?? setTimeout)(() => this.#warm(options.preload === 'idle'));
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
    return this.#run('createCheckout', options, call);
  }

  /** Opens a checkout and takes the browser there. Rejects with CANCELED where somebody else is signed in by then. */
  async redirectToCheckout(options: PolarCheckoutOptions, call?: CallOptions): Promise<void> {
    await this.showCheckout(options, undefined, call);
  }

  /** As `redirectToCheckout`, with the address shown by `show`, which leaves the page or does not. Resolves as it does. */
  showCheckout(options: PolarCheckoutOptions, show?: ShowCheckout, call?: CallOptions): Promise<string> {
    return this.#redirect(
      async () => {
        const { checkoutUrl, checkoutId } = await this.createCheckout(options, call);
        return [checkoutUrl, checkoutId];
      },
      options,
      call,
      show,
    );
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
  async redirectToCustomerPortal(subject?: string | CustomerPortalOptions, call?: CallOptions): Promise<void> {
    await this.showPortal(subject, undefined, call);
  }

  /** As `redirectToCustomerPortal`, with the address shown by `show`. Returns the address. */
  showPortal(
    subject?: string | CustomerPortalOptions,
    show?: (portalUrl: string) => Promise<void> | void,
    call?: CallOptions,
  ): Promise<string> {
    return this.#redirect(async () => [await this.getCustomerPortalUrl(subject, call)], toOptions(subject), call, show);
  }

  /** Returns subscriptions, benefits and orders; empty lists when nothing was bought. */
  getCustomerData(subject?: string | SubjectOptions, call?: CallOptions): Promise<CustomerPortalData> {
    return this.#run('getCustomerData', toOptions(subject), call, true);
  }

  /** Returns subscriptions in pages, the newest first. */
  listSubscriptions(options?: SubscriptionListOptions, call?: CallOptions): Promise<CustomerSubscriptions> {
    return this.#run('listSubscriptions', options, call, true);
  }

  /** Returns what may be used now: the plan's access, and each feature's and each meter's. */
  getCustomerState(subject?: string | SubjectOptions, call?: CallOptions): Promise<CustomerEntitlements> {
    return this.#run('getCustomerState', toOptions(subject), call, true);
  }

  /** Returns orders in pages, the newest first. */
  listOrders(options?: ListOptions, call?: CallOptions): Promise<CustomerOrders> {
    return this.#run('listOrders', options, call, true);
  }

  /** Returns the benefits that are granted now, in pages. */
  listBenefits(options?: ListOptions, call?: CallOptions): Promise<CustomerBenefits> {
    return this.#run('listBenefits', options, call, true);
  }

  /** Returns what was used of each meter and what is left, in pages. */
  listMeters(options?: ListOptions, call?: CallOptions): Promise<CustomerMeters> {
    return this.#run('listMeters', options, call, true);
  }

  /** Returns the payment methods as far as they may be shown, the default one first. They are changed in the portal. */
  listPaymentMethods(subject?: string | SubjectOptions, call?: CallOptions): Promise<PaymentMethods> {
    return this.#run('listPaymentMethods', toOptions(subject), call, true);
  }

  /**
   * Returns where an order's invoice can be fetched, for a while. Errors of its own: NOT_FOUND; CONFLICT where there can be none,
   * or with `retryAfterMs` while it is being made.
   */
  getInvoice(orderId: string, subject?: string | SubjectOptions, call?: CallOptions): Promise<Invoice> {
    const options = { ...toOptions(subject), orderId };
    return this.#run('getInvoice', options, call, true);
  }

  /** Returns what is for sale; needs nobody to be signed in. */
  listProducts(call?: CallOptions): Promise<ProductList> {
    return this.#start('listProducts', {}, call, true);
  }

  /** Sums up what was recorded, by day or month: of the current month, unless `from` and `to` say otherwise. */
  getUsageSummary(options?: UsageSummaryOptions, call?: CallOptions): Promise<UsageSummary> {
    return this.#run('getUsageSummary', options, call, true);
  }

  /** Has a subscription end with its period, and returns it as it is then. Errors of its own: NOT_FOUND, CONFLICT. */
  cancelSubscription(id: string, options?: CancelOptions, call?: CallOptions): Promise<CustomerSubscription> {
    return this.#change('cancelSubscription', id, options, call);
  }

  /** Takes back a cancellation or a scheduled pause, or ends a pause. Errors of its own: NOT_FOUND, CONFLICT. */
  resumeSubscription(id: string, options?: SubjectOptions, call?: CallOptions): Promise<CustomerSubscription> {
    return this.#change('resumeSubscription', id, options, call);
  }

  /** Changes the product or the seats. Errors of its own: NOT_FOUND, CONFLICT, PRODUCT_UNKNOWN. */
  changeSubscription(id: string, options: ChangeOptions, call?: CallOptions): Promise<CustomerSubscription> {
    return this.#change('changeSubscription', id, options, call);
  }

  /** Returns what a change would cost, an estimate before tax; nothing is changed. Errors of its own: as of changeSubscription. */
  previewSubscription(id: string, options: ChangeOptions, call?: CallOptions): Promise<ChangePreview> {
    const input = { ...options, subscriptionId: id };
    return this.#run('previewSubscription', input, call, true);
  }

  /** Asks whether a feature, a tier or, with neither, any plan may be used: the answer, its reason, and until when. */
  getAccess(options?: AccessOptions, call?: CallOptions): Promise<AccessDecision> {
    return this.#run('getAccess', options, call);
  }

  /** As `getAccess`, for yes or no. Rejects rather than guess where the server cannot say. */
  async hasAccess(options?: AccessOptions, call?: CallOptions): Promise<boolean> {
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
    if (this.#options.preload !== 'use') this.#warm(true);
  }

  #warm(withCore: boolean): void {
    importLate().then(
      ({ warm }) => warm(withCore && this.#options, this.usage),
      () => {},
    );
  }

  /** Makes sure that the signed-in user is a customer, whatever `organizationId` this client is set to. */
  protected ensureUser(client: object, onError: (error: PolarError) => void): void {
    const token = this.session.token();
    // It is looked at once the script is there.
    token.catch(() => {});
    late().then(
      ({ ensureCustomer }) => ensureCustomer(token, client, () => this.#start('ensureCustomer', {}), onError),
      onError,
    );
  }

  /** `plain`: of what the browser's core does not know. */
  #run<Result>(
    operation: Operation | MoreOperation,
    options: SubjectOptions = {},
    call?: CallOptions,
    plain?: boolean,
  ): Promise<Result> {
    const { organizationId = this.organizationId } = options;
    return this.#start(operation, { ...options, organizationId }, call, plain);
  }

  async #change(operation: MoreOperation, subscriptionId: string, options?: SubjectOptions, call?: CallOptions) {
    const input = { ...options, subscriptionId };
    const subscription = await this.#run<CustomerSubscription>(operation, input, call, true);
    this.session.tell('changed');
    return subscription;
  }

  async #start<Result>(
    operation: Operation | MoreOperation,
    options: object,
    call?: CallOptions,
    plain?: boolean,
  ): Promise<Result> {
    try {
      const { run } = await late();
      return await run<Result>(operation, options, this.#options, this.session.token, call?.signal, plain);
    } catch (error) {
      throw asPolarError(error);
    }
  }

  async #redirect(
    open: () => Promise<readonly [url: string, checkoutId?: string]>,
    { organizationId = this.organizationId }: SubjectOptions = {},
    call?: CallOptions,
    show?: ShowCheckout,
  ): Promise<string> {
    const { session, address } = this;
    const { visit } = session;
    const { redirect } = await late();
    return redirect({ session, visit, address, organizationId, open, show, signal: call?.signal });
  }
}

/** Makes a client from an access token alone, without a Plinto client: in a page, in Node, at the edge. */
export function createPolarClient(options: PolarClientOptions): PolarClient {
  return new PolarClient(options);
}

function toOptions<Options extends SubjectOptions>(subject?: string | Options): Options | SubjectOptions | undefined {
  return typeof subject === 'string' ? { organizationId: subject } : subject;
}

const importLate = () => import('./late.js');

const SCRIPT_MS = 10_000;

/** What runs once something is asked. Rejects with NETWORK_FAILED. */
export async function late(): Promise<Awaited<ReturnType<typeof importLate>>> {
  let cause: unknown = 'it took too long';
  const loading = importLate().catch((reason: unknown) => {
    cause = reason;
  });
  return (
    (await within(SCRIPT_MS, loading)) ??
    fail({ code: 'NETWORK_FAILED', family: 'environment', message: `A script could not be loaded: ${cause}`, cause })
  );
}
