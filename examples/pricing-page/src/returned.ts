// The addresses that Polar sends the buyer back to, written and read in one place: they carry which organization was
// billed, so that the page comes back to the same one.
import type { ReturnedFrom } from './use-billing';

/** This page, about the same organization. */
export function pageUrl(organizationId: string | undefined, from?: 'portal'): string {
  const url = new URL('/', window.location.href);
  if (organizationId !== undefined) url.searchParams.set('organization', organizationId);
  if (from !== undefined) url.searchParams.set('from', from);
  return url.href;
}

/** `{CHECKOUT_ID}` is filled in by Polar, so it must not be percent-encoded. */
export function successUrl(organizationId: string | undefined): string {
  const url = pageUrl(organizationId);
  return `${url}${url.includes('?') ? '&' : '?'}checkout_id={CHECKOUT_ID}`;
}

/** Reads how this page was reached. */
export function readReturn(): { from: ReturnedFrom; organizationId: string | undefined } {
  const query = new URLSearchParams(window.location.search);
  const fromPortal = query.get('from') === 'portal' ? 'portal' : null;
  return {
    from: query.has('checkout_id') ? 'checkout' : fromPortal,
    organizationId: query.get('organization') ?? undefined,
  };
}
