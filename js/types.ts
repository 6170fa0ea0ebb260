// What people pass in and get back. Names are camelCase here and snake_case on the wire. Times are ISO 8601 text in UTC;
// amounts are integers in the currency's minor unit (2000 and `usd` are 20 dollars); currencies are lower-case ISO 4217.
// What is not known or has not happened is absent, never null. "organization" always means the Plinto organization that is billed.

/** Names one product, several to choose from, or an entry of the server's price list. */
export type CheckoutProduct =
  | {
      /** The Polar product's id (UUID). */
      productId: string;
      products?: undefined;
      slug?: undefined;
    }
  | {
      /** The ids of the products among which the buyer chooses, the first one preselected. */
      products: readonly string[];
      productId?: undefined;
      slug?: undefined;
    }
  | {
      /** The name of a product in the server's `PRODUCTS`. */
      slug: string;
      productId?: undefined;
      products?: undefined;
    };

/** What Polar keeps as metadata: at most 50 keys of at most 40 characters; texts of at most 500. No null, no nesting. */
export type Metadata = Record<string, string | number | boolean>;

/** What may be said about a checkout beside its product. */
export interface CheckoutDetails {
  /** The organization that pays. Default: the client's `organizationId`, else the signed-in user. */
  organizationId?: string | undefined;
  /** Where the buyer lands after paying; `{CHECKOUT_ID}` is filled in. Its origin must be allowed by the server. Default: `defaultSuccessUrl`. */
  successUrl?: string | undefined;
  /** Where the checkout page's back button leads. Its origin must be allowed by the server. */
  returnUrl?: string | undefined;
  /** The origin of the page that embeds the checkout. */
  embedOrigin?: string | undefined;
  /** How many seats to buy, for products priced by seat. */
  seats?: number | undefined;
  /** The language of the checkout page, as BCP 47, for instance `en` or `fr-CA`. */
  locale?: string | undefined;
  /** The currency to charge, where the product has several. */
  currency?: string | undefined;
  /** Kept on the checkout, and copied to the order and subscription that come of it. */
  metadata?: Metadata | undefined;
  /** Values of the product's custom fields, by slug. */
  customFieldData?: Record<string, string | number | boolean | null> | undefined;
}

/** What `createCheckout` takes. */
export type PolarCheckoutOptions = CheckoutProduct & CheckoutDetails;

/** A checkout that was opened. */
export interface PolarCheckout {
  /** Polar's id of the checkout (UUID). */
  checkoutId: string;
  /** The page where the buyer pays. Send nobody else there. */
  checkoutUrl: string;
  /** When the page ends. */
  expiresAt: string;
  /** Opens this one checkout; part of `checkoutUrl`. */
  clientSecret: string;
}

/** A customer at Polar. */
export interface PolarCustomer {
  /** Polar's id (UUID). */
  customerId: string;
  /** The Plinto id (UUID) of the user or organization. */
  externalId: string;
  /** Where Polar sends receipts; organizations may have none. */
  email?: string;
  name?: string;
}

/** Whom a call is about. */
export interface SubjectOptions {
  /** The organization. Default: the client's `organizationId`, else the signed-in user. */
  organizationId?: string | undefined;
}

/** What `getCustomerPortalUrl` takes in place of an organization's id. */
export interface CustomerPortalOptions extends SubjectOptions {
  /** Where the portal's back button leads. Its origin must be allowed by the server. */
  returnUrl?: string | undefined;
}

/** Everything that the subject has bought, as the server knows it. Empty lists when nothing was bought. */
export interface CustomerPortalData {
  subscriptions: CustomerSubscription[];
  benefits: CustomerBenefit[];
  orders: CustomerOrder[];
}

/** A value that Polar lists today, or one that it adds tomorrow. */
export type Open<Known extends string> = Known | (string & Record<never, never>);

export type SubscriptionStatus = Open<
  'incomplete' | 'incomplete_expired' | 'trialing' | 'active' | 'past_due' | 'canceled' | 'unpaid' | 'paused'
>;

/** A subscription, running or ended. */
export interface CustomerSubscription {
  id: string;
  status: SubscriptionStatus;
  productId: string;
  productName?: string;
  /** Per period, in minor units of `currency`. */
  amount: number;
  currency: string;
  recurringInterval: Open<'day' | 'week' | 'month' | 'year'>;
  /** How many intervals make a period: 3 with `month` is a quarter. */
  recurringIntervalCount: number;
  currentPeriodStart: string;
  currentPeriodEnd: string;
  /** Canceled, but access lasts until `currentPeriodEnd`. */
  cancelAtPeriodEnd: boolean;
  /** When it was canceled; it may run on until `endsAt`. */
  canceledAt?: string;
  /** When it will end, or has ended. */
  endsAt?: string;
  /** When it ended: the only mark of being over. */
  endedAt?: string;
  startedAt?: string;
}

/** A benefit granted to the subject. */
export interface CustomerBenefit {
  /** The grant's id. */
  id: string;
  benefitId: string;
  benefitType: Open<
    | 'custom'
    | 'discord'
    | 'github_repository'
    | 'downloadables'
    | 'license_keys'
    | 'meter_credit'
    | 'feature_flag'
    | 'slack_shared_channel'
  >;
  grantedAt?: string;
}

/** An order: one charge, of a purchase or of a period of a subscription. */
export interface CustomerOrder {
  id: string;
  status: Open<'draft' | 'pending' | 'paid' | 'refunded' | 'partially_refunded' | 'void'>;
  paid: boolean;
  /** Tax included, in minor units of `currency`. */
  totalAmount: number;
  currency: string;
  billingReason: Open<
    'purchase' | 'subscription_create' | 'subscription_cycle' | 'subscription_update' | 'subscription_meter_cycle'
  >;
  productId?: string;
  invoiceNumber?: string;
  createdAt: string;
}

/** Something that was used. */
export interface PolarUsageEvent {
  /** The event's name, as a meter at Polar filters it. */
  eventName: string;
  /** How much: a whole number from 0. Default 1. */
  quantity?: number | undefined;
  /** Kept beside the quantity, within the limits of `Metadata`. */
  properties?: Metadata | undefined;
  /** Your own id of the event. The same id twice is billed once. Default: a fresh one per call. */
  externalId?: string | undefined;
}

/** What `ingestUsageEvent` takes when called with one argument. */
export type PolarUsageOptions = PolarUsageEvent & SubjectOptions;

/** A usage event that the server has stored durably. */
export interface UsageReceipt {
  /** The event's `externalId`. */
  eventId: string;
  eventName: string;
  quantity: number;
  /** Whether Polar has it already; if not, it will be sent. */
  reported: boolean;
}

/** How one call is made. */
export interface CallOptions {
  /** Cancels the call, which then rejects with CANCELED. What was sent already may still take effect. */
  signal?: AbortSignal | undefined;
}
