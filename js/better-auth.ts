// The calls of Polar's plugin for Better Auth (@polar-sh/better-auth 1.8), on a client of this package: their names, what they
// take, and that they answer `{ data, error }`. docs/integrations/POLAR.md says where they do otherwise.
import type { PolarClient } from './client.js';
import { confirmerOf } from './confirmation.js';
import { openEmbeddedCheckout, showEmbeddable } from './embed.js';
import { asPolarError, fail, type PolarError } from './errors.js';
import { type PagedRead, paginate } from './paginate.js';
import type {
  CallOptions,
  CheckoutDetails,
  CustomerBenefit,
  CustomerEntitlements,
  CustomerMeterBalance,
  CustomerOrder,
  CustomerSubscription,
  PolarCheckoutOptions,
  UsageProperties,
  UsageReceipt,
} from './types.js';

/** What was asked for, or why not. A call rejects with neither. */
export type BetterAuthAnswer<Data> = { data: Data; error: null } | { data: null; error: PolarError };

/** Whom a call is about. */
export interface BetterAuthReference {
  /** The Plinto organization that is billed; the signed-in user when absent. */
  referenceId?: string | undefined;
}

/** What is bought: `products`, or `slug`. */
export interface BetterAuthEmbedOptions
  extends BetterAuthReference,
    Omit<CheckoutDetails, 'organizationId' | 'embedOrigin'> {
  /** A Polar product's id, or several for the buyer to choose from. */
  products?: string | readonly string[] | undefined;
  /** The name of a product in the server's `PRODUCTS`. */
  slug?: string | undefined;
}

export interface BetterAuthCheckoutOptions extends BetterAuthEmbedOptions {
  /** The origin of the page that embeds the checkout. */
  embedOrigin?: string | undefined;
  /** False answers the address and stays. Default true. */
  redirect?: boolean | undefined;
}

export interface BetterAuthPortalOptions extends BetterAuthReference {
  /** Where the portal's back link leads. Its origin must be allowed. */
  returnUrl?: string | undefined;
  /** False answers the address and stays. Default true. */
  redirect?: boolean | undefined;
}

/** Where the browser goes, or may be sent. */
export interface BetterAuthLink {
  url: string;
  /** True when the page is being left for it. */
  redirect: boolean;
}

export interface BetterAuthQuery extends BetterAuthReference {
  /** From 1, which it is when absent. The pages before are asked for too: there is no way around them. */
  page?: number | undefined;
  /** Of one page, 100 at most. 10 when absent. */
  limit?: number | undefined;
}

export interface BetterAuthSubscriptionQuery extends BetterAuthQuery {
  /** True for those that are `active` or `trialing` only. */
  active?: boolean | undefined;
}

/** One page. */
export interface BetterAuthPage<Item> {
  result: { items: Item[]; pagination: { hasNextPage: boolean } };
}

/** What Polar calls a customer's state, beside what may be used. */
export interface BetterAuthState extends CustomerEntitlements {
  /** Those that are `active` or `trialing`. */
  activeSubscriptions: CustomerSubscription[];
  grantedBenefits: CustomerBenefit[];
  activeMeters: CustomerMeterBalance[];
}

/** What Polar's page says when what was bought is granted. */
export interface BetterAuthSuccess {
  event: 'success';
  /** Where the buyer is to go next. */
  successURL: string | undefined;
  /** Whether the browser goes there, unless the event's `preventDefault()` is called. */
  redirect: boolean;
}

export interface BetterAuthUsage extends BetterAuthReference {
  /** What happened; a meter at Polar filters on it. */
  event: string;
  /** Travel to Polar as the event's metadata. A number as `quantity` is how much of it; 1 when absent. */
  metadata?: UsageProperties | undefined;
}

/** A page of a list. */
export type BetterAuthList<Query, Item> = (
  options?: { query?: Query | undefined },
  call?: CallOptions,
) => Promise<BetterAuthAnswer<BetterAuthPage<Item>>>;

export interface BetterAuthClient {
  /** Opens a checkout and, unless `redirect` is false, goes there. */
  checkout(options: BetterAuthCheckoutOptions, call?: CallOptions): Promise<BetterAuthAnswer<BetterAuthLink>>;
  /**
   * Shows a checkout within the page, and resolves once it stands there. Goes to Polar's own page instead, and never resolves, where
   * that cannot be framed. Rejects with a PolarError, as there.
   */
  checkoutEmbed(options: BetterAuthEmbedOptions, call?: CallOptions): Promise<EmbeddedCheckout>;
  customer: {
    /** Returns the active subscriptions, the benefits and the meters, with what may be used of features and tiers. */
    state(options?: { query?: BetterAuthReference }, call?: CallOptions): Promise<BetterAuthAnswer<BetterAuthState>>;
    /** Opens a session of Polar's customer portal and, unless `redirect` is false, goes there. */
    portal(options?: BetterAuthPortalOptions, call?: CallOptions): Promise<BetterAuthAnswer<BetterAuthLink>>;
    benefits: { list: BetterAuthList<BetterAuthQuery, CustomerBenefit> };
    /** The newest first, ended ones too unless `active` is true. */
    subscriptions: { list: BetterAuthList<BetterAuthSubscriptionQuery, CustomerSubscription> };
    /** The newest first. */
    orders: { list: BetterAuthList<BetterAuthQuery, CustomerOrder> };
  };
  usage: {
    /** Records that something was used. It is stored durably before this resolves. */
    ingest(options: BetterAuthUsage, call?: CallOptions): Promise<BetterAuthAnswer<UsageReceipt>>;
    meters: { list: BetterAuthList<BetterAuthQuery, CustomerMeterBalance> };
  };
}

/** A checkout within the page. Tells of `loaded`, `confirmed`, `success` (a `CustomEvent` of BetterAuthSuccess) and `close`. */
export class EmbeddedCheckout extends EventTarget {
  readonly #gone = new AbortController();
  /** Aborted once `close()` was called. */
  readonly signal = this.#gone.signal;

  /** Takes it away, at once. */
  close(): void {
    this.#gone.abort();
  }
}

/** The calls of Polar's plugin for Better Auth, on this client: `betterAuthClient(plinto.polar)`. */
export function betterAuthClient(polar: PolarClient): BetterAuthClient {
  const list =
    <Query extends BetterAuthQuery, Item>(
      read: ListRead,
      ...more: (keyof Query & string)[]
    ): BetterAuthList<Query, Item> =>
    ({ query, ...others } = {}, call) =>
      answered(async () => {
        refuse('', others);
        const { page = 1, limit = 10, ...which } = query ?? ({} as Query);
        refuse('query.', which, 'referenceId', ...more);
        if (!(Number.isInteger(page) && page >= 1)) invalid('query.page', 'must be a whole number from 1 on');
        let at = 0;
        for await (const found of paginate(polar, read, { ...toSubject(which), limit }, call)) {
          const { items, nextCursor } = found as { items: Item[]; nextCursor?: string };
          at += 1;
          if (at === page) return { result: { items, pagination: { hasNextPage: nextCursor !== undefined } } };
        }
        return { result: { items: [], pagination: { hasNextPage: false } } };
      });

  return {
    checkout: ({ redirect = true, ...options }, call) =>
      answered(async () => {
        const input = toCheckout(options);
        if (!redirect) return { url: (await polar.createCheckout(input, call)).checkoutUrl, redirect };
        return { url: await polar.showCheckout(input, undefined, call), redirect };
      }),

    checkoutEmbed: (options, call) =>
      new Promise((resolve, reject) => {
        const input = toCheckout(options);
        const checkout = new EmbeddedCheckout();
        call?.signal?.addEventListener('abort', () => checkout.close());
        const show = async (url: string, checkoutId: string) => {
          const onPaid = () => confirmerOf(polar, input.organizationId).confirmCheckout(checkoutId);
          await showEmbedded(url, checkout, { onLoaded: () => resolve(checkout), onPaid });
          resolve(checkout);
        };
        showEmbeddable(polar, input, show, call).catch(reject);
      }),

    customer: {
      state: ({ query, ...others } = {}, call) =>
        answered(async () => {
          refuse('', others);
          refuse('query.', query, 'referenceId');
          const subject = toSubject(query ?? {});
          const all = async <Item>(read: ListRead, more: object = {}) => {
            const items: Item[] = [];
            for await (const page of paginate(polar, read, { ...subject, ...more, limit: 100 }, call)) {
              items.push(...(page.items as Item[]));
            }
            return items;
          };
          const [state, activeSubscriptions, grantedBenefits, activeMeters] = await Promise.all([
            polar.getCustomerState(subject, call),
            all<CustomerSubscription>('listSubscriptions', { active: true }),
            all<CustomerBenefit>('listBenefits'),
            all<CustomerMeterBalance>('listMeters'),
          ]);
          return { ...state, activeSubscriptions, grantedBenefits, activeMeters };
        }),
      portal: ({ redirect = true, ...options } = {}, call) =>
        answered(async () => {
          const input = toSubject(options);
          if (!redirect) return { url: await polar.getCustomerPortalUrl(input, call), redirect };
          return { url: await polar.showPortal(input, undefined, call), redirect };
        }),
      benefits: { list: list('listBenefits') },
      subscriptions: { list: list('listSubscriptions', 'active') },
      orders: { list: list('listOrders') },
    },

    usage: {
      ingest: ({ event, metadata, ...options }, call) =>
        answered(() => {
          refuse('', options, 'referenceId');
          const { quantity, ...properties } = metadata ?? {};
          const counted = typeof quantity === 'number' ? { quantity, properties } : { properties: metadata };
          return polar.ingestUsageEvent({ ...toSubject(options), eventName: event, ...counted }, call);
        }),
      meters: { list: list('listMeters') },
    },
  };
}

type ListRead = Exclude<PagedRead, 'getUsageSummary'>;

async function answered<Data>(ask: () => Promise<Data>): Promise<BetterAuthAnswer<Data>> {
  try {
    return { data: await ask(), error: null };
  } catch (caught) {
    return { data: null, error: asPolarError(caught) };
  }
}

function toSubject<Options extends BetterAuthReference>({ referenceId, ...options }: Options) {
  return { ...options, organizationId: referenceId };
}

function toCheckout({ products, ...options }: BetterAuthEmbedOptions): PolarCheckoutOptions {
  const named = typeof products === 'string' ? [products] : products;
  return { ...toSubject(options), ...(named && { products: named }) } as PolarCheckoutOptions;
}

/** Resolves when it is closed; never, where the browser leaves the page. */
async function showEmbedded(
  url: string,
  checkout: EmbeddedCheckout,
  { onLoaded, onPaid }: Record<'onLoaded' | 'onPaid', () => void>,
): Promise<void> {
  const tell = (event: string, more: object = {}) =>
    checkout.dispatchEvent(new CustomEvent(event, { cancelable: true, detail: { event, ...more } }));
  const end = await openEmbeddedCheckout(url, {
    signal: checkout.signal,
    onLoaded() {
      onLoaded();
      // Whoever has waited for it listens from now on.
      queueMicrotask(() => tell('loaded'));
    },
    onConfirmed: () => void tell('confirmed'),
    onSuccess({ successUrl, redirect }, close) {
      onPaid();
      const mayLeave = tell('success', { successURL: successUrl, redirect });
      if (!redirect || !mayLeave) return;
      close();
      // It comes from another page, but it must not become a script of this one.
      if (/^https?:/i.test(successUrl ?? '')) location.assign(successUrl as string);
    },
    onClose: () => void tell('close'),
  });
  if (end !== 'refused') return;
  location.assign(url);
  await new Promise(() => {});
}

/** What is not understood is refused by name. */
function refuse(where: string, options: object | undefined, ...known: string[]): void {
  const unknown = Object.keys(options ?? {}).find((name) => !known.includes(name));
  if (unknown !== undefined) invalid(where + unknown, 'is not known here; leave it out');
}

function invalid(field: string, problem: string): never {
  return fail({ code: 'VALIDATION_FAILED', family: 'caller', message: `${field} ${problem}.`, field });
}
