// What stands in the place of data: while it is fetched, when that failed, when there is none.
import { errorText, logError } from '../error-text.js';
import type { Snapshot } from '../snapshot.js';
import type { Texts } from '../texts.js';
import { h, type VNode } from './h.js';

export type Condition = 'loading' | 'error' | 'empty' | 'ready';

interface Asked extends Pick<Snapshot<unknown>, 'error' | 'isFetching'> {
  condition: Condition;
  refetch: () => unknown;
}

/** Nothing while there is data. `empty` is what is said when there is none. */
export function stateOf(
  of: string,
  { words }: Texts,
  { condition, error, isFetching, refetch }: Asked,
  empty = '',
): VNode | undefined {
  if (condition === 'ready') return undefined;
  const hasFailed = condition === 'error' && error;
  if (hasFailed) logError(error);
  const said = hasFailed ? errorText(words, error) : condition === 'empty' ? empty : words.common.loading;
  const props = { 'data-polar': `${of}-state`, 'data-state': condition, role: hasFailed ? 'alert' : 'status' };
  const retry = { type: 'button', 'aria-disabled': isFetching, onClick: () => void refetch() };
  return h('div', props, h('p', {}, said), hasFailed && h('button', retry, words.common.retry));
}
