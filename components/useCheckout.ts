'use client';
// A checkout from the click to the plan, as React state.
import { useCallback, useEffect } from 'react';
import { confirmerOf, NOBODY } from '../js/confirmation.js';
import type { CustomerOrder, PolarCheckoutOptions, PolarError } from '../js/index.js';
import { usePolar } from './context.js';
import { useAction } from './useAction.js';
import { useConfirmation } from './useConfirmation.js';
import type { SubjectSource } from './useQuery.js';

export interface UseCheckoutOptions extends SubjectSource {
  /** The checkout that the page's address names: `{CHECKOUT_ID}` of your `successUrl`. Buyers who come back otherwise are known too. */
  checkoutId?: string | undefined;
}

export interface CheckoutResult {
  /**
   * `opening` from the click until the page is left. After the return, `confirming` while the server is asked whether it is
   * paid, then `confirmed`, `failed`, `waiting` for who pays in cash or by transfer, or `late`: not confirmed within 30 seconds, though
   * it may still be. Otherwise `idle`.
   */
  readonly state: 'idle' | 'opening' | 'confirming' | 'confirmed' | 'waiting' | 'late' | 'failed';
  /** What is due while it is `waiting`. */
  readonly order: CustomerOrder | undefined;
  /** Why it could not be opened, or why it `failed`, where a request did. */
  readonly error: PolarError | undefined;
  /** Opens a checkout and takes the browser there. Never rejects: `error` says why it failed. */
  readonly open: (options: PolarCheckoutOptions) => Promise<void>;
  /** Asks again for a checkout that is `late`, `waiting` or `failed`. */
  readonly retry: () => void;
  /** Back to `idle`, once it is over. */
  readonly dismiss: () => void;
}

export function useCheckout({ organizationId, checkoutId, ...source }: UseCheckoutOptions = {}): CheckoutResult {
  const polar = usePolar(source);
  const confirmer = confirmerOf(polar, organizationId);
  const confirmation = useConfirmation(polar, organizationId);
  const { state, start } = useAction(polar, organizationId);

  useEffect(() => {
    if (checkoutId !== undefined) confirmer.confirmCheckout(checkoutId);
  }, [confirmer, checkoutId]);

  const open = useCallback(
    async (options: PolarCheckoutOptions) => {
      await start((call) => polar.redirectToCheckout({ organizationId, ...options }, call), true);
    },
    [start, polar, organizationId],
  );
  const retry = useCallback(() => confirmer.retry(), [confirmer]);
  const dismiss = useCallback(() => confirmer.dismiss(), [confirmer]);

  // The address says that it is paid, before it is known by whom.
  const isAwaited = checkoutId !== undefined && confirmation.checkoutId !== checkoutId && confirmation !== NOBODY;
  const awaited = isAwaited ? 'confirming' : confirmation.of === 'checkout' ? confirmation.state : 'idle';
  return {
    state: state.name === 'pending' ? 'opening' : awaited,
    order: confirmation.order,
    error: state.error ?? confirmation.error,
    open,
    retry,
    dismiss,
  };
}
