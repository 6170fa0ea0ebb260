// What people pass in and get back. Names are camelCase here and snake_case on the wire. Times are ISO 8601 text in UTC;
// amounts are integers in the currency's minor unit (2000 and `usd` are 20 dollars); currencies are lower-case ISO 4217.
// What is not known or has not happened is absent, never null. "organization" always means the Plinto organization that is billed.
//
// The types of the server's API are generated from the C++ core (npm run generate); what only JavaScript has is here.
import type { CheckoutFields, CustomerSubscription, PolarUsageOptions } from './generated/types.js';

export type {
  Access,
  AccessDecision,
  AccessOptions,
  CancelOptions,
  ChangeOptions,
  ChangePreview,
  CheckoutState,
  CustomerBenefit,
  CustomerBenefits,
  CustomerEntitlements,
  CustomerMeterBalance,
  CustomerMeters,
  CustomerOrder,
  CustomerOrders,
  CustomerPortalData,
  CustomerPortalOptions,
  CustomerSubscription,
  CustomerSubscriptions,
  FeatureAccess,
  Invoice,
  LanguageModelUse,
  ListOptions,
  Metadata,
  MeterAccess,
  Open,
  PaymentMethods,
  PaymentMethodView,
  PendingChange,
  PolarCheckout,
  PolarCustomer,
  PolarUsageOptions,
  PreviewLine,
  ProductList,
  ProductOffer,
  ProductPrice,
  ProductQuote,
  ProductTier,
  SeatUse,
  SubjectOptions,
  SubscriptionListOptions,
  UsageCost,
  UsageProperties,
  UsageReceipt,
  UsageSummary,
  UsageSummaryItem,
  UsageSummaryOptions,
  UsageSummaryPage,
} from './generated/types.js';

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

/** What may be said about a checkout beside its product. */
export type CheckoutDetails = Omit<CheckoutFields, 'productId' | 'products' | 'slug'>;

/** What `createCheckout` takes. */
export type PolarCheckoutOptions = CheckoutProduct & CheckoutDetails;

export type SubscriptionStatus = CustomerSubscription['status'];

/** Something that was used, where the organization is named apart. */
export type PolarUsageEvent = Omit<PolarUsageOptions, 'organizationId'>;

/** How one call is made. */
export interface CallOptions {
  /** Cancels the call, which then rejects with CANCELED. What was sent already may still take effect. */
  signal?: AbortSignal | undefined;
}
