// `<polar-pricing-table>`: the price list of /react (PolarPricingTable) as a custom element, over the same view models and
// with the same names for stylesheets.
import { announce } from '../announce.js';
import type { PolarClient } from '../client.js';
import { confirmerOf } from '../confirmation.js';
import { errorText } from '../error-text.js';
import {
  type ChosenQuantity,
  clampQuantity,
  intervalName,
  type PlanView,
  type PricingView,
  periodText,
  priceLines,
  priceText,
  pricingOf,
  quantityKey,
} from '../pricing.js';
import { quoteProduct } from '../quote.js';
import { watch } from '../store.js';
import { runningSubscription } from '../subscription.js';
import type { Texts } from '../texts.js';
import type { ProductList, ProductQuote } from '../types.js';
import { Action } from './action.js';
import { PolarElement } from './base.js';
import { assign, h, part, patch, type VNode } from './h.js';
import { openPlanChange } from './plan-change.js';
import { type Condition, stateOf } from './state.js';

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };
let tables = 0;

/** What is to be shown, and what may be done with it. */
interface Table {
  polar: PolarClient;
  texts: Texts;
  products: ProductList | undefined;
  view: PricingView | undefined;
  isKnown: boolean;
  isSignedOut: boolean;
}

/** Plans with their prices, and a way to each: `<polar-pricing-table highlighted="pro"></polar-pricing-table>`. */
export class PolarPricingTableElement extends PolarElement {
  static readonly observedAttributes: readonly string[] = [
    'organization-id',
    'highlighted',
    'products',
    'default-interval',
    'default-currency',
    'country',
    'success-url',
    'return-url',
  ];
  readonly #id = `polar-pricing-table-${++tables}`;
  readonly #root = globalThis.document?.createElement('section');
  readonly #actions = new Map<string, { action: Action; isTaken: boolean }>();
  readonly #quotes = new Map<string, ProductQuote | null>();
  readonly #asked = new Set<string>();
  #featureLabels: Readonly<Record<string, string>> = {};
  #interval: string | undefined;
  #currency: string | undefined;
  #quantities: Readonly<Record<string, ChosenQuantity>> = {};
  /** What is being typed need not be a number that is sold. */
  #typed: { key: string; text: string } | undefined;
  #endChange: (() => void) | undefined;

  /** What features are called, by their names in `PRODUCTS`. Default: these names. */
  get featureLabels(): Readonly<Record<string, string>> {
    return this.#featureLabels;
  }
  set featureLabels(labels: Readonly<Record<string, string>>) {
    this.#featureLabels = labels;
    this.invalidate();
  }

  protected override start(polar: PolarClient): (() => void)[] {
    return [
      ...this.#queries(polar).map((query) => query.subscribe(this.invalidate)),
      confirmerOf(polar, this.#subject(polar)).subscribe(this.invalidate),
    ];
  }

  protected override reset(): void {
    for (const { action } of this.#actions.values()) action.reset();
    this.#endChange?.();
    this.#endChange = undefined;
  }

  #subject(polar: PolarClient): string | undefined {
    return this.organizationId ?? polar.organizationId;
  }

  #queries(polar: PolarClient) {
    const { organizationId } = this;
    return [
      watch(polar, 'listProducts', {}),
      watch(polar, 'getCustomerState', { organizationId }),
      watch(polar, 'listSubscriptions', { organizationId }),
    ] as const;
  }

  protected override draw(polar: PolarClient, texts: Texts): void {
    const [list, state, subscriptions] = this.#queries(polar);
    const [products, has, all] = [list.getSnapshot(), state.getSnapshot(), subscriptions.getSnapshot()];
    const isConfirming = confirmerOf(polar, this.#subject(polar)).getSnapshot().state === 'confirming';
    const subscription = has.data && all.data && runningSubscription(has.data, all.data.items);
    const view = products.data && pricingOf(products.data, { ...this.#input(), subscription });
    const error = has.error ?? all.error;
    const hasFailed = !!error && !(has.data && all.data);
    const isKnown = !has.isLoading && !all.isLoading && !isConfirming && !hasFailed;
    const listed: Condition = view ? (view.plans.length ? 'ready' : 'empty') : products.error ? 'error' : 'loading';
    const condition = listed === 'ready' && hasFailed ? 'error' : listed;
    const asked =
      listed === 'ready'
        ? { error, isFetching: has.isFetching, refetch: () => Promise.all([state.refetch(), subscriptions.refetch()]) }
        : { error: products.error, isFetching: products.isFetching, refetch: list.refetch };
    const table: Table = { polar, texts, view, isKnown, products: products.data, isSignedOut: has.isSignedOut };
    for (const plan of view?.plans ?? []) this.#quote(plan);

    const root = this.#root;
    this.style.display ||= 'block';
    if (root.parentNode !== this) this.replaceChildren(root);
    assign(root, { 'data-polar': 'pricing-table', 'data-state': condition });
    patch(
      root,
      h('h2', { 'data-polar': 'pricing-table-title' }, texts.words.pricing.title),
      h(
        'div',
        { 'data-polar': 'pricing-table-choices' },
        view && this.#drawIntervals(view, texts),
        view && this.#drawCurrencies(view, texts),
      ),
      stateOf('pricing-table', texts, { condition, ...asked }, texts.words.pricing.empty),
      part('ul', 'pricing-table-list', {}, view?.plans.map((plan) => this.#drawPlan(plan, table)) ?? []),
    );
  }

  #input() {
    const text = (name: string) => this.text(name);
    return {
      highlighted: text('highlighted'),
      products: text('products')
        ?.trim()
        .split(/[\s,]+/),
      defaultInterval: text('default-interval'),
      defaultCurrency: text('default-currency'),
      interval: this.#interval,
      currency: this.#currency,
      quantities: this.#quantities,
      quotes: this.#quotes,
    };
  }

  /** Quotes beside those of the price list, each worked out once. */
  #quote({ product, price, quantity, quoteState, quoteKey }: PlanView): void {
    if (!quantity || quoteState !== 'pending' || this.#asked.has(quoteKey)) return;
    this.#asked.add(quoteKey);
    const settle = (found: ProductQuote | null) => {
      this.#quotes.set(quoteKey, found);
      this.invalidate();
    };
    quoteProduct(product, price.currency, { [quantity.of]: quantity.value }).then(settle, () => settle(null));
  }

  #drawIntervals(view: PricingView, texts: Texts): VNode | undefined {
    if (view.intervals.length < 2) return undefined;
    const { pricing } = texts.words;
    const onKeyDown = (event: KeyboardEvent) => {
      const step = STEPS[event.key];
      if (!step) return;
      event.preventDefault();
      const radios = [...(event.currentTarget as Element).querySelectorAll<HTMLElement>('[role=radio]')];
      const at = radios.findIndex((radio) => radio.tabIndex === 0);
      const next = radios.at((at + step) % radios.length);
      next?.focus();
      next?.click();
    };
    const radios = view.intervals.map((one) => {
      const isChosen = one.key === view.interval;
      const saving = one.saving && texts.fill(pricing.saving, { percent: texts.percent(one.saving) });
      return h(
        'button',
        {
          key: one.key,
          type: 'button',
          role: 'radio',
          'data-polar': 'pricing-table-interval-choice',
          'aria-checked': isChosen,
          tabindex: isChosen ? 0 : -1,
          onClick: () => {
            this.#interval = one.key;
            this.invalidate();
          },
        },
        `${intervalName(one, texts)} `,
        saving && h('span', { 'data-polar': 'pricing-table-saving' }, saving),
      );
    });
    const props = {
      'data-polar': 'pricing-table-intervals',
      role: 'radiogroup',
      'aria-label': pricing.intervals,
      onKeyDown,
    };
    return h('div', props, radios);
  }

  #drawCurrencies({ currencies, currency }: PricingView, { words }: Texts): VNode | undefined {
    if (currencies.length < 2) return undefined;
    const onChange = ({ target }: Event) => {
      this.#currency = (target as HTMLSelectElement).value;
      this.invalidate();
    };
    const options = currencies.map((one) => h('option', { key: one, value: one }, one.toUpperCase()));
    const select = h('select', { 'aria-label': words.pricing.currencies, value: currency, onChange }, options);
    return h('div', { 'data-polar': 'pricing-table-currencies' }, select);
  }

  #drawPlan(plan: PlanView, table: Table): VNode {
    const { texts } = table;
    const { words } = texts;
    const { product, relation } = plan;
    const id = `${this.#id}-${product.productId}`;
    const own = ownText(plan, texts);
    const lines = priceLines(plan, texts);
    const { trial } = plan;
    if (trial) lines.unshift(texts.fill(words.pricing.trial, { duration: texts.lasting(trial.unit, trial.count) }));
    const items = (all: readonly string[]) => all.map((line) => h('li', { key: line }, line));
    const props = {
      key: product.productId,
      'data-polar': 'pricing-table-plan',
      'data-state': relation,
      'data-highlighted': plan.isHighlighted || undefined,
      'aria-labelledby': id,
    };
    const badge = own ?? (plan.isHighlighted && words.pricing.highlighted);
    return h(
      'li',
      props,
      part('h3', 'pricing-table-name', { id }, product.name),
      part('span', 'pricing-table-badge', { 'data-state': own ? relation : 'highlighted' }, badge),
      part('p', 'pricing-table-description', {}, product.description),
      part('span', 'pricing-table-price', { 'data-kind': plan.price.kind }, priceText(plan.price, texts)),
      part('span', 'pricing-table-interval', {}, periodText(plan.price, texts)),
      part('ul', 'pricing-table-price-notes', {}, items(lines)),
      this.#drawQuantity(plan, id, texts),
      drawTotal(plan, texts),
      part(
        'ul',
        'pricing-table-features',
        {},
        items(product.features.map((name) => this.#featureLabels[name] ?? name)),
      ),
      this.#drawAction(plan, id, table),
    );
  }

  #drawQuantity(plan: PlanView, id: string, { words: { pricing, subscription } }: Texts): VNode | undefined {
    const { quantity, product } = plan;
    if (!quantity || quantity.min === quantity.max) return undefined;
    const { of, value, min, max } = quantity;
    const key = quantityKey(product);
    const choose = (next: number) => {
      this.#quantities = { ...this.#quantities, [key]: { value: next, from: plan } };
      this.invalidate();
    };
    const set = (next: number) => {
      this.#typed = undefined;
      choose(clampQuantity(quantity, next));
    };
    const typed = this.#typed?.key === key ? this.#typed.text : undefined;
    const finish = () => typed !== undefined && set(typed === '' ? value : +typed);
    const step = (by: number, name: string, labels: { seats: string; units: string }) =>
      h(
        'button',
        {
          type: 'button',
          'data-polar': `pricing-table-${name}`,
          'aria-label': labels[of],
          'aria-disabled': value === (by < 0 ? min : max),
          onClick: () => set(value + by),
        },
        by < 0 ? '-' : '+',
      );
    const input = h('input', {
      type: 'number',
      min,
      max: max === Infinity ? undefined : max,
      value: typed ?? value,
      onInput: ({ target }: Event) => {
        const text = (target as HTMLInputElement).value;
        this.#typed = { key, text };
        if (clampQuantity(quantity, +text) === +text) choose(+text);
        else this.invalidate();
      },
      onBlur: finish,
      onKeyDown: (event: KeyboardEvent) => event.key === 'Enter' && finish(),
    });
    return h(
      'div',
      { 'data-polar': 'pricing-table-quantity', role: 'group', 'aria-labelledby': id },
      step(-1, 'fewer', { seats: pricing.fewerSeats, units: pricing.fewerUnits }),
      h('label', {}, h('span', {}, subscription[of]), input),
      step(1, 'more', { seats: pricing.moreSeats, units: pricing.moreUnits }),
    );
  }

  #drawAction(plan: PlanView, id: string, { polar, texts, isKnown, isSignedOut, products }: Table): VNode {
    const { words } = texts;
    const { product, relation, action: way } = plan;
    const of = this.#actionOf(product.productId);
    const { action, isTaken } = of;
    const isOff = !isKnown || way === 'none';
    const buy = plan.trial
      ? words.pricing.startTrial
      : product.isRecurring
        ? words.pricing.subscribe
        : words.pricing.buy;
    const label = ownText(plan, texts) ?? { ...words.pricing, buy }[relation as 'upgrade'];
    const failed = action.error && !isTaken && errorText(words, action.error);
    const onClick = async (event: MouseEvent) => {
      if (isOff || action.isRunning || event.defaultPrevented || !this.tell('polar-select', plan)) return;
      if (way === 'change') {
        if (this.tell('polar-change', plan)) this.#change(polar, plan, texts, products);
        return;
      }
      if (isSignedOut && !this.tell('polar-sign-in', plan)) return;
      const error = await action.start(polar, (call) => polar.redirectToCheckout(this.#checkout(plan), call), true);
      if (!error) return;
      of.isTaken = this.tellError(error);
      announce(errorText(words, error));
      this.invalidate();
    };
    return h(
      'button',
      {
        ...action.props,
        'data-polar': 'pricing-table-action',
        'data-relation': relation,
        'aria-describedby': id,
        'aria-disabled': isOff || action.props['aria-disabled'],
        onClick,
        onPointerEnter: () => polar.preload(),
        onFocus: () => polar.preload(),
      },
      action.state === 'pending' ? words.checkout.opening : failed || label,
    );
  }

  #checkout({ product, price, quantity, quote, subscriptionId }: PlanView) {
    return {
      productId: product.productId,
      organizationId: this.organizationId,
      subscriptionId,
      country: this.text('country'),
      seats: quantity?.of === 'seats' ? quantity.value : undefined,
      currency: quote && price.currency,
      successUrl: this.text('success-url'),
      returnUrl: this.text('return-url'),
    };
  }

  #change(polar: PolarClient, plan: PlanView, texts: Texts, products: ProductList | undefined): void {
    this.#endChange?.();
    const { organizationId } = this;
    const onClose = () => {
      this.#endChange = undefined;
    };
    this.#endChange = openPlanChange(this, { polar, organizationId, plan, texts, products, onClose });
  }

  #actionOf(productId: string) {
    const known = this.#actions.get(productId);
    if (known) return known;
    const made = { action: new Action(this.invalidate), isTaken: false };
    this.#actions.set(productId, made);
    return made;
  }
}

/** What is said of the plan that the buyer has, or will have. */
function ownText({ relation, startsAt }: PlanView, { words, fill, date }: Texts): string | undefined {
  if (relation === 'current') return words.pricing.current;
  return startsAt && fill(words.pricing.scheduled, { date: date(startsAt) });
}

function drawTotal({ quantity, quote, quoteState }: PlanView, { words, fill, money, count }: Texts): VNode | undefined {
  if (!quantity || !quote) return undefined;
  const { of } = quantity;
  const amount = money(quote.amount, quote.currency);
  const text = fill(words.pricing.total, { amount, quantity: count(words.pricing[of], quote[of] ?? 0) });
  return part('p', 'pricing-table-total', { 'aria-live': 'polite', 'data-state': quoteState }, text);
}
