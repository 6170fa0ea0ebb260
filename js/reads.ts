// The reads that a page shows: methods of the client that take what is asked about, and how the call is made.
import type {
  AccessDecision,
  AccessOptions,
  CustomerPortalData,
  CustomerSubscriptions,
  SubjectOptions,
  SubscriptionListOptions,
} from './types.js';

/** What each read takes and answers. */
export interface Reads {
  getCustomerData: { input: SubjectOptions; data: CustomerPortalData };
  listSubscriptions: { input: SubscriptionListOptions; data: CustomerSubscriptions };
  getAccess: { input: AccessOptions; data: AccessDecision };
}

export type ReadName = keyof Reads;
export type InputOf<Name extends ReadName> = Reads[Name]['input'];
export type DataOf<Name extends ReadName> = Reads[Name]['data'];
