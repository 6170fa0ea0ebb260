'use client';
// A button that leads a customer to Polar's portal: invoices, cards, cancelling.
import { forwardRef } from 'react';
import type { CustomerPortalOptions } from '../../js/index.js';
import { type PolarSource, usePolar } from '../context.js';
import { RedirectButton, type RedirectButtonProps } from '../RedirectButton.js';

/** Whose portal, where the client comes from, and any prop of a `<button>`. */
export interface PolarPortalButtonProps extends CustomerPortalOptions, PolarSource, RedirectButtonProps {}

/**
 * The button of `PolarCustomerPortal`, for pages that have no card of it and count their bytes. Renders a `<button>`; everything
 * else is passed to it. The session is made on click. Your `onClick` runs first; `event.preventDefault()` in it stops the rest.
 * `data-state` is `idle`, `pending` or `error`.
 */
export const PolarPortalButton = forwardRef<HTMLButtonElement, PolarPortalButtonProps>(function PolarPortalButton(
  { client, polar: ownPolar, organizationId, returnUrl, ...rest },
  ref,
) {
  const polar = usePolar({ client, polar: ownPolar });
  return (
    <RedirectButton
      {...rest}
      ref={ref}
      polar={polar}
      organizationId={organizationId}
      text={(words) => words?.portal.manage ?? 'Manage Subscription'}
      open={(call) => polar.redirectToCustomerPortal({ organizationId, returnUrl }, call)}
    />
  );
});
