// `@plinto/polar/elements`: billing for pages without React, as custom elements over the same view models. Nothing happens
// before `definePolarElements` is called, and a server may import this.
import { type PolarElementSettings, setSettings } from './elements/base.js';
import { PolarCheckoutButtonElement, PolarCustomerPortalElement } from './elements/buttons.js';
import { PolarPricingTableElement } from './elements/pricing-table.js';
import type { EmbeddedSuccess } from './embedded-checkout.js';
import type { PolarError } from './errors.js';
import type { PlanView } from './pricing.js';

export type { PolarElementSettings } from './elements/base.js';
export type { EmbeddedSuccess } from './embedded-checkout.js';
export { isPolarError, PolarError } from './errors.js';
export { ENGLISH, type Localization } from './localization.js';
export type { PlanView } from './pricing.js';
export type { PolarCheckoutButtonElement, PolarCustomerPortalElement, PolarPricingTableElement };

/** What the elements tell. All bubble; `preventDefault()` stops what would come next. */
export interface PolarElementEvents {
  /** Why something failed. Prevented: the console is not told, and nothing is shown. */
  'polar-error': CustomEvent<PolarError>;
  /** A button was pressed, and a session is about to be opened. */
  'polar-open': CustomEvent<undefined>;
  /** Of `mode="embed"` with `stay`: what was bought, once the server knows it. */
  'polar-success': CustomEvent<EmbeddedSuccess>;
  /** Of `mode="embed"`: the buyer has closed the dialog before it came to that. */
  'polar-close': CustomEvent<undefined>;
  /** A plan was chosen in the table. */
  'polar-select': CustomEvent<PlanView>;
  /** A change of the subscription to this plan is about to be shown in a dialog. */
  'polar-change': CustomEvent<PlanView>;
  /** Somebody who is not signed in wants this plan. Else a checkout is opened, which the server may refuse. */
  'polar-sign-in': CustomEvent<PlanView>;
}

/**
 * Defines the three elements, and gives them their client: `definePolarElements({ polar: plinto.polar })`. Called again, for
 * instance with the client of another organization, all elements of the page turn to it. Does nothing on a server.
 */
export function definePolarElements(settings: PolarElementSettings): void {
  if (typeof customElements === 'undefined') return;
  setSettings(settings);
  const elements = {
    'polar-checkout-button': PolarCheckoutButtonElement,
    'polar-customer-portal': PolarCustomerPortalElement,
    'polar-pricing-table': PolarPricingTableElement,
  };
  for (const [name, element] of Object.entries(elements)) {
    if (!customElements.get(name)) customElements.define(name, element);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'polar-checkout-button': PolarCheckoutButtonElement;
    'polar-customer-portal': PolarCustomerPortalElement;
    'polar-pricing-table': PolarPricingTableElement;
  }
  interface HTMLElementEventMap extends PolarElementEvents {}
}
