'use client';
// `@plinto/polar/react`: a provider, hooks and two buttons. Start at `PolarProvider` and `PolarCheckoutButton`.
export { PolarProvider, type PolarProviderProps, type PolarSource, usePlintoClient, usePolar } from './context.js';
export { PolarCheckoutButton, type PolarCheckoutButtonProps } from './PolarCheckoutButton.js';
export { PolarCustomerPortal, type PolarCustomerPortalProps } from './PolarCustomerPortal.js';
export type { RedirectButtonProps } from './RedirectButton.js';
export { type SubjectSource, useCustomerData } from './useCustomerData.js';
export type { QueryResult } from './useQuery.js';
