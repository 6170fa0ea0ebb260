'use client';
// The parts of PolarPricingTable: the plans of an interval, each with its price, and a way to it from what the buyer has.
import {
  type FC,
  forwardRef,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react';
import type { PolarClient, PolarError } from '../../js/index.js';
import {
  type ChosenQuantity,
  clampQuantity,
  type IntervalView,
  intervalName,
  type PlanQuantity,
  type PlanView,
  type PricingView,
  periodText,
  priceLines,
  priceText,
  pricingOf,
  quantityInput,
  quantityKey,
} from '../../js/pricing.js';
import { quoteProduct } from '../../js/quote.js';
import type { ProductQuote } from '../../js/types.js';
import { type Condition, conditionOf, defineState } from '../condition.js';
import { usePolar } from '../context.js';
import { PolarCheckoutButton } from '../PolarCheckoutButton.js';
import { definePart, definePartContext, Part, type PartProps, type Tag } from '../part.js';
import type { RedirectButtonProps } from '../RedirectButton.js';
import { useProducts } from '../useProducts.js';
import type { QueryResult, SubjectSource } from '../useQuery.js';
import { useSubscription } from '../useSubscription.js';
import { useTexts } from '../useTexts.js';
import { useVisit } from '../useVisit.js';

interface TableView extends Pick<PricingTableRootProps, 'featureLabels' | 'successUrl' | 'returnUrl'> {
  polar: PolarClient;
  organizationId: string | undefined;
  condition: Condition;
  query: Pick<QueryResult<unknown>, 'error' | 'refetch' | 'isFetching'>;
  view: PricingView | undefined;
  /** Whether it is known what the buyer has, so that nothing is sold twice. */
  isKnown: boolean;
  visit: string;
  /** The plan whose change is being looked at. */
  chosen: PlanView | undefined;
  choose: (plan: PlanView, event: MouseEvent) => void;
  dismiss: () => void;
  setInterval: (key: string) => void;
  setCurrency: (currency: string) => void;
  setQuantity: (plan: PlanView, value: number) => void;
}

const Table = definePartContext<TableView>('PolarPricingTable.Root');
const One = definePartContext<{ plan: PlanView; id: string }>('PolarPricingTable.Plan');

/** A part whose children are made of values. */
type PartOf<T extends Tag, Value> = FC<
  Omit<PartProps<T>, 'children'> & {
    children?: ((value: Value) => ReactNode) | undefined;
    ref?: Ref<HTMLElement> | undefined;
  }
>;

/** What is shown to whom, what happens on the way, and any prop of a `<section>`. */
export type PricingTableRootProps = SubjectSource &
  Omit<PartProps<'section'>, 'onSelect' | 'onChange'> & {
    /** The slug or the id of the product that is recommended; products of its tier are too. Default: none. */
    highlighted?: string | undefined;
    /** The interval that is shown first to who has no subscription: `month`, `year`, `3 month`, `once`. Default: the first one. */
    defaultInterval?: string | undefined;
    /** The currency that is shown first to who has no subscription, such as `usd`. Default: the first one. */
    defaultCurrency?: string | undefined;
    /** Slugs or ids of the products to show, in this order. Default: all of the price list. */
    products?: readonly string[] | undefined;
    /** Where buyers land after paying. Default: the client's `defaultSuccessUrl`. */
    successUrl?: string | undefined;
    /** Where the checkout's back button leads. Default: none. */
    returnUrl?: string | undefined;
    /** What features are called, by their names in `PRODUCTS`. Default: these names. */
    featureLabels?: Readonly<Record<string, ReactNode>> | undefined;
    /** Called first when a plan is chosen. `event.preventDefault()` in it stops the rest. */
    onSelect?: ((plan: PlanView, event: MouseEvent) => void) | undefined;
    /** Changes the subscription to this plan. Default: `Change` shows its children. */
    onChange?: ((plan: PlanView) => void) | undefined;
    /** Has somebody sign in who wants this plan. Default: a checkout is opened, which the server may refuse. */
    onSignIn?: ((plan: PlanView) => void) | undefined;
    /** Works out totals for other numbers than the fewest. Default: the core does. */
    quoteProduct?: typeof quoteProduct | undefined;
  };

/**
 * Fetches the price list, and what the buyer has, for the parts inside. Renders a `<section>`; `data-state` is `loading`, `error`,
 * `empty` or `ready`.
 */
export const Root = forwardRef(function Root(props: PricingTableRootProps, ref: Ref<HTMLElement>) {
  const {
    organizationId,
    client,
    polar: own,
    highlighted,
    products,
    defaultInterval,
    defaultCurrency,
    ...others
  } = props;
  const { successUrl, returnUrl, featureLabels, onSelect, onChange, onSignIn, quoteProduct: quote, ...rest } = others;
  const polar = usePolar({ client, polar: own }, '<PolarPricingTable>');
  const query = useProducts({ polar });
  const subscription = useSubscription({ polar, organizationId });
  const visit = useVisit(polar, organizationId);
  const [interval, setInterval] = useState<string>();
  const [currency, setCurrency] = useState<string>();
  const [quantities, setQuantities] = useState<Readonly<Record<string, ChosenQuantity>>>({});
  const [{ plan, of }, setChosen] = useState<{ plan?: PlanView; of?: string }>({});
  const chosen = of === visit ? plan : undefined;
  const dismiss = () => setChosen({});

  const [quotes, ask] = useQuotes(quote);
  const list = query.data;
  const defaults = { defaultInterval, defaultCurrency, highlighted, products };
  const view =
    list && pricingOf(list, { ...defaults, interval, currency, quantities, quotes, subscription: subscription.data });
  useEffect(() => view?.plans.forEach(ask));

  const condition = conditionOf(query, () => view?.plans.length === 0);
  const hasFailed = subscription.error && !subscription.data;
  const table: TableView = {
    ...{
      polar,
      organizationId,
      successUrl,
      returnUrl,
      featureLabels,
      view,
      visit,
      chosen,
      dismiss,
      setInterval,
      setCurrency,
    },
    condition: condition === 'ready' && hasFailed ? 'error' : condition,
    query: condition === 'ready' ? subscription : query,
    isKnown: !subscription.isLoading && !subscription.isConfirming && !hasFailed,
    choose(plan, event) {
      onSelect?.(plan, event);
      if (event.defaultPrevented) return;
      const signIn = subscription.isSignedOut ? onSignIn : undefined;
      const act = signIn ?? (plan.action === 'change' && (onChange ?? ((plan) => setChosen({ plan, of: visit }))));
      if (!act) return;
      event.preventDefault();
      act(plan);
    },
    setQuantity(plan, value) {
      setQuantities((before) => ({ ...before, [quantityKey(plan.product)]: { value, from: plan } }));
    },
  };
  return (
    <Table.Provider value={table}>
      <Part tag="section" data-polar="pricing-table" data-state={table.condition} {...rest} ref={ref} />
    </Table.Provider>
  );
});

/** Quotes beside those of the price list, each worked out once. */
function useQuotes(quote = quoteProduct) {
  const [quotes, setQuotes] = useState<ReadonlyMap<string, ProductQuote | null>>(new Map());
  const asked = useRef(new Set<string>());
  const ask = ({ product, price, quantity, quoteState, quoteKey }: PlanView) => {
    if (!quantity || quoteState !== 'pending' || asked.current.has(quoteKey)) return;
    asked.current.add(quoteKey);
    const settle = (found: ProductQuote | null) => setQuotes((before) => new Map(before).set(quoteKey, found));
    quote(product, price.currency, quantityInput(quantity)).then(settle, () => settle(null));
  };
  return [quotes, ask] as const;
}

/** An `<h2>`: the heading of the section. */
export const Title = definePart('PolarPricingTable.Title', 'h2', function useTitle(props) {
  const { words } = useTexts();
  return { children: words.pricing.title, ...props };
});

/** Stands in the place of the plans while there are none, and above them while it is not known what the buyer has. */
export const State = defineState('PolarPricingTable.State', function useTableState(part) {
  const { words } = useTexts();
  return { ...Table.use(part), empty: words.pricing.empty };
});

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/**
 * A `<div role="radiogroup">` of a button for each interval; renders nothing where there is one interval. `children` renders what
 * is in a button: the interval and what it saves when absent.
 */
export const Intervals = definePart('PolarPricingTable.Intervals', 'div', function useIntervals(props) {
  const { children, onKeyDown, ...rest } = props as PartProps<'div'> & {
    children?: (interval: IntervalView) => ReactNode;
  };
  const { view, setInterval } = Table.use('PolarPricingTable.Intervals');
  const texts = useTexts();
  const { pricing } = texts.words;
  if (!view || view.intervals.length < 2) return null;
  const content = (one: IntervalView) => (
    <>
      {intervalName(one, texts)}
      {one.saving !== null && (
        <>
          {' '}
          <span data-polar="pricing-table-saving">
            {texts.fill(pricing.saving, { percent: texts.percent(one.saving) })}
          </span>
        </>
      )}
    </>
  );
  return {
    role: 'radiogroup',
    'aria-label': pricing.intervals,
    ...rest,
    onKeyDown: (event: KeyboardEvent<HTMLDivElement>) => {
      onKeyDown?.(event);
      const step = STEPS[event.key];
      if (event.defaultPrevented || !step) return;
      event.preventDefault();
      const radios = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=radio]')];
      const at = radios.findIndex(
        (radio) => radio.ariaChecked === 'true' || radio.getAttribute('aria-checked') === 'true',
      );
      const next = radios[(at + step + radios.length) % radios.length];
      next?.focus();
      next?.click();
    },
    children: view.intervals.map((one) => {
      const isChosen = one.key === view.interval;
      return (
        <Part
          key={one.key}
          tag="button"
          role="radio"
          data-polar="pricing-table-interval-choice"
          data-state={isChosen ? 'checked' : 'unchecked'}
          aria-checked={isChosen}
          tabIndex={isChosen ? 0 : -1}
          onClick={() => setInterval(one.key)}
        >
          {(children ?? content)(one)}
        </Part>
      );
    }),
  };
}) as PartOf<'div', IntervalView>;

/** A `<div>` with a `<select>` of currencies; renders nothing where there is one currency. */
export const Currencies = definePart('PolarPricingTable.Currencies', 'div', function useCurrencies(props) {
  const { view, setCurrency } = Table.use('PolarPricingTable.Currencies');
  const { words } = useTexts();
  if (!view || view.currencies.length < 2) return null;
  return {
    children: (
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
    ...props,
  };
});

/** A `<ul>` of the plans. `children` renders one of them; a Plan when absent. */
export const List = definePart('PolarPricingTable.List', 'ul', function useList(props) {
  const { view } = Table.use('PolarPricingTable.List');
  const { children, ...rest } = props as PartProps<'ul'> & { children?: (plan: PlanView) => ReactNode };
  const render = children ?? ((plan) => <Plan key={plan.product.productId} plan={plan} />);
  return view?.plans.length ? { ...rest, children: view.plans.map(render) } : null;
}) as PartOf<'ul', PlanView>;

/**
 * An `<li>`: one plan. All parts below when there are no children. `data-state` is what it is to the buyer: `buy`, `current`,
 * `scheduled`, `upgrade`, `downgrade` or `switch`; `data-highlighted` stands on the recommended one.
 */
export const Plan = forwardRef(function Plan(
  { plan, ...props }: PartProps<'li'> & { plan: PlanView },
  ref: Ref<HTMLElement>,
) {
  const id = useId();
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
  return (
    <One.Provider value={{ plan, id }}>
      <Part
        tag="li"
        data-polar="pricing-table-plan"
        data-state={plan.relation}
        data-highlighted={plan.isHighlighted || undefined}
        aria-labelledby={id}
        {...{ children: parts, ...props }}
        ref={ref}
      />
    </One.Provider>
  );
});

/** An `<h3>`: the product's name. */
export const Name = definePart('PolarPricingTable.Name', 'h3', function useName(props) {
  const { plan, id } = One.use('PolarPricingTable.Name');
  return { id, children: plan.product.name, ...props };
});

/** A `<p>`: the product's description; renders nothing without one. Polar's Markdown stays as it is. */
export const Description = definePart('PolarPricingTable.Description', 'p', function useDescription(props) {
  const { description } = One.use('PolarPricingTable.Description').plan.product;
  return description ? { children: description, ...props } : null;
});

/** A `<span>`: `current`, when it is `scheduled` to start, or that it is `highlighted`, which `data-state` says; else nothing. */
export const Badge = definePart('PolarPricingTable.Badge', 'span', function useBadge(props) {
  const { plan } = One.use('PolarPricingTable.Badge');
  const { words } = useTexts();
  const own = useOwn(plan);
  const state = own ? plan.relation : 'highlighted';
  return own || plan.isHighlighted
    ? { 'data-state': state, children: own ?? words.pricing.highlighted, ...props }
    : null;
});

/** What is said of the plan that the buyer has, or will have. */
function useOwn({ relation, startsAt }: PlanView): string | undefined {
  const { words, fill, date } = useTexts();
  if (relation === 'current') return words.pricing.current;
  return startsAt && fill(words.pricing.scheduled, { date: date(startsAt) });
}

/** A `<span>`: what it costs, for the fewest that are sold. `data-kind` says how it is priced. */
export const Price = definePart('PolarPricingTable.Price', 'span', function usePrice(props) {
  const { price } = One.use('PolarPricingTable.Price').plan;
  const children = priceText(price, useTexts());
  return children ? { 'data-kind': price.kind, children, ...props } : null;
});

/** A `<span>`: how often it is charged; renders nothing where it is not. */
export const Interval = definePart('PolarPricingTable.Interval', 'span', function useInterval(props) {
  const children = periodText(One.use('PolarPricingTable.Interval').plan.price, useTexts());
  return children ? { children, ...props } : null;
});

/** A `<ul>`: how the price goes by number and by usage, and the trial; renders nothing where there is nothing to say. */
export const PriceNotes = definePart('PolarPricingTable.PriceNotes', 'ul', function usePriceNotes(props) {
  const { plan } = One.use('PolarPricingTable.PriceNotes');
  const texts = useTexts();
  const { trial } = plan;
  const duration = trial && texts.lasting(trial.unit, trial.count);
  const lines = priceLines(plan, texts);
  if (duration) lines.unshift(texts.fill(texts.words.pricing.trial, { duration }));
  return lines.length ? { children: lines.map((line) => <li key={line}>{line}</li>), ...props } : null;
});

/**
 * A `<div role="group">`: how many seats or units, by a field between two buttons; renders nothing where nothing can be chosen.
 * `children` renders what stands in it.
 */
export const Quantity = definePart('PolarPricingTable.Quantity', 'div', function useQuantity(props) {
  const { children, ...rest } = props as PartProps<'div'> & { children?: (quantity: QuantityChoice) => ReactNode };
  const { plan, id } = One.use('PolarPricingTable.Quantity');
  const { setQuantity } = Table.use('PolarPricingTable.Quantity');
  const { pricing, subscription } = useTexts().words;
  // What is being typed need not be a number that is sold.
  const [typed, setTyped] = useState<string>();
  const { quantity } = plan;
  if (!quantity || quantity.min === quantity.max) return null;
  const { of, value, min, max } = quantity;
  const set = (next: number) => {
    setTyped(undefined);
    setQuantity(plan, clampQuantity(quantity, next));
  };
  const finish = () => typed !== undefined && set(typed === '' ? value : Number(typed));
  const step = (by: number, name: string, label: string, sign: string) => (
    <button
      type="button"
      data-polar={`pricing-table-${name}`}
      aria-label={label}
      aria-disabled={clampQuantity(quantity, value + by) === value}
      onClick={() => set(value + by)}
    >
      {sign}
    </button>
  );
  const isSeats = of === 'seats';
  const stepper = (
    <>
      {step(-1, 'fewer', isSeats ? pricing.fewerSeats : pricing.fewerUnits, '-')}
      <label>
        <span>{isSeats ? subscription.seats : subscription.units}</span>
        <input
          type="number"
          min={min}
          max={max === Infinity ? undefined : max}
          value={typed ?? value}
          onChange={({ target }) => {
            setTyped(target.value);
            const next = Number(target.value);
            if (clampQuantity(quantity, next) === next) setQuantity(plan, next);
          }}
          onBlur={finish}
          onKeyDown={({ key }) => key === 'Enter' && finish()}
        />
      </label>
      {step(1, 'more', isSeats ? pricing.moreSeats : pricing.moreUnits, '+')}
    </>
  );
  return {
    role: 'group',
    'aria-labelledby': id,
    ...rest,
    children: children ? children({ ...quantity, set }) : stepper,
  };
}) as PartOf<'div', QuantityChoice>;

/** The number that is chosen, and how to choose another; one that is not sold becomes the nearest that is. */
export type QuantityChoice = PlanQuantity & { set: (value: number) => void };

/**
 * A `<p aria-live>`: what the number that is chosen costs; renders nothing where it is not sold by number. `data-state` is `ready`,
 * `pending` while it is worked out, or `failed`; the last total stands until then, with its own number.
 */
export const Total = definePart('PolarPricingTable.Total', 'p', function useTotal(props) {
  const { quantity, quote, quoteState } = One.use('PolarPricingTable.Total').plan;
  const { words, fill, money, count } = useTexts();
  if (!quantity || !quote) return null;
  const { of } = quantity;
  const values = { amount: money(quote.amount, quote.currency), quantity: count(words.pricing[of], quote[of] ?? 0) };
  return { 'aria-live': 'polite', 'data-state': quoteState, children: fill(words.pricing.total, values), ...props };
});

/** A `<ul>`: the features by `featureLabels` of Root; renders nothing without any. */
export const Features = definePart('PolarPricingTable.Features', 'ul', function useFeatures(props) {
  const { features } = One.use('PolarPricingTable.Features').plan.product;
  const { featureLabels } = Table.use('PolarPricingTable.Features');
  const items = features.map((feature) => <li key={feature}>{featureLabels?.[feature] ?? feature}</li>);
  return items.length ? { children: items, ...props } : null;
});

/**
 * A `<button>` that leads to the plan: by a checkout, or by a change of the subscription. `aria-disabled` on the plan that the
 * buyer has, and while it is not known which that is. `data-state` is `idle`, `pending` or `error`. Without `onError` the error
 * stands in its place until it is pressed again.
 */
export const Action = forwardRef<HTMLButtonElement, RedirectButtonProps>(function Action(
  { children, onClick, onError, ...props },
  ref,
) {
  const { plan, id } = One.use('PolarPricingTable.Action');
  const { polar, organizationId, successUrl, returnUrl, isKnown, visit, choose } =
    Table.use('PolarPricingTable.Action');
  const { pricing, checkout } = useTexts().words;
  const [failed, setFailed] = useState<{ error?: PolarError; of?: string }>({});
  const own = useOwn(plan);
  const { product, price, quantity, quote, relation, action, subscriptionId, trial } = plan;
  const isOff = !isKnown || action === 'none';
  const buy = product.isRecurring ? pricing.subscribe : pricing.buy;
  const label =
    relation === 'current' || relation === 'scheduled'
      ? own
      : relation !== 'buy'
        ? pricing[relation]
        : trial
          ? pricing.startTrial
          : buy;
  return (
    <PolarCheckoutButton
      data-polar="pricing-table-action"
      data-relation={relation}
      aria-describedby={id}
      pendingChildren={checkout.opening}
      {...props}
      {...{ polar, organizationId, successUrl, returnUrl }}
      productId={product.productId}
      subscriptionId={subscriptionId}
      seats={quantity?.of === 'seats' ? quantity.value : undefined}
      currency={quote && price.currency}
      aria-disabled={isOff || props['aria-disabled']}
      ref={ref}
      onClick={(event) => {
        if (isOff) return event.preventDefault();
        onClick?.(event);
        if (event.defaultPrevented) return;
        setFailed({});
        choose(plan, event);
      }}
      onError={onError ?? ((error) => setFailed({ error, of: visit }))}
    >
      {children ?? ((failed.of === visit && failed.error?.message) || label)}
    </PolarCheckoutButton>
  );
});

/** Renders its children for the plan whose change is being looked at; renders nothing of its own. */
export function Change({ children }: { children: (plan: PlanView, dismiss: () => void) => ReactNode }) {
  const { chosen, dismiss } = Table.use('PolarPricingTable.Change');
  return <>{chosen && children(chosen, dismiss)}</>;
}
