// What the page's address says: which page it is, and about which organization. So a reload, the back button and the way back
// from Polar lead to the same.
import { type ComponentProps, useMemo, useSyncExternalStore } from 'react';

const paths = { plans: '/', billing: '/billing', 'sign-in': '/sign-in' } as const;

export interface Address {
  page: keyof typeof paths;
  /** The organization that is billed; the signed-in user when undefined. */
  organizationId: string | undefined;
}

export function urlOf({ page, organizationId }: Address): string {
  const url = new URL(paths[page], window.location.origin);
  if (organizationId !== undefined) url.searchParams.set('organization', organizationId);
  return url.href;
}

/** The billing page, to come back to from a checkout. `{CHECKOUT_ID}` is filled in by Polar, so it must not be percent-encoded. */
export function successUrl(organizationId: string | undefined): string {
  const url = urlOf({ page: 'billing', organizationId });
  return `${url}${url.includes('?') ? '&' : '?'}checkout_id={CHECKOUT_ID}`;
}

/** The present address, and the checkout that Polar has led back from. */
export function useAddress(): Address & { checkoutId: string | undefined } {
  const href = useSyncExternalStore(subscribe, () => window.location.href);
  return useMemo(() => {
    const { pathname, searchParams } = new URL(href);
    const known = (Object.keys(paths) as Address['page'][]).find((page) => paths[page] === pathname);
    return {
      page: known ?? 'plans',
      organizationId: searchParams.get('organization') ?? undefined,
      checkoutId: searchParams.get('checkout_id') ?? undefined,
    };
  }, [href]);
}

export function go(address: Address, { replace = false } = {}): void {
  window.history[replace ? 'replaceState' : 'pushState'](null, '', urlOf(address));
  window.dispatchEvent(new PopStateEvent('popstate'));
}

/** A link to another page, without loading it anew. */
export function Link({ to, ...props }: { to: Address } & ComponentProps<'a'>) {
  return (
    <a
      {...props}
      href={urlOf(to)}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        go(to);
      }}
    />
  );
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('popstate', listener);
  return () => window.removeEventListener('popstate', listener);
}
