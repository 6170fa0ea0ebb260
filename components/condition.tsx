'use client';
// What stands in the place of data: while it is fetched, when that failed, when there is none, when nobody is signed in.
import type { ReactNode } from 'react';
import type { Localization } from '../js/localization.js';
import type { Snapshot } from '../js/snapshot.js';
import type { defineCompound } from './compound.js';
import type { QueryResult } from './useQuery.js';
import { useErrorText } from './useTexts.js';

/** `data-state` of a Root. With an error beside older data it is `ready`. */
export type Condition = 'loading' | 'error' | 'signed-out' | 'empty' | 'ready';

export function conditionOf<Data>(snapshot: Snapshot<Data>, isEmpty: (data: Data) => boolean = () => false): Condition {
  if (snapshot.isSignedOut) return 'signed-out';
  if (snapshot.data !== undefined) return isEmpty(snapshot.data) ? 'empty' : 'ready';
  return snapshot.error ? 'error' : 'loading';
}

/** What is told of the request for it. */
export type Asked = Pick<QueryResult<unknown>, 'error' | 'refetch' | 'isFetching'>;

interface Conditional {
  condition: Condition;
  query: Asked;
}

/**
 * A part of this compound that renders nothing while there is data, else a `<div>`: `role="status"`, or `role="alert"` with what
 * failed and a button that fetches anew. `data-state` says which. `emptyOf` is what is said when there is nothing.
 */
export const defineState = <View extends Conditional>(
  { part }: ReturnType<typeof defineCompound<View>>,
  emptyOf?: (words: Localization, view: View) => ReactNode,
) =>
  part('State', 'div', function useCondition(view, { words }) {
    const { condition, query } = view;
    const failed = useErrorText(condition === 'error' ? query.error : undefined);
    const { signedOut, loading, retry } = words.common;
    const said = { 'signed-out': signedOut, empty: emptyOf?.(words, view), loading, error: failed, ready: undefined }[
      condition
    ];
    return {
      role: failed ? 'alert' : 'status',
      'data-state': condition,
      children: said && (
        <>
          <p>{said}</p>
          {failed && (
            <button type="button" aria-disabled={query.isFetching} onClick={() => void query.refetch()}>
              {retry}
            </button>
          )}
        </>
      ),
    };
  });
