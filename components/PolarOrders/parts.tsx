'use client';
// The parts of PolarOrders: what was charged, a page at a time, each order with its invoice.
import { forwardRef, type ReactNode, type Ref, useMemo, useState } from 'react';
import type { CustomerOrder, CustomerOrders, PolarError } from '../../js/index.js';
import { type Condition, conditionOf, defineState } from '../condition.js';
import { usePolar } from '../context.js';
import { definePart, definePartContext, Part, type PartProps } from '../part.js';
import { useAction } from '../useAction.js';
import { useOrders } from '../useOrders.js';
import type { QueryResult, SubjectSource } from '../useQuery.js';
import { useTexts } from '../useTexts.js';
import { openTab } from './open-tab.js';

interface OrdersView {
  condition: Condition;
  query: QueryResult<CustomerOrders>;
  source: SubjectSource;
  newer: (() => void) | undefined;
  older: (() => void) | undefined;
}

const Orders = definePartContext<OrdersView>('PolarOrders.Root');
const Order = definePartContext<CustomerOrder>('PolarOrders.Item');

/** Whose orders, where the client comes from, and any prop of a `<section>`. */
export type OrdersRootProps = SubjectSource &
  PartProps<'section'> & {
    /** Orders on a page: 1 to 100. Default 10. */
    limit?: number | undefined;
  };

/** Fetches the orders for the parts inside. Renders a `<section>`; `data-state` is `loading`, `error`, `signed-out`, `empty` or `ready`. */
export const Root = forwardRef(function Root(
  { organizationId, client, polar: own, limit = 10, ...props }: OrdersRootProps,
  ref: Ref<HTMLElement>,
) {
  const polar = usePolar({ client, polar: own }, '<PolarOrders>');
  // Where the pages before this one begin; the first has no cursor.
  const [before, setBefore] = useState<readonly (string | undefined)[]>([]);
  const [cursor, setCursor] = useState<string>();
  const query = useOrders({ polar, organizationId, limit, cursor });
  const condition = conditionOf(query, ({ items }) => items.length === 0);
  const next = query.data?.nextCursor;
  const view = useMemo<OrdersView>(
    () => ({
      condition,
      query,
      source: { polar, organizationId },
      newer: before.length
        ? () => {
            setCursor(before.at(-1));
            setBefore(before.slice(0, -1));
          }
        : undefined,
      older: next
        ? () => {
            setBefore([...before, cursor]);
            setCursor(next);
          }
        : undefined,
    }),
    [condition, query, polar, organizationId, before, cursor, next],
  );
  return (
    <Orders.Provider value={view}>
      <Part
        tag="section"
        data-polar="orders"
        data-state={condition}
        aria-busy={query.isFetching}
        {...props}
        ref={ref}
      />
    </Orders.Provider>
  );
});

/** An `<h2>`: the heading of the section. */
export const Title = definePart('PolarOrders.Title', 'h2', function useTitle(props) {
  const { words } = useTexts();
  return { children: words.orders.title, ...props };
});

/** Stands in the place of the list while there is none: loading, failed (with a button that tries again), empty, signed out. */
export const State = defineState('PolarOrders.State', function useOrdersState(part) {
  const { words } = useTexts();
  return { ...Orders.use(part), empty: words.orders.empty };
});

/** An `<ol>` of orders, the newest first. `children` renders one of them; an Item when absent. */
export const List = definePart<'ol', { children?: ((order: CustomerOrder) => ReactNode) | undefined }>(
  'PolarOrders.List',
  'ol',
  function useList({ children = (order) => <Item key={order.id} order={order} />, ...props }) {
    const { condition, query } = Orders.use('PolarOrders.List');
    return condition === 'ready' ? { ...props, children: query.data?.items.map(children) } : null;
  },
);

/** An `<li>`: one order. Date, Description, Status, Amount and Invoice when there are no children. `data-status` is Polar's word. */
export const Item = forwardRef(function Item(
  { order, ...props }: PartProps<'li'> & { order: CustomerOrder },
  ref: Ref<HTMLElement>,
) {
  const parts = (
    <>
      <OrderDate />
      <Description />
      <Status />
      <Amount />
      <Invoice />
    </>
  );
  return (
    <Order.Provider value={order}>
      <Part tag="li" data-polar="orders-item" data-status={order.status} {...{ children: parts, ...props }} ref={ref} />
    </Order.Provider>
  );
});

/** A `<span>`: the day of the order. */
export const OrderDate = definePart('PolarOrders.Date', 'span', function useDate(props) {
  const texts = useTexts();
  return { children: texts.date(Order.use('PolarOrders.Date').createdAt), ...props };
});

/** A `<span>`: what it was for: the product and why it was charged. */
export const Description = definePart('PolarOrders.Description', 'span', function useDescription(props) {
  const { words } = useTexts();
  const { productName, billingReason } = Order.use('PolarOrders.Description');
  const reason = (words.orders as Record<string, string>)[billingReason] ?? billingReason;
  return { children: productName ? `${productName} · ${reason}` : reason, ...props };
});

/** A `<span>`: where it stands, and what was paid back. */
export const Status = definePart('PolarOrders.Status', 'span', function useStatus(props) {
  const texts = useTexts();
  const { status, refundedAmount = 0, refundedTaxAmount = 0, currency } = Order.use('PolarOrders.Status');
  const refunded = refundedAmount + refundedTaxAmount;
  const word = (texts.words.orders as Record<string, string>)[status] ?? status;
  const amount = texts.money(refunded, currency);
  const children = refunded > 0 && status !== 'refunded' ? texts.fill(texts.words.orders.refund, { amount }) : word;
  return { 'data-status': status, children, ...props };
});

/** A `<span>`: the total with tax. */
export const Amount = definePart('PolarOrders.Amount', 'span', function useAmount(props) {
  const { totalAmount, currency } = Order.use('PolarOrders.Amount');
  return { children: useTexts().money(totalAmount, currency), ...props };
});

/**
 * A `<button>` that opens the invoice in another tab. `data-state` is `idle`, `pending` or `error`. Without `onError` the error
 * stands in its place until it is pressed again.
 */
export const Invoice = definePart<'button', { onError?: ((error: PolarError) => void) | undefined }>(
  'PolarOrders.Invoice',
  'button',
  function useInvoice({ onError, onClick, children, ...props }) {
    const order = Order.use('PolarOrders.Invoice');
    const { source } = Orders.use('PolarOrders.Invoice');
    const polar = usePolar(source);
    const { words } = useTexts();
    const { state, running, start } = useAction(polar, source.organizationId);
    // A draft was never charged.
    if (order.status === 'draft' || order.status === 'void') return null;
    const isPending = state.name === 'pending';
    return {
      'data-state': state.name,
      'aria-busy': isPending || undefined,
      'aria-disabled': isPending || props['aria-disabled'],
      ...props,
      children: children ?? (isPending ? words.common.loading : (state.error?.message ?? words.orders.invoice)),
      onClick: async (event: React.MouseEvent<HTMLButtonElement>) => {
        onClick?.(event);
        if (event.defaultPrevented || running.current) return;
        const tab = openTab();
        const error = await start(async (call) => tab.show((await polar.getInvoice(order.id, source, call)).url));
        if (!error) return;
        tab.close();
        onError?.(error);
      },
    };
  },
);

/** A `<button>` for the page of newer orders; renders nothing on the first one. */
export const Newer = definePart('PolarOrders.Newer', 'button', function useNewer(props) {
  const { newer } = Orders.use('PolarOrders.Newer');
  return usePager(newer, useTexts().words.orders.newer, props);
});

/** A `<button>` for the page of older orders; renders nothing on the last one. */
export const Older = definePart('PolarOrders.Older', 'button', function useOlder(props) {
  const { older } = Orders.use('PolarOrders.Older');
  return usePager(older, useTexts().words.orders.older, props);
});

function usePager(turn: (() => void) | undefined, text: string, { onClick, ...props }: PartProps<'button'>) {
  if (!turn) return null;
  return {
    children: text,
    ...props,
    onClick: (event: React.MouseEvent<HTMLButtonElement>) => {
      onClick?.(event);
      if (!event.defaultPrevented) turn();
    },
  };
}
