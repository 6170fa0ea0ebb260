'use client';
// The parts of PolarCheckoutReturn: what became of a payment, for the page that buyers come back to.
import { forwardRef, type Ref, useEffect, useState } from 'react';
import { waitingText } from '../../js/waiting.js';
import { defineCompound } from '../compound.js';
import type { PartProps } from '../part.js';
import { type CheckoutResult, useCheckout } from '../useCheckout.js';
import type { SubjectSource } from '../useQuery.js';
import { useErrorText } from '../useTexts.js';

interface ReturnView extends Pick<CheckoutResult, 'retry' | 'order'> {
  state: Exclude<CheckoutResult['state'], 'idle' | 'opening'>;
  /** Why it cannot be known. */
  failed: string | undefined;
  done: () => void;
}

const { part, frame } = defineCompound<ReturnView>('PolarCheckoutReturn');

/** Who bought, where the client comes from, and any prop of a `<section>`. */
export type CheckoutReturnRootProps = SubjectSource &
  PartProps<'section'> & {
    /** The checkout. Default: `checkout_id` of the page's address, as `?checkout_id={CHECKOUT_ID}` of a success URL leaves it. */
    checkoutId?: string | undefined;
    /** Told when the buyer is done with it, for instance to lead on. It renders nothing from then on. */
    onDone?: (() => void) | undefined;
  };

/**
 * Asks until the server knows that it is paid. Renders a `<section>`, nothing while nobody came from a checkout; `data-state` is
 * `confirming`, `confirmed`, `waiting` (to be paid in cash or by transfer), `late` (not known after 30 seconds, though it may still come)
 * or `failed`. Changes are read out.
 */
export const Root = forwardRef(function Root(
  { organizationId, client, polar, checkoutId, onDone, ...props }: CheckoutReturnRootProps,
  ref: Ref<HTMLElement>,
) {
  // A server does not know the address, and the first render is to be the same.
  const [named, setNamed] = useState<string>();
  useEffect(() => {
    setNamed(new URLSearchParams(location.search).get('checkout_id') ?? undefined);
  }, []);
  const { state, order, error, retry, dismiss } = useCheckout({
    organizationId,
    client,
    polar,
    checkoutId: checkoutId ?? named,
  });
  const failed = useErrorText(error);
  if (state === 'idle' || state === 'opening') return null;
  const done = () => {
    dismiss();
    onDone?.();
  };
  const own = { 'data-state': state, 'aria-live': 'polite' };
  return frame({ state, order, failed, retry, done }, 'section', { ...own, ...props, ref });
});

/** An `<h2>`: what became of it. */
export const Title = part('Title', 'h2', ({ state, failed }, { words: { checkout } }) => ({
  children: failed ? checkout.unknown : checkout[state],
}));

/** A `<p>`: what that means, or why it cannot be known. */
export const Description = part('Description', 'p', ({ state, order, failed }, texts) => ({
  children: failed ?? (order ? waitingText(order, texts) : texts.words.checkout[`${state}More`]),
}));

/** A `<button>` that asks again; renders nothing where the answer is known. */
export const Retry = part(
  'Retry',
  'button',
  ({ state, order, failed, retry: onClick }, { words }) =>
    (state === 'late' || order || failed) && { onClick, children: words.checkout.again },
);

/** A `<button>` that leads on; renders nothing while it is being confirmed. */
export const Done = part(
  'Done',
  'button',
  ({ state, done: onClick }, { words }) => state !== 'confirming' && { onClick, children: words.checkout.done },
);
