'use client';
// A button that leads a customer to Polar's portal: invoices, cards, cancelling.
import { forwardRef } from 'react';
import type { CustomerPortalOptions } from '../js/index.js';
import { type PolarSource, usePolar } from './context.js';
import { RedirectButton, type RedirectButtonProps } from './RedirectButton.js';

/** Whose portal, where the client comes from, and any prop of a `<button>`. */
export interface PolarCustomerPortalProps extends CustomerPortalOptions, PolarSource, RedirectButtonProps {}

/**
 * Opens a session of the customer portal and takes the browser there. Renders a `<button>`; everything else is passed
 * to it. The session is made on click. Your `onClick` runs first; `event.preventDefault()` in it stops the rest.
 * `data-state` is `idle`, `pending` or `error`.
 */
export const PolarCustomerPortal = forwardRef<HTMLButtonElement, PolarCustomerPortalProps>(function PolarCustomerPortal(
  { client, polar: ownPolar, organizationId, returnUrl, children = 'Manage Subscription', ...rest },
  ref,
) {
  const polar = usePolar({ client, polar: ownPolar });
  return (
    <RedirectButton
      {...rest}
      ref={ref}
      polar={polar}
      organizationId={organizationId}
      open={(call) => polar.redirectToCustomerPortal({ organizationId, returnUrl }, call)}
    >
      {children}
    </RedirectButton>
  );
});
