// The pages of a list, one after the other.
import type { PolarClient } from './client.js';
import type { DataOf, InputOf, ReadName } from './reads.js';
import type { CallOptions } from './types.js';

/** The reads that answer a page at a time. */
export type PagedRead = Extract<
  ReadName,
  'listSubscriptions' | 'listOrders' | 'listBenefits' | 'listMeters' | 'getUsageSummary'
>;

/**
 * Gives each page, until there is no more: `for await (const { items } of paginate(polar, 'listOrders', { limit: 100 }))`. A page is
 * asked for when it is wanted. Errors: those of the method.
 */
export async function* paginate<Name extends PagedRead>(
  polar: PolarClient,
  read: Name,
  input?: InputOf<Name>,
  call?: CallOptions,
): AsyncGenerator<DataOf<Name>, void, void> {
  const ask = polar[read].bind(polar) as (input: object, call?: CallOptions) => Promise<DataOf<Name>>;
  for (let next: object | undefined = {}; next; ) {
    const page: DataOf<Name> = await ask({ ...input, ...next }, call);
    yield page;
    next = after(page);
  }
}

/** What asks for the page after this one. */
function after(page: DataOf<PagedRead>): object | undefined {
  if ('pagination' in page) {
    const { page: at, hasNextPage } = page.pagination;
    return hasNextPage ? { page: at + 1 } : undefined;
  }
  return page.nextCursor === undefined ? undefined : { cursor: page.nextCursor };
}
