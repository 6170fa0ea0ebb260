// The addresses that Polar sends the buyer back to, written and read in one place: they carry which organization was
// billed, so that the page comes back to the same one.

/** This page, about the same organization. */
export function pageUrl(organizationId: string | undefined): string {
  const url = new URL('/', window.location.href);
  if (organizationId !== undefined) url.searchParams.set('organization', organizationId);
  return url.href;
}

/** `{CHECKOUT_ID}` is filled in by Polar, so it must not be percent-encoded. */
export function successUrl(organizationId: string | undefined): string {
  const url = pageUrl(organizationId);
  return `${url}${url.includes('?') ? '&' : '?'}checkout_id={CHECKOUT_ID}`;
}

/** Reads how this page was reached. */
export function readReturn(): { checkoutId: string | undefined; organizationId: string | undefined } {
  const query = new URLSearchParams(window.location.search);
  return {
    checkoutId: query.get('checkout_id') ?? undefined,
    organizationId: query.get('organization') ?? undefined,
  };
}
