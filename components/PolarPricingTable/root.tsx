'use client';
// The Root of PolarPricingTable: the price list, what the buyer has, and what was chosen of it, for the parts inside.
import { forwardRef, type MouseEvent, type ReactNode, type Ref, useEffect, useRef, useState } from 'react';
import type { PolarClient, ProductQuote } from '../../js/index.js';
import { type ChosenQuantity, type PlanView, type PricingView, pricingOf, quantityKey } from '../../js/pricing.js';
import { quoteProduct } from '../../js/quote.js';
import { defineCompound } from '../compound.js';
import { type Condition, conditionOf } from '../condition.js';
import { usePolar } from '../context.js';
import type { PartProps } from '../part.js';
import { useProducts } from '../useProducts.js';
import type { QueryResult, SubjectSource } from '../useQuery.js';
import { useSubscription } from '../useSubscription.js';
import { useVisit } from '../useVisit.js';

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
    /** Where the buyer is: two letters of ISO 3166-1. Default: the client's `country`. */
    country?: string | undefined;
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

export interface TableView
  extends Pick<PricingTableRootProps, 'organizationId' | 'country' | 'successUrl' | 'returnUrl' | 'featureLabels'> {
  polar: PolarClient;
  condition: Condition;
  query: Pick<QueryResult<unknown>, 'error' | 'refetch' | 'isFetching'>;
  view: PricingView | undefined;
  /** Whether it is known what the buyer has, so that nothing is sold twice. */
  isKnown: boolean;
  select: (plan: PlanView, event: MouseEvent) => void;
  /** The plan whose change is being looked at. */
  chosen: PlanView | undefined;
  choose: (plan: PlanView) => void;
  dismiss: () => void;
  setInterval: (key: string) => void;
  setCurrency: (currency: string) => void;
  setQuantity: (plan: PlanView, value: number) => void;
}

export const table = defineCompound<TableView>('PolarPricingTable');

/**
 * Fetches the price list, and what the buyer has, for the parts inside. Renders a `<section>`; `data-state` is `loading`, `error`,
 * `empty` or `ready`.
 */
export const Root = forwardRef(function Root(all: PricingTableRootProps, ref: Ref<HTMLElement>) {
  const {
    organizationId,
    client,
    polar: ownPolar,
    highlighted,
    products,
    defaultInterval,
    defaultCurrency,
    ...some
  } = all;
  const { country, successUrl, returnUrl, featureLabels, ...others } = some;
  const { onSelect, onChange, onSignIn, quoteProduct: quote, ...props } = others;
  const polar = usePolar({ client, polar: ownPolar }, '<PolarPricingTable>');
  const query = useProducts({ polar });
  const subscription = useSubscription({ polar, organizationId });
  const visit = useVisit(polar, organizationId);
  const [interval, setInterval] = useState<string>();
  const [currency, setCurrency] = useState<string>();
  const [quantities, setQuantities] = useState<Readonly<Record<string, ChosenQuantity>>>({});
  const [change, setChange] = useState<{ plan: PlanView; visit: string }>();
  const [quotes, ask] = useQuotes(quote);

  const input = { ...all, interval, currency, quantities, quotes, subscription: subscription.data };
  const view = query.data && pricingOf(query.data, input);
  useEffect(() => view?.plans.forEach(ask));

  const condition = conditionOf(query, () => !view?.plans.length);
  const isReady = condition === 'ready';
  const hasFailed = !!subscription.error && !subscription.data;
  const choose = (plan: PlanView) => setChange({ plan, visit });
  const value: TableView = {
    ...all,
    polar,
    condition: isReady && hasFailed ? 'error' : condition,
    query: isReady ? subscription : query,
    view,
    isKnown: !subscription.isLoading && !subscription.isConfirming && !hasFailed,
    select(plan, event) {
      onSelect?.(plan, event);
      if (event.defaultPrevented) return;
      const other = plan.action === 'change' ? (onChange ?? choose) : subscription.isSignedOut && onSignIn;
      if (!other) return;
      event.preventDefault();
      other(plan);
    },
    chosen: change?.visit === visit ? change.plan : undefined,
    choose,
    dismiss: () => setChange(undefined),
    setInterval,
    setCurrency,
    setQuantity: (plan, value) =>
      setQuantities((before) => ({ ...before, [quantityKey(plan.product)]: { value, from: plan } })),
  };
  return table.frame(value, 'section', { 'data-state': value.condition, ...props, ref });
});

/** Quotes beside those of the price list, each worked out once. */
function useQuotes(quote = quoteProduct) {
  const [quotes, setQuotes] = useState<ReadonlyMap<string, ProductQuote | null>>(new Map());
  const asked = useRef(new Set<string>());
  const ask = ({ product, price, quantity, quoteState, quoteKey }: PlanView) => {
    if (!quantity || quoteState !== 'pending' || asked.current.has(quoteKey)) return;
    asked.current.add(quoteKey);
    const settle = (found: ProductQuote | null) => setQuotes((before) => new Map(before).set(quoteKey, found));
    quote(product, price.currency, { [quantity.of]: quantity.value }).then(settle, () => settle(null));
  };
  return [quotes, ask] as const;
}
