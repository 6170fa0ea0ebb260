// Where the scenario plays: an emulator somewhere, Polar's own client pointed at it, and its clock.
import { createPolar, type Polar } from '@polar-sh/sdk/2026-04';

export interface EmulatorAddress {
  url: string;
  accessToken: string;
}

export class Stage {
  readonly polar: Polar;
  readonly #address: EmulatorAddress;

  constructor(address: EmulatorAddress) {
    this.#address = address;
    this.polar = this.as(address.accessToken);
  }

  /** Polar's client with another token, as of a customer's session. */
  as(accessToken: string): Polar {
    return createPolar({ accessToken, baseUrl: this.#address.url, timeout: 10 });
  }

  /** Moves the emulated time; what is due happens. */
  async advance(seconds: number): Promise<void> {
    await this.ask('POST', '/_emulator/clock', { advance_seconds: seconds });
  }

  days(count: number): Promise<void> {
    return this.advance(count * 86_400);
  }

  /** What no client of Polar's has: the emulator's own switches, and Polar's event streams. */
  async ask(method: string, path: string, body?: unknown): Promise<string> {
    const answer = await fetch(this.#address.url + path, {
      method,
      headers: { authorization: `Bearer ${this.#address.accessToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text;
  }

  /** A new customer who has paid one product, with the checkout that it was paid by. */
  async buy(products: string | string[], who: string, fields: object = {}, confirmation: object = {}) {
    const checkout = await this.polar.checkouts.create({
      products: [products].flat(),
      external_customer_id: who,
      customer_email: `${who}@example.com`,
      ...fields,
    });
    const confirmed = await this.polar.checkouts.clientConfirm(checkout.client_secret, {
      confirmation_token_id: 'ctoken_visa',
      customer_billing_address: { country: 'DE' },
      ...confirmation,
    });
    await this.advance(10);
    return { checkout, confirmed };
  }

  /** The only subscription of a customer, in whatever state. */
  async subscriptionOf(who: string) {
    const { items } = await this.polar.subscriptions.list({ external_customer_id: [who] });
    const [only] = items;
    if (only === undefined || items.length > 1) throw new Error(`${who} has ${items.length} subscriptions`);
    return only;
  }

  /** The customer's own view, by a session of the owner. */
  async portalOf(who: string, fields: { external_member_id?: string } = {}) {
    const { token } = await this.polar.customerSessions.create({ external_customer_id: who, ...fields });
    return this.as(token).customerPortal;
  }
}
