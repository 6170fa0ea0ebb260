'use client';
// The parts of PolarCheckoutReturn: what became of a payment, for the page that buyers come back to.
import { forwardRef, type MouseEvent, type Ref, useEffect, useMemo, useState } from 'react';
import { definePart, definePartContext, Part, type PartProps } from '../part.js';
import { type CheckoutResult, useCheckout } from '../useCheckout.js';
import type { SubjectSource } from '../useQuery.js';
import { useTexts } from '../useTexts.js';

interface ReturnView extends Pick<CheckoutResult, 'error' | 'retry'> {
  state: 'confirming' | 'confirmed' | 'late' | 'failed';
  done: () => void;
}

const Return = definePartContext<ReturnView>('PolarCheckoutReturn.Root');

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
 * `confirming`, `confirmed`, `late` (not known after 30 seconds, though it may still come) or `failed`. Changes are read out.
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
  const { state, error, retry, dismiss } = useCheckout({
    organizationId,
    client,
    polar,
    checkoutId: checkoutId ?? named,
  });
  const isOver = state === 'idle' || state === 'opening';
  const view = useMemo<ReturnView | undefined>(() => {
    const done = () => {
      dismiss();
      onDone?.();
    };
    return isOver ? undefined : { state, error, retry, done };
  }, [isOver, state, error, retry, dismiss, onDone]);
  if (!view) return null;
  return (
    <Return.Provider value={view}>
      <Part tag="section" data-polar="checkout-return" data-state={state} aria-live="polite" {...props} ref={ref} />
    </Return.Provider>
  );
});

/** An `<h2>`: what became of it. */
export const Title = definePart('PolarCheckoutReturn.Title', 'h2', function useTitle(props) {
  const { state, error } = Return.use('PolarCheckoutReturn.Title');
  const { checkout } = useTexts().words;
  return { children: error ? checkout.unknown : checkout[state], ...props };
});

/** A `<p>`: what that means, or why it cannot be known. */
export const Description = definePart('PolarCheckoutReturn.Description', 'p', function useDescription(props) {
  const { state, error } = Return.use('PolarCheckoutReturn.Description');
  const { checkout } = useTexts().words;
  return { children: error?.message ?? checkout[`${state}More`], ...props };
});

/** A `<button>` that asks again; renders nothing where the answer is known. */
export const Retry = definePart('PolarCheckoutReturn.Retry', 'button', function useRetry(props) {
  const { state, error, retry } = Return.use('PolarCheckoutReturn.Retry');
  const { words } = useTexts();
  return usePress(state === 'late' || error ? retry : undefined, words.checkout.again, props);
});

/** A `<button>` that leads on; renders nothing while it is being confirmed. */
export const Done = definePart('PolarCheckoutReturn.Done', 'button', function useDone(props) {
  const { state, done } = Return.use('PolarCheckoutReturn.Done');
  const { words } = useTexts();
  return usePress(state === 'confirming' ? undefined : done, words.checkout.done, props);
});

function usePress(press: (() => void) | undefined, text: string, { onClick, ...props }: PartProps<'button'>) {
  if (!press) return null;
  return {
    children: text,
    ...props,
    onClick: (event: MouseEvent<HTMLButtonElement>) => {
      onClick?.(event);
      if (!event.defaultPrevented) press();
    },
  };
}
