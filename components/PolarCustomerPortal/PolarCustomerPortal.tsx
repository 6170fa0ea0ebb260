'use client';
// The way to Polar's portal: a button, or a section around it.
import { forwardRef } from 'react';
import { PolarOrders } from '../PolarOrders/PolarOrders.js';
import { PolarSubscription } from '../PolarSubscription/PolarSubscription.js';
import type { RedirectButtonProps } from '../RedirectButton.js';
import { PolarPortalButton, type PolarPortalButtonProps } from './PolarPortalButton.js';
import * as parts from './parts.js';

/** Any prop of a `<button>`. */
export interface PortalButtonProps extends PolarPortalButtonProps {
  /**
   * `button` is the button alone. `card` is a `<section>` with a heading, the payment method and the button; `panel` has the
   * rest of a billing page too. Default `button`.
   */
  variant?: 'button' | undefined;
}

/** Any prop of a `<section>`. */
export type PortalCardProps = Omit<parts.PortalCardRootProps, 'onError'> & {
  variant: 'card' | 'panel';
  /** Told why the portal could not be opened. Without it the error goes to the console, and what to do into the button's `title`. */
  onError?: RedirectButtonProps['onError'];
};

export type PolarCustomerPortalProps = PortalButtonProps | PortalCardProps;

/**
 * Leads to the customer portal. As a button it is `PolarPortalButton`. With `variant` it renders a `<section>` around that, as
 * `PolarPortalCard` does; `children` then stand before the button, in a panel in place of the rest of the page.
 */
export const PolarCustomerPortal = forwardRef<HTMLButtonElement, PolarCustomerPortalProps>(
  function PolarCustomerPortal(props, ref) {
    if (isButton(props)) {
      const { variant: _, ...button } = props;
      return <PolarPortalButton {...button} ref={ref} />;
    }
    const { variant, onError, children, ...section } = props;
    const { client, polar, organizationId } = section;
    const source = { client, polar, organizationId };
    const page = variant === 'panel' && (
      <>
        <PolarSubscription {...source} />
        <PolarOrders {...source} />
      </>
    );
    return (
      <parts.Root data-variant={variant} {...section} ref={ref}>
        <parts.Title />
        <parts.Description />
        <parts.State />
        <parts.Method />
        {children ?? page}
        <parts.Manage onError={onError} />
      </parts.Root>
    );
  },
);

const isButton = (props: PolarCustomerPortalProps): props is PortalButtonProps =>
  (props.variant ?? 'button') === 'button';
