'use client';
// `@plinto/polar/react`: a provider, hooks, and components with their parts. Start at `PolarProvider` and `PolarPricingTable`.
export type { EmbeddedSuccess } from '../js/embedded-checkout.js';
export { type PolarSource, usePlintoClient, usePolar } from './context.js';
export { PolarCancel, type PolarCancelOffer } from './PolarCancel/PolarCancel.js';
export type { CancelChoice, CancelRootProps } from './PolarCancel/parts.js';
export { type CheckoutModeProps, PolarCheckoutButton, type PolarCheckoutButtonProps } from './PolarCheckoutButton.js';
export { PolarCheckoutReturn } from './PolarCheckoutReturn/PolarCheckoutReturn.js';
export {
  PolarCustomerPortal,
  type PolarCustomerPortalProps,
  type PortalButtonProps,
  type PortalCardProps,
} from './PolarCustomerPortal/PolarCustomerPortal.js';
export { PolarPortalButton, type PolarPortalButtonProps } from './PolarCustomerPortal/PolarPortalButton.js';
export { PolarPortalCard } from './PolarCustomerPortal/PolarPortalCard.js';
export type { PortalCardRootProps } from './PolarCustomerPortal/parts.js';
export { PolarGate, type PolarGateProps } from './PolarGate/PolarGate.js';
export { PolarNotice } from './PolarNotice/PolarNotice.js';
export type { NoticeRootProps } from './PolarNotice/parts.js';
export { PolarOrders } from './PolarOrders/PolarOrders.js';
export type { OrdersRootProps } from './PolarOrders/parts.js';
export { PolarPaywall } from './PolarPaywall/PolarPaywall.js';
export { PolarPlanChange } from './PolarPlanChange/PolarPlanChange.js';
export type { PlanChangeRootProps, PlanChangeTarget } from './PolarPlanChange/parts.js';
export { PolarPricingTable } from './PolarPricingTable/PolarPricingTable.js';
export type { PricingTableRootProps, QuantityChoice } from './PolarPricingTable/parts.js';
export { PolarProvider, type PolarProviderProps } from './PolarProvider.js';
export { PolarSubscription } from './PolarSubscription/PolarSubscription.js';
export type { SubscriptionRootProps } from './PolarSubscription/parts.js';
export type { PartProps } from './part.js';
export type { RedirectButtonProps } from './RedirectButton.js';
export { type AccessResult, useAccess } from './useAccess.js';
export { type CheckoutResult, type UseCheckoutOptions, useCheckout } from './useCheckout.js';
export { useCustomerData } from './useCustomerData.js';
export { type CustomerState, useCustomerState } from './useCustomerState.js';
export { useOrders } from './useOrders.js';
export { useProducts } from './useProducts.js';
export type { QueryResult, SubjectSource } from './useQuery.js';
export { type SubscriptionResult, useSubscription } from './useSubscription.js';
export { useUsage } from './useUsage.js';
