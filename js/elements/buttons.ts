// `<polar-checkout-button>` and `<polar-customer-portal>`: a button that opens a session at Polar on click and leaves the page.
import { announce } from '../announce.js';
import type { PolarClient } from '../client.js';
import { errorText } from '../error-text.js';
import { asPolarError, fail } from '../errors.js';
import { CHECKOUT_FIELDS } from '../generated/checkout-fields.js';
import type { Localization } from '../localization.js';
import type { Texts } from '../texts.js';
import type { CallOptions, PolarCheckoutOptions } from '../types.js';
import { Action } from './action.js';
import { PolarElement } from './base.js';
import { assign } from './h.js';

abstract class ButtonElement extends PolarElement {
  static readonly observedAttributes: readonly string[] = ['disabled', 'organization-id'];
  readonly #action = new Action(this.invalidate);
  #button: HTMLElement | undefined;
  /** The text that stood in the element; undefined where something else did, which is left as it is. */
  #label: string | undefined;
  #isTaken = false;

  /** The name for stylesheets, of a button that is made here. */
  protected abstract readonly mark: string;
  protected abstract labelOf(words: Localization): string;
  /** Whether the page is left when `open` resolves. */
  protected get leaves(): boolean {
    return true;
  }
  /** Reads the attributes, and returns what opens the session. Throws where they cannot be read. */
  protected abstract prepare(polar: PolarClient, words: Localization): (call: CallOptions) => Promise<unknown>;

  protected override reset(): void {
    this.#action.reset();
  }

  protected override draw(polar: PolarClient, { words }: Texts): void {
    const { state, error, props } = this.#action;
    const said = error && !this.#isTaken ? errorText(words, error) : undefined;
    this.#button ??= this.#findButton();
    assign(this.#button, {
      ...props,
      disabled: this.hasAttribute('disabled') || undefined,
      title: said,
      onClick: (event: MouseEvent) => this.#click(event, polar, words),
      onPointerEnter: () => polar.preload(),
      onFocus: () => polar.preload(),
    });
    if (this.#label === undefined) return;
    const text = state === 'pending' ? words.checkout.opening : this.#label || this.labelOf(words);
    if (this.#button.textContent !== text) this.#button.textContent = text;
  }

  /** The button that stands in the element; else a new one around what does. */
  #findButton(): HTMLElement {
    const own = this.querySelector('button');
    if (own) return own;
    const button = document.createElement('button');
    button.dataset.polar = this.mark;
    if (!this.firstElementChild) this.#label = this.textContent?.trim() ?? '';
    button.append(...this.childNodes);
    this.append(button);
    return button;
  }

  async #click(event: MouseEvent, polar: PolarClient, words: Localization): Promise<void> {
    if (this.#action.isRunning) return event.preventDefault();
    if (event.defaultPrevented) return;
    if (!this.tell('polar-open', undefined)) return;
    this.#isTaken = false;
    const open = async (call: CallOptions) => this.prepare(polar, words)(call);
    const error = await this.#action.start(polar, open, this.leaves);
    if (!error) return;
    this.#isTaken = this.tellError(error);
    announce(errorText(words, error));
    this.invalidate();
  }
}

const NUMBERS = ['seats', 'amount', 'trialIntervalCount'];
const FLAGS = ['allowDiscountCodes', 'allowTrial'];
const OBJECTS = ['metadata', 'customFieldData'];
const toKebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Sells one product: `<polar-checkout-button slug="pro">Subscribe</polar-checkout-button>`. */
export class PolarCheckoutButtonElement extends ButtonElement {
  protected override readonly mark = 'checkout-button';

  protected override labelOf(words: Localization): string {
    return words.pricing.subscribe;
  }

  protected override get leaves(): boolean {
    return this.text('mode') !== 'embed';
  }

  protected override prepare(polar: PolarClient, words: Localization) {
    const checkout = this.#readCheckout();
    const redirect = (call: CallOptions) => polar.redirectToCheckout(checkout, call);
    if (this.leaves) return redirect;
    const options = {
      theme: this.text('theme') as 'light' | 'dark' | undefined,
      nonce: this.nonce || undefined,
      words,
      onClose: () => void this.tell('polar-close', undefined),
      // Whoever takes it stays on the page.
      ...(this.hasAttribute('stay') && { onSuccess: (success: unknown) => void this.tell('polar-success', success) }),
    };
    return (call: CallOptions) =>
      import('../embedded-checkout.js').then(
        ({ sellEmbedded }) => sellEmbedded(polar, checkout, options, call),
        () => redirect(call),
      );
  }

  #readCheckout(): PolarCheckoutOptions {
    const fields: Record<string, unknown> = {};
    for (const name of CHECKOUT_FIELDS) {
      const value = this.getAttribute(toKebab(name));
      if (value === null || name === 'embedOrigin') continue;
      if (FLAGS.includes(name)) fields[name] = value !== 'false';
      else if (value === '') continue;
      else if (NUMBERS.includes(name)) fields[name] = Number(value);
      else if (OBJECTS.includes(name)) fields[name] = this.#readObject(name, value);
      else fields[name] = name === 'products' ? value.trim().split(/[\s,]+/) : value;
    }
    return fields as unknown as PolarCheckoutOptions;
  }

  #readObject(field: string, text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (cause) {
      const message = `The attribute ${toKebab(field)} of <polar-checkout-button> is not JSON: ${asPolarError(cause).message}`;
      return fail({ code: 'VALIDATION_FAILED', family: 'caller', message, field, cause });
    }
  }
}

/** Leads a customer to Polar's portal: `<polar-customer-portal>Manage subscription</polar-customer-portal>`. */
export class PolarCustomerPortalElement extends ButtonElement {
  protected override readonly mark = 'portal-button';

  protected override labelOf(words: Localization): string {
    return words.portal.manage;
  }

  protected override prepare(polar: PolarClient) {
    const { organizationId } = this;
    const returnUrl = this.text('return-url');
    return (call: CallOptions) => polar.redirectToCustomerPortal({ organizationId, returnUrl }, call);
  }
}
