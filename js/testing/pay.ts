// Paying a checkout without a browser: the confirmation that the checkout page sends.
import { fail } from '../errors.js';

/** A checkout as a client answers it, its URL, or its client secret. */
export type CheckoutToPay =
  | string
  | {
      readonly client_secret?: string | undefined;
      readonly clientSecret?: string | undefined;
      readonly url?: string | undefined;
      readonly checkoutUrl?: string | undefined;
      readonly checkout_url?: string | undefined;
    };

/**
 * A test card: `visa` pays, `declined` is refused, `fails_renewal` pays and is declined at renewals, `lost_at_renewal`
 * pays and is reported lost at the next renewal.
 */
export type TestCard = 'visa' | 'declined' | 'fails_renewal' | 'lost_at_renewal';

/** How a checkout is paid. */
export interface PaymentOptions {
  /** Default: `visa`, which pays. Any other word `x` is sent as the confirmation token `ctoken_x`. */
  card?: TestCard | (string & Record<never, never>) | undefined;
  /** The buyer's e-mail. Default: the checkout's, or `buyer@example.com` where it has none. */
  email?: string | undefined;
  name?: string | undefined;
  /** What else the confirmation holds, as Polar's API names it: `discount_code`, `seats`, `customer_billing_address`. */
  fields?: Readonly<Record<string, unknown>> | undefined;
}

/** What came of it. */
export interface Payment {
  /** Whether the payment went through. */
  readonly paid: boolean;
  /** The checkout as Polar answers its confirmation; null when it was refused. */
  readonly checkout: Readonly<Record<string, unknown>> | null;
  /** Who has bought; null when it was refused. */
  readonly customerId: string | null;
  /** Opens the customer portal's API for this buyer, where Polar gives them a session. */
  readonly customerSessionToken: string | null;
  /** Polar's refusal, as `{ error: 'PaymentError', detail: 'The payment failed: ...' }`. */
  readonly refusal: { readonly status: number; readonly error: string; readonly detail: unknown } | null;
}

export async function payCheckout(
  send: typeof fetch,
  origin: string,
  checkout: CheckoutToPay,
  { card = 'visa', email, name, fields }: PaymentOptions = {},
): Promise<Payment> {
  const url = `${origin}/v1/checkouts/client/${encodeURIComponent(clientSecretOf(checkout))}`;
  const shown = (await (await send(url)).json()) as {
    customer_email?: string | null;
    customer_billing_address?: unknown;
  };
  const buyer = email ?? (shown.customer_email ? undefined : 'buyer@example.com');
  const answer = await send(`${url}/confirm`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      confirmation_token_id: `ctoken_${card}`,
      customer_email: buyer,
      customer_name: name,
      // Polar wants the country of whoever pays; in France the country is enough.
      customer_billing_address: shown.customer_billing_address ? undefined : { country: 'FR' },
      ...fields,
    }),
  });
  const body = (await answer.json()) as Record<string, unknown>;
  if (!answer.ok) {
    const refusal = { status: answer.status, error: String(body.error), detail: body.detail };
    return { paid: false, checkout: null, customerId: null, customerSessionToken: null, refusal };
  }
  const token = body.customer_session_token;
  const customerSessionToken = typeof token === 'string' ? token : null;
  return { paid: true, checkout: body, customerId: String(body.customer_id), customerSessionToken, refusal: null };
}

function clientSecretOf(checkout: CheckoutToPay | null | undefined): string {
  const text =
    typeof checkout === 'string'
      ? checkout
      : (checkout?.client_secret ??
        checkout?.clientSecret ??
        checkout?.url ??
        checkout?.checkoutUrl ??
        checkout?.checkout_url ??
        '');
  const [secret] = /polar_c_[A-Za-z0-9]+/.exec(text) ?? [];
  if (secret) return secret;
  return fail({
    code: 'VALIDATION_FAILED',
    family: 'caller',
    message: `This is not a checkout: it has neither a client secret (polar_c_...) nor a URL that holds one.`,
    field: 'checkout',
  });
}
