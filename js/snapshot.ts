// What a page shows of one question at one moment.
import type { PolarError } from './errors.js';

/** What is to be shown now. The same object until something changes. */
export interface Snapshot<Data> {
  /** The last answer; kept while it is fetched anew and when that fails. */
  readonly data: Data | undefined;
  /** Why the last fetch failed, until one succeeds. */
  readonly error: PolarError | undefined;
  /** Whether there is neither data nor error yet; true on the server and at the first render, but for initial data. */
  readonly isLoading: boolean;
  /** Whether a request is under way: the first one, or one that renews the data. */
  readonly isFetching: boolean;
  /** Whether nobody is signed in, so that nothing is asked. */
  readonly isSignedOut: boolean;
}

/** Before anything is known. */
export const LOADING: Snapshot<never> = {
  data: undefined,
  error: undefined,
  isLoading: true,
  isFetching: true,
  isSignedOut: false,
};

/** While nobody is signed in. */
export const SIGNED_OUT: Snapshot<never> = { ...LOADING, isLoading: false, isFetching: false, isSignedOut: true };
