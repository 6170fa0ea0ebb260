// The reads that a page shows: methods of the client, and what each takes and answers.
import type {
  AccessDecision,
  AccessOptions,
  CustomerBenefits,
  CustomerEntitlements,
  CustomerMeters,
  CustomerOrders,
  CustomerPortalData,
  CustomerSubscriptions,
  ListOptions,
  PaymentMethods,
  ProductList,
  SubjectOptions,
  SubscriptionListOptions,
  UsageSummary,
  UsageSummaryOptions,
} from './types.js';

/** What each read takes and answers. */
export interface Reads {
  getCustomerState: { input: SubjectOptions; data: CustomerEntitlements };
  getCustomerData: { input: SubjectOptions; data: CustomerPortalData };
  listSubscriptions: { input: SubscriptionListOptions; data: CustomerSubscriptions };
  listOrders: { input: ListOptions; data: CustomerOrders };
  listBenefits: { input: ListOptions; data: CustomerBenefits };
  listMeters: { input: ListOptions; data: CustomerMeters };
  listPaymentMethods: { input: SubjectOptions; data: PaymentMethods };
  getAccess: { input: AccessOptions; data: AccessDecision };
  getUsageSummary: { input: UsageSummaryOptions; data: UsageSummary };
  /** The same for everybody. */
  listProducts: { input: Record<never, never>; data: ProductList };
}

export type ReadName = keyof Reads;
export type InputOf<Name extends ReadName> = Reads[Name]['input'];
export type DataOf<Name extends ReadName> = Reads[Name]['data'];

/** A read and what is asked about, for instance `['getAccess', { feature: 'export' }]`. */
export type Question = { [Name in ReadName]: readonly [read: Name, input?: InputOf<Name>] }[ReadName];

/** Whose answer a read gives: everybody's, or that of who is signed in. */
export const isPublic = (read: ReadName): boolean => read === 'listProducts';
