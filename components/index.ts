'use client';
// `@plinto/polar/react`: a provider, hooks and two buttons. Start at `PolarProvider` and `PolarCheckoutButton`.
export { type PolarSource, usePlintoClient, usePolar } from './context.js';
export { PolarCheckoutButton, type PolarCheckoutButtonProps } from './PolarCheckoutButton.js';
export { PolarCustomerPortal, type PolarCustomerPortalProps } from './PolarCustomerPortal.js';
export { PolarProvider, type PolarProviderProps } from './PolarProvider.js';
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
