// Sells within the page: makes the checkout, shows it, and says what was bought once the server knows.
//
// Imports nothing that a page has loaded before, so that bundlers put all of it behind one import().
import type { PolarClient } from './client.js';
import { type EmbedOptions, type EmbedSuccess, openEmbeddedCheckout, showEmbeddable } from './embed.js';
import type { Localization } from './localization.js';
import type { CallOptions, CheckoutState, CustomerOrder, PolarCheckoutOptions } from './types.js';

/** What was bought. */
export interface EmbeddedSuccess extends EmbedSuccess {
  checkoutId: string;
  /** As the server has it: `succeeded`, unless it did not hear so within 30 seconds. Absent where it did not answer. */
  checkout: CheckoutState | undefined;
  /** Its order, where the server has it already. */
  order: CustomerOrder | undefined;
}

export interface EmbeddedCheckoutOptions extends Pick<EmbedOptions, 'theme' | 'nonce' | 'timeoutMs' | 'onClose'> {
  /** Default: English. */
  words?: Pick<Localization, 'checkout' | 'common'> | undefined;
  /** Told once the server knows. Without it the browser goes where the checkout's success URL leads. */
  onSuccess?: ((success: EmbeddedSuccess) => void) | undefined;
}

/** How long the server may take to hear of it. */
const CONFIRM_MS = 30_000;
const DAY_MS = 86_400_000;

/**
 * Resolves when it is over, paid or not; never, where the browser leaves the page: for the success URL, or for Polar's own page,
 * where that, or that of whoever takes the payment, cannot be framed.
 * Errors: as of `redirectToCheckout`.
 */
export async function sellEmbedded(
  polar: PolarClient,
  input: PolarCheckoutOptions,
  options: EmbeddedCheckoutOptions,
  call: CallOptions,
): Promise<void> {
  const { session } = polar;
  const { signal } = call;
  const { organizationId } = input;
  const { words, onSuccess } = options;
  await showEmbeddable(polar, input, show, call);

  async function show(url: string, checkoutId: string): Promise<void> {
    const { visit } = session;
    let isSent = false;
    let told: Promise<void> | undefined;
    const end = await openEmbeddedCheckout(url, {
      ...options,
      signal,
      texts: words && { title: words.checkout.dialog, loading: words.common.loading, close: words.common.close },
      onConfirmed() {
        isSent = true;
      },
      onSuccess(success, close) {
        isSent = true;
        const { successUrl, redirect } = success;
        // It comes from another page, but it must not become a script of this one.
        if (redirect && !onSuccess && /^https?:/i.test(successUrl ?? '')) {
          told = leave(successUrl as string);
          return;
        }
        if (redirect) close();
        told ??= tell(checkoutId, success);
      },
    });
    if (end === 'refused') return leave(url);
    // What is known of the buyer is about to change. Whoever is somebody else by now is told nothing.
    if (isSent && !told && visit === session.visit) session.tell('restored');
    await told;
  }

  async function tell(checkoutId: string, success: EmbedSuccess): Promise<void> {
    // Whoever shows where the checkout stands asks for it from now on.
    session.tell('restored');
    const checkout = await confirm(checkoutId);
    if (signal?.aborted) return;
    // And whatever else is shown is another one now.
    session.tell('restored');
    if (!onSuccess) return;
    const orders = await polar.listOrders({ organizationId, limit: 1 }, call).catch(() => undefined);
    if (signal?.aborted) return;
    const newest = orders?.items[0];
    // By the server's clock: a checkout expires a day after it was made.
    const isItsOwn =
      newest?.productId === checkout?.productId &&
      Date.parse(newest?.createdAt ?? '') >= Date.parse(checkout?.expiresAt ?? '') - DAY_MS;
    onSuccess({ ...success, checkoutId, checkout, order: isItsOwn ? newest : undefined });
  }

  /** Asks until the server knows, or the time is over. */
  async function confirm(checkoutId: string): Promise<CheckoutState | undefined> {
    const over = Date.now() + CONFIRM_MS;
    let checkout: CheckoutState | undefined;
    for (let round = 1; !signal?.aborted; round++) {
      checkout = await polar.getCheckout(checkoutId, { organizationId }, call).catch(() => checkout);
      if (/^(succeeded|failed|expired)$/.test(checkout?.status ?? '')) break;
      const wait = Math.min(round * 1_000, 5_000);
      if (Date.now() + wait > over) break;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
    return checkout;
  }
}

/** Stays under way until the page is gone: a click meanwhile would do it a second time. */
function leave(url: string): Promise<void> {
  location.assign(url);
  return new Promise(() => {});
}
