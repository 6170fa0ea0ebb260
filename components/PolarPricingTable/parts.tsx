'use client';
// The parts of PolarPricingTable: the plans of an interval, each with its price, and a way to it from what the buyer has.
import { forwardRef, type KeyboardEvent, type ReactNode, type Ref, useId, useState } from 'react';
import { errorText } from '../../js/error-text.js';
import {
  clampQuantity,
  type IntervalView,
  intervalName,
  type PlanQuantity,
  type PlanView,
  periodText,
  priceLines,
  priceText,
} from '../../js/pricing.js';
import type { Texts } from '../../js/texts.js';
import { defineCompound } from '../compound.js';
import { defineState } from '../condition.js';
import { PolarCheckoutButton } from '../PolarCheckoutButton.js';
import { Part, type PartProps } from '../part.js';
import type { RedirectButtonProps } from '../RedirectButton.js';
import { useTexts } from '../useTexts.js';
import { type TableView, table } from './root.js';

export { type PricingTableRootProps, Root } from './root.js';

const one = defineCompound<{ table: TableView; plan: PlanView; id: string }>('PolarPricingTable', 'Plan');

const listOf = (items: readonly (readonly [key: string, content: ReactNode])[]) =>
  items.length > 0 && items.map(([key, content]) => <li key={key}>{content}</li>);

/** An `<h2>`: the heading of the section. */
export const Title = table.part('Title', 'h2', (_, { words }) => ({ children: words.pricing.title }));

/** Stands in the place of the plans while there are none, and above them where it cannot be known what the buyer has. */
export const State = defineState(table, ({ pricing }) => pricing.empty);

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/**
 * A `<div role="radiogroup">` of a button for each interval; renders nothing where there is one interval. `children` renders what
 * is in a button: the interval and what it saves when absent.
 */
export const Intervals = table.part<'div', { children?: ((interval: IntervalView) => ReactNode) | undefined }>(
  'Intervals',
  'div',
  ({ view, setInterval }, texts, { children }) => {
    const { pricing } = texts.words;
    const content = (one: IntervalView) => (
      <>
        {`${intervalName(one, texts)} `}
        {one.saving && (
          <span data-polar="pricing-table-saving">
            {texts.fill(pricing.saving, { percent: texts.percent(one.saving) })}
          </span>
        )}
      </>
    );
    return {
      role: 'radiogroup',
      'aria-label': pricing.intervals,
      onKeyDown(event: KeyboardEvent<HTMLDivElement>) {
        const step = STEPS[event.key];
        if (!step) return;
        event.preventDefault();
        const radios = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=radio]')];
        const at = radios.findIndex((radio) => radio.tabIndex === 0);
        const next = radios.at((at + step) % radios.length);
        next?.focus();
        next?.click();
      },
      children:
        view &&
        view.intervals.length > 1 &&
        view.intervals.map((one) => {
          const isChosen = one.key === view.interval;
          return (
            <Part
              key={one.key}
              tag="button"
              role="radio"
              data-polar="pricing-table-interval-choice"
              aria-checked={isChosen}
              tabIndex={isChosen ? 0 : -1}
              onClick={() => setInterval(one.key)}
            >
              {(children ?? content)(one)}
            </Part>
          );
        }),
    };
  },
);

/** A `<div>` with a `<select>` of currencies; renders nothing where there is one currency. */
export const Currencies = table.part('Currencies', 'div', ({ view, setCurrency }, { words }) => ({
  children: view && view.currencies.length > 1 && (
    <select
      aria-label={words.pricing.currencies}
      value={view.currency}
      onChange={(event) => setCurrency(event.target.value)}
    >
      {view.currencies.map((currency) => (
        <option key={currency} value={currency}>
          {currency.toUpperCase()}
        </option>
      ))}
    </select>
  ),
}));

/** A `<ul>` of the plans. `children` renders one of them; a Plan when absent. */
export const List = table.part<'ul', { children?: ((plan: PlanView) => ReactNode) | undefined }>(
  'List',
  'ul',
  ({ view }, _, { children = (plan) => <Plan key={plan.product.productId} plan={plan} /> }) => ({
    children: view && view.plans.length > 0 && view.plans.map(children),
  }),
);

/**
 * An `<li>`: one plan. All parts below when there are no children. `data-state` is what it is to the buyer: `buy`, `current`,
 * `scheduled`, `upgrade`, `downgrade` or `switch`; `data-highlighted` stands on the recommended one.
 */
export const Plan = forwardRef(function Plan(
  { plan, ...props }: PartProps<'li'> & { plan: PlanView },
  ref: Ref<HTMLElement>,
) {
  const value = { table: table.use('PolarPricingTable.Plan'), plan, id: useId() };
  const parts = (
    <>
      <Name />
      <Badge />
      <Description />
      <Price />
      <Interval />
      <PriceNotes />
      <Quantity />
      <Total />
      <Features />
      <Action />
    </>
  );
  const own = {
    'data-state': plan.relation,
    'data-highlighted': plan.isHighlighted || undefined,
    'aria-labelledby': value.id,
    children: parts,
  };
  return one.frame(value, 'li', { ...own, ...props, ref });
});

/** An `<h3>`: the product's name. */
export const Name = one.part('Name', 'h3', ({ plan, id }) => ({
  id,
  children: plan.product.name,
}));

/** A `<p>`: the product's description; renders nothing without one. Polar's Markdown stays as it is. */
export const Description = one.part('Description', 'p', ({ plan }) => ({
  children: plan.product.description,
}));

/** A `<span>`: that the buyer has it (`current`), when it starts (`scheduled`), or that it is `highlighted`; `data-state` says which. */
export const Badge = one.part('Badge', 'span', ({ plan }, texts) => {
  const own = ownText(plan, texts);
  return {
    'data-state': own ? plan.relation : 'highlighted',
    children: own ?? (plan.isHighlighted && texts.words.pricing.highlighted),
  };
});

/** What is said of the plan that the buyer has, or will have. */
function ownText({ relation, startsAt }: PlanView, { words, fill, date }: Texts): string | undefined {
  if (relation === 'current') return words.pricing.current;
  return startsAt && fill(words.pricing.scheduled, { date: date(startsAt) });
}

/** A `<span>`: what it costs, for the fewest that are sold. `data-kind` says how it is priced. */
export const Price = one.part('Price', 'span', ({ plan: { price } }, texts) => ({
  'data-kind': price.kind,
  children: priceText(price, texts),
}));

/** A `<span>`: how often it is charged; renders nothing where it is not. */
export const Interval = one.part('Interval', 'span', ({ plan }, texts) => ({
  children: periodText(plan.price, texts),
}));

/** A `<ul>`: the trial, and how the price goes by number and by usage; renders nothing where there is nothing to say. */
export const PriceNotes = one.part('PriceNotes', 'ul', ({ plan }, texts) => {
  const { trial } = plan;
  const lines = priceLines(plan, texts);
  if (trial) lines.unshift(texts.fill(texts.words.pricing.trial, { duration: texts.lasting(trial.unit, trial.count) }));
  return { children: listOf(lines.map((line) => [line, line])) };
});

/** The number that is chosen, and how to choose another; one that is not sold becomes the nearest that is. */
export type QuantityChoice = PlanQuantity & { set: (value: number) => void };

/**
 * A `<div role="group">`: how many seats or units, by a field between two buttons; renders nothing where nothing can be chosen.
 * `children` renders what stands in it.
 */
export const Quantity = one.part<'div', { children?: ((quantity: QuantityChoice) => ReactNode) | undefined }>(
  'Quantity',
  'div',
  function useQuantity({ plan, id, table: { setQuantity } }, { words: { pricing, subscription } }, { children }) {
    // What is being typed need not be a number that is sold.
    const [typed, setTyped] = useState<string>();
    const { quantity } = plan;
    if (!quantity || quantity.min === quantity.max) return null;
    const { of, value, min, max } = quantity;
    const set = (next: number) => {
      setTyped(undefined);
      setQuantity(plan, clampQuantity(quantity, next));
    };
    const finish = () => typed !== undefined && set(typed === '' ? value : +typed);
    const step = (by: number, name: string, labels: { seats: string; units: string }) => (
      <button
        type="button"
        data-polar={`pricing-table-${name}`}
        aria-label={labels[of]}
        aria-disabled={value === (by < 0 ? min : max)}
        onClick={() => set(value + by)}
      >
        {by < 0 ? '-' : '+'}
      </button>
    );
    const stepper = () => (
      <>
        {step(-1, 'fewer', { seats: pricing.fewerSeats, units: pricing.fewerUnits })}
        <label>
          <span>{subscription[of]}</span>
          <input
            type="number"
            min={min}
            max={max === Infinity ? undefined : max}
            value={typed ?? value}
            onChange={({ target }) => {
              setTyped(target.value);
              const next = +target.value;
              if (clampQuantity(quantity, next) === next) setQuantity(plan, next);
            }}
            onBlur={finish}
            onKeyDown={({ key }) => key === 'Enter' && finish()}
          />
        </label>
        {step(1, 'more', { seats: pricing.moreSeats, units: pricing.moreUnits })}
      </>
    );
    return { role: 'group', 'aria-labelledby': id, children: (children ?? stepper)({ ...quantity, set }) };
  },
);

/**
 * A `<p aria-live>`: what the number that is chosen costs; renders nothing where it is not sold by number. `data-state` is `ready`,
 * `pending` while it is worked out, or `failed`; the last total stands until then, with its own number.
 */
export const Total = one.part(
  'Total',
  'p',
  ({ plan: { quantity, quote, quoteState } }, { words, fill, money, count }) => {
    const of = quantity?.of;
    const text = () =>
      of &&
      quote &&
      fill(words.pricing.total, {
        amount: money(quote.amount, quote.currency),
        quantity: count(words.pricing[of], quote[of] ?? 0),
      });
    return { 'aria-live': 'polite', 'data-state': quoteState, children: text() };
  },
);

/** A `<ul>`: the features by `featureLabels` of Root; renders nothing without any. */
export const Features = one.part('Features', 'ul', ({ plan, table: { featureLabels } }) => ({
  children: listOf(plan.product.features.map((feature) => [feature, featureLabels?.[feature] ?? feature])),
}));

/**
 * A `<button>` that leads to the plan: by a checkout, or by a change of the subscription. `aria-disabled` on the plan that the
 * buyer has, and while it is not known which that is. `data-state` is `idle`, `pending` or `error`. Without `onError` the
 * error stands in its place until the next try.
 */
export const Action = forwardRef<HTMLButtonElement, RedirectButtonProps>(function Action(
  { children, onClick, ...props },
  ref,
) {
  const { plan, id, table } = one.use('PolarPricingTable.Action');
  const { polar, organizationId, country, successUrl, returnUrl, isKnown, select } = table;
  const texts = useTexts();
  const { pricing, checkout } = texts.words;
  const { product, price, quantity, quote, relation, action, subscriptionId } = plan;
  const isOff = !isKnown || action === 'none';
  const buy = plan.trial ? pricing.startTrial : product.isRecurring ? pricing.subscribe : pricing.buy;
  const label = ownText(plan, texts) ?? { ...pricing, buy }[relation as 'upgrade'];
  return (
    <PolarCheckoutButton
      data-polar="pricing-table-action"
      data-relation={relation}
      aria-describedby={id}
      pendingChildren={checkout.opening}
      errorChildren={props.onError ? undefined : (error) => errorText(texts.words, error)}
      {...props}
      {...{ polar, organizationId, country, successUrl, returnUrl, subscriptionId, productId: product.productId }}
      seats={quantity?.of === 'seats' ? quantity.value : undefined}
      currency={quote && price.currency}
      aria-disabled={isOff || props['aria-disabled']}
      ref={ref}
      onClick={(event) => {
        if (isOff) return event.preventDefault();
        onClick?.(event);
        if (!event.defaultPrevented) select(plan, event);
      }}
    >
      {children ?? label}
    </PolarCheckoutButton>
  );
});

/** Renders its children for the plan whose change is being looked at; renders nothing of its own. */
export function Change({ children }: { children: (plan: PlanView, dismiss: () => void) => ReactNode }) {
  const { chosen, dismiss } = table.use('PolarPricingTable.Change');
  return <>{chosen && children(chosen, dismiss)}</>;
}
