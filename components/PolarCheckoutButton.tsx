'use client';
// A button that sells one product.
import { forwardRef } from 'react';
import { CHECKOUT_FIELDS } from '../js/generated/checkout-fields.js';
import type { CheckoutDetails, CheckoutProduct, PolarCheckoutOptions } from '../js/index.js';
import { type PolarSource, usePolar } from './context.js';
import { RedirectButton, type RedirectButtonProps } from './RedirectButton.js';

/** The product and details of the checkout, where the client comes from, and any prop of a `<button>`. */
export type PolarCheckoutButtonProps = CheckoutProduct & CheckoutDetails & PolarSource & RedirectButtonProps;

/**
 * Opens a Polar checkout and takes the browser there. Renders a `<button>`; everything else is passed to it.
 * The session is made on click. Your `onClick` runs first; `event.preventDefault()` in it stops the checkout.
 * `data-state` is `idle`, `pending` or `error`.
 */
export const PolarCheckoutButton = forwardRef<HTMLButtonElement, PolarCheckoutButtonProps>(function PolarCheckoutButton(
  { client, polar: ownPolar, children = 'Subscribe', ...props },
  ref,
) {
  const polar = usePolar({ client, polar: ownPolar });
  const { checkout, rest } = split(props);
  return (
    <RedirectButton
      {...rest}
      ref={ref}
      polar={polar}
      organizationId={checkout.organizationId}
      open={(call) => polar.redirectToCheckout(checkout, call)}
    >
      {children}
    </RedirectButton>
  );
});

/** The checkout's fields, and what is the button's own. */
function split(props: PolarCheckoutOptions & RedirectButtonProps) {
  const checkout: Record<string, unknown> = {};
  const rest: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(props)) {
    ((CHECKOUT_FIELDS as readonly string[]).includes(name) ? checkout : rest)[name] = value;
  }
  return { checkout: checkout as unknown as PolarCheckoutOptions, rest: rest as RedirectButtonProps };
}
