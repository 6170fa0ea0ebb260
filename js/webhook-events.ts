// The events that Polar delivers, as it spells them (snake_case). The fields that billing rules need are typed; all
// else that Polar sends is there too, as `unknown`. Times are ISO 8601 text, amounts integers in minor units.
import type { Open, SubscriptionStatus } from './types.js';

/** What every object of Polar has, and whatever else it holds. */
interface PolarObject {
  id: string;
  created_at: string;
  modified_at: string | null;
  [field: string]: unknown;
}

export interface WebhookCustomer extends PolarObject {
  /** Polar's own kind: organizations with members are `team`. */
  type?: Open<'individual' | 'team'>;
  /** The Plinto id of the user or organization. */
  external_id: string | null;
  email: string | null;
  name: string | null;
  metadata: Record<string, unknown>;
  deleted_at: string | null;
}

/** A customer with everything that it may use now. */
export interface WebhookCustomerState extends WebhookCustomer {
  active_subscriptions: (PolarObject & { status: SubscriptionStatus; product_id: string })[];
  granted_benefits: (PolarObject & { benefit_id: string; benefit_type: string; granted_at: string })[];
  /** `consumed_units` and `balance` are decimals. */
  active_meters: (PolarObject & {
    meter_id: string;
    consumed_units: number;
    credited_units: number;
    balance: number;
  })[];
}

export interface WebhookCheckout extends PolarObject {
  status: Open<'open' | 'expired' | 'confirmed' | 'succeeded' | 'failed'>;
  product_id: string | null;
  customer_id: string | null;
  external_customer_id: string | null;
  subscription_id: string | null;
  amount: number;
  total_amount: number;
  currency: string;
  expires_at: string;
  metadata: Record<string, unknown>;
}

export interface WebhookSubscription extends PolarObject {
  status: SubscriptionStatus;
  customer_id: string;
  product_id: string;
  checkout_id: string | null;
  amount: number;
  currency: string;
  recurring_interval: Open<'day' | 'week' | 'month' | 'year'>;
  recurring_interval_count: number;
  current_period_start: string;
  current_period_end: string;
  trial_end: string | null;
  cancel_at_period_end: boolean;
  canceled_at: string | null;
  started_at: string | null;
  ends_at: string | null;
  ended_at: string | null;
  seats?: number | null;
  metadata: Record<string, unknown>;
  customer: WebhookCustomer;
}

export interface WebhookOrder extends PolarObject {
  status: Open<'draft' | 'pending' | 'paid' | 'refunded' | 'partially_refunded' | 'void'>;
  paid: boolean;
  total_amount: number;
  refunded_amount: number;
  currency: string;
  billing_reason: Open<
    'purchase' | 'subscription_create' | 'subscription_cycle' | 'subscription_update' | 'subscription_meter_cycle'
  >;
  customer_id: string;
  product_id: string | null;
  subscription_id: string | null;
  checkout_id: string | null;
  metadata: Record<string, unknown>;
  customer: WebhookCustomer;
}

export interface WebhookRefund extends PolarObject {
  status: Open<'pending' | 'succeeded' | 'failed' | 'canceled'>;
  reason: string;
  amount: number;
  currency: string;
  order_id: string;
  customer_id: string;
}

export interface WebhookProduct extends PolarObject {
  name: string;
  is_recurring: boolean;
  is_archived: boolean;
}

export interface WebhookBenefit extends PolarObject {
  type: string;
  description: string;
}

export interface WebhookBenefitGrant extends PolarObject {
  customer_id: string;
  benefit_id: string;
  subscription_id: string | null;
  order_id: string | null;
  is_granted: boolean;
  is_revoked: boolean;
  granted_at: string | null;
  revoked_at: string | null;
  customer: WebhookCustomer;
  benefit: WebhookBenefit;
}

/** The type of an event's `data`, by the event's `type`. */
export interface WebhookDataByType
  extends Record<`checkout.${'created' | 'updated' | 'expired'}`, WebhookCheckout>,
    Record<`customer.${'created' | 'updated' | 'deleted'}`, WebhookCustomer>,
    Record<'customer.state_changed', WebhookCustomerState>,
    Record<`customer_seat.${'assigned' | 'claimed' | 'revoked'}`, PolarObject>,
    Record<`member.${'created' | 'updated' | 'deleted'}`, PolarObject>,
    Record<`order.${'created' | 'updated' | 'paid' | 'refunded'}`, WebhookOrder>,
    Record<`subscription.${SubscriptionChange}`, WebhookSubscription>,
    Record<`refund.${'created' | 'updated'}`, WebhookRefund>,
    Record<`product.${'created' | 'updated'}`, WebhookProduct>,
    Record<`discount.${'created' | 'updated' | 'deleted'}`, PolarObject>,
    Record<'organization.updated', PolarObject>,
    Record<`benefit.${'created' | 'updated'}`, WebhookBenefit>,
    Record<`benefit_grant.${'created' | 'updated' | 'cycled' | 'revoked'}`, WebhookBenefitGrant> {}

type SubscriptionChange =
  | 'created'
  | 'updated'
  | 'active'
  | 'canceled'
  | 'uncanceled'
  | 'cycled'
  | 'revoked'
  | 'past_due'
  | 'paused'
  | 'resumed'
  | 'migrated';

/** The event types known to this version. Polar adds more in time. */
export type WebhookEventType = keyof WebhookDataByType;

/** A verified event. */
export interface WebhookEvent<Type extends string = string, Data = unknown> {
  /** The delivery's `webhook-id`, the same over all retries: tell duplicates by it. */
  id: string;
  type: Type;
  /** When it happened. Of two events about one object, the newer one counts. */
  timestamp: string;
  data: Data;
  /** When this attempt was sent, in Unix milliseconds. */
  attemptedAtMs: number;
}

/** A verified event of any type known to this version; switch on `type`, and keep a default for newer types. */
export type PolarWebhookEvent = {
  [Type in WebhookEventType]: WebhookEvent<Type, WebhookDataByType[Type]>;
}[WebhookEventType];
