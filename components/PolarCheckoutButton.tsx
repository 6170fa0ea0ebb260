'use client';
// A button that sells one product.
import { forwardRef } from 'react';
import type { CheckoutDetails, CheckoutProduct } from '../js/index.js';
import { type PolarSource, usePolar } from './context.js';
import { RedirectButton, type RedirectButtonProps } from './RedirectButton.js';

/** The product and details of the checkout, where the client comes from, and any prop of a `<button>`. */
export type PolarCheckoutButtonProps = CheckoutProduct & CheckoutDetails & PolarSource & RedirectButtonProps;

/**
 * Opens a Polar checkout and takes the browser there. Renders a `<button>`; everything else is passed to it.
 * The session is made on click. Your `onClick` runs first; `event.preventDefault()` in it stops the checkout.
 * `data-state` is `idle`, `pending` or `error`.
 */
export const PolarCheckoutButton = forwardRef<HTMLButtonElement, PolarCheckoutButtonProps>(
  function PolarCheckoutButton(props, ref) {
    const {
      client,
      polar: ownPolar,
      productId,
      products,
      slug,
      organizationId,
      successUrl,
      returnUrl,
      ...others
    } = props;
    const { embedOrigin, seats, locale, currency, metadata, customFieldData, children = 'Subscribe', ...rest } = others;
    const polar = usePolar({ client, polar: ownPolar });
    const product = { productId, products, slug } as CheckoutProduct;
    const details = {
      organizationId,
      successUrl,
      returnUrl,
      embedOrigin,
      seats,
      locale,
      currency,
      metadata,
      customFieldData,
    };
    return (
      <RedirectButton
        {...rest}
        ref={ref}
        polar={polar}
        open={() => polar.redirectToCheckout({ ...product, ...details })}
      >
        {children}
      </RedirectButton>
    );
  },
);
