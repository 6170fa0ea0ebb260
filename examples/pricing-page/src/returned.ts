// The addresses that Polar sends the buyer back to, written and read in one place: they carry which organization was
// billed, so that the page comes back to the same one.
import type { ReturnedFrom } from './use-billing';

const home = () => new URL('/', window.location.href);

/** `{CHECKOUT_ID}` is filled in by Polar, so it must not be percent-encoded. */
export function successUrl(organizationId: string | undefined): string {
  const url = home();
  if (organizationId !== undefined) url.searchParams.set('organization', organizationId);
  return `${url.href}${url.search === '' ? '?' : '&'}checkout_id={CHECKOUT_ID}`;
}

export function portalReturnUrl(organizationId: string | undefined): string {
  const url = home();
  url.searchParams.set('from', 'portal');
  if (organizationId !== undefined) url.searchParams.set('organization', organizationId);
  return url.href;
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
