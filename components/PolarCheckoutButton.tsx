'use client';
// A button that sells one product.
import { forwardRef } from 'react';
import type { EmbeddedSuccess } from '../js/embedded-checkout.js';
import { CHECKOUT_FIELDS } from '../js/generated/checkout-fields.js';
import type { CallOptions, CheckoutDetails, CheckoutProduct, PolarCheckoutOptions } from '../js/index.js';
import type { Localization } from '../js/localization.js';
import { configurationError } from './configuration-error.js';
import { type PolarSource, usePolar } from './context.js';
import { RedirectButton, type RedirectButtonProps } from './RedirectButton.js';

declare const process: { env: { NODE_ENV?: string } };

/** Where the checkout is shown. */
export interface CheckoutModeProps {
  /**
   * `redirect` takes the browser to Polar's page; `embed` shows it in a dialog of this page, and takes the browser there where
   * it cannot be framed. `embed` needs `frame-src https://polar.sh https://sandbox.polar.sh` in a CSP. Default `redirect`.
   */
  mode?: 'redirect' | 'embed' | undefined;
  /** Of `embed`: the colors of Polar's page. Default: as the buyer's system has it. */
  theme?: 'light' | 'dark' | undefined;
  /** Of `embed`: the nonce of the page's CSP, for the dialog's `<style>`. */
  nonce?: string | undefined;
  /** Of `embed`: told what was bought, once the server knows it. Without it the browser goes to the success URL. */
  onSuccess?: ((success: EmbeddedSuccess) => void) | undefined;
  /** Of `embed`: told when the buyer closes the dialog before it came to that. */
  onClose?: (() => void) | undefined;
}

/** The product and details of the checkout, where the client comes from, and any prop of a `<button>`. */
export type PolarCheckoutButtonProps = CheckoutProduct &
  CheckoutDetails &
  PolarSource &
  CheckoutModeProps &
  RedirectButtonProps;

/**
 * Opens a Polar checkout and takes the browser there. Renders a `<button>`; everything else is passed to it.
 * The session is made on click. Your `onClick` runs first; `event.preventDefault()` in it stops the checkout.
 * `data-state` is `idle`, `pending` or `error`; with `mode="embed"` it is `pending` while the dialog is open.
 */
export const PolarCheckoutButton = forwardRef<HTMLButtonElement, PolarCheckoutButtonProps>(function PolarCheckoutButton(
  { client, polar: ownPolar, mode, theme, nonce, onSuccess, onClose, ...props },
  ref,
) {
  const polar = usePolar({ client, polar: ownPolar });
  // Said to be `redirect`, it may be so on some screens only. Bundlers leave this out of what is deployed.
  if (mode === undefined && (theme ?? onSuccess ?? onClose) && process.env.NODE_ENV !== 'production') {
    throw configurationError('theme, onSuccess and onClose of <PolarCheckoutButton> are of mode="embed". Add it.');
  }
  const [checkout, rest] = split(props);
  const isEmbedded = mode === 'embed';
  const redirect = (call: CallOptions) => polar.redirectToCheckout(checkout, call);
  const embed = (call: CallOptions, words: Localization | undefined) =>
    import('../js/embedded-checkout.js').then(
      ({ sellEmbedded }) => sellEmbedded(polar, checkout, { theme, nonce, words, onSuccess, onClose }, call),
      () => redirect(call),
    );
  return (
    <RedirectButton
      {...rest}
      ref={ref}
      polar={polar}
      organizationId={checkout.organizationId}
      text={(words) => words?.pricing.subscribe ?? 'Subscribe'}
      open={isEmbedded ? embed : redirect}
      leaves={!isEmbedded}
    />
  );
});

/** The checkout's fields, and what is the button's own. */
function split(props: PolarCheckoutOptions & RedirectButtonProps) {
  const checkout: Record<string, unknown> = {};
  const rest: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(props)) {
    ((CHECKOUT_FIELDS as readonly string[]).includes(name) ? checkout : rest)[name] = value;
  }
  return [checkout as unknown as PolarCheckoutOptions, rest as RedirectButtonProps] as const;
}
