'use client';
// What stands in the place of data: while it is fetched, when that failed, when there is none, when nobody is signed in.
import type { Snapshot } from '../js/snapshot.js';
import { definePart } from './part.js';
import type { QueryResult } from './useQuery.js';
import { useErrorText, useTexts } from './useTexts.js';

/** `data-state` of a Root. With an error beside older data it is `ready`. */
export type Condition = 'loading' | 'error' | 'signed-out' | 'empty' | 'ready';

export function conditionOf<Data>(snapshot: Snapshot<Data>, isEmpty: (data: Data) => boolean = () => false): Condition {
  if (snapshot.isSignedOut) return 'signed-out';
  if (snapshot.data !== undefined) return isEmpty(snapshot.data) ? 'empty' : 'ready';
  return snapshot.error ? 'error' : 'loading';
}

interface Conditional {
  condition: Condition;
  query: Pick<QueryResult<unknown>, 'error' | 'refetch' | 'isFetching'>;
  /** What is said when there is nothing. */
  empty: string;
}

/**
 * A part that renders nothing while there is data, else a `<div>`: `role="status"`, or `role="alert"` with what failed and a
 * button that fetches anew. `data-state` says which.
 */
export function defineState(name: string, use: (part: string) => Conditional) {
  return definePart(name, 'div', function useState({ children, ...props }) {
    const { condition, query, empty } = use(name);
    const { words } = useTexts();
    const { error, refetch, isFetching } = query;
    const failed = useErrorText(condition === 'error' ? error : undefined);
    if (condition === 'ready') return null;
    const said = { 'signed-out': words.common.signedOut, empty, loading: words.common.loading, error: undefined }[
      condition
    ];
    const failure = (
      <>
        <p>{failed}</p>
        <button type="button" aria-disabled={isFetching} onClick={() => void refetch()}>
          {words.common.retry}
        </button>
      </>
    );
    return {
      role: condition === 'error' ? 'alert' : 'status',
      'data-state': condition,
      ...props,
      children: children ?? (said === undefined ? failure : <p>{said}</p>),
    };
  });
}
