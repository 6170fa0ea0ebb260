'use client';
// The parts of PolarOrders: what was charged, a page at a time, each order with its invoice.
import { forwardRef, type MouseEvent, type ReactNode, type Ref, useState } from 'react';
import { errorText, logError } from '../../js/error-text.js';
import type { CustomerOrder, CustomerOrders, PolarClient, PolarError } from '../../js/index.js';
import { isWaiting } from '../../js/waiting.js';
import { defineCompound } from '../compound.js';
import { type Condition, conditionOf, defineState } from '../condition.js';
import { usePolar } from '../context.js';
import { definePart, type PartProps } from '../part.js';
import { useAction } from '../useAction.js';
import { useOrders } from '../useOrders.js';
import { useProducts } from '../useProducts.js';
import type { QueryResult, SubjectSource } from '../useQuery.js';
import { useTexts } from '../useTexts.js';
import { openTab } from './open-tab.js';

interface OrdersView {
  condition: Condition;
  query: QueryResult<CustomerOrders>;
  polar: PolarClient;
  organizationId: string | undefined;
  newer: (() => void) | undefined;
  older: (() => void) | undefined;
}

const orders = defineCompound<OrdersView>('PolarOrders');
const one = defineCompound<CustomerOrder>('PolarOrders', 'Item');

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
  // Where this page begins, and before it the pages that lead here; the first has no cursor.
  const [[cursor, ...before], setPages] = useState<readonly (string | undefined)[]>([undefined]);
  const query = useOrders({ polar, organizationId, limit, cursor });
  const condition = conditionOf(query, ({ items }) => !items.length);
  const next = query.data?.nextCursor;
  const view: OrdersView = {
    condition,
    query,
    polar,
    organizationId,
    newer: before.length ? () => setPages(before) : undefined,
    older: next ? () => setPages([next, cursor, ...before]) : undefined,
  };
  return orders.frame(view, 'section', { 'data-state': condition, 'aria-busy': query.isFetching, ...props, ref });
});

/** An `<h2>`: the heading of the section. */
export const Title = orders.part('Title', 'h2', (_, { words }) => ({ children: words.orders.title }));

/** Stands in the place of the list while there is none: loading, failed (with a button that tries again), empty, signed out. */
export const State = defineState(orders, (words) => words.orders.empty);

/** An `<ol>` of orders, the newest first. `children` renders one of them; an Item when absent. */
export const List = orders.part<'ol', { children?: ((order: CustomerOrder) => ReactNode) | undefined }>(
  'List',
  'ol',
  ({ condition, query }, _, { children = (order) => <Item key={order.id} order={order} /> }) =>
    condition === 'ready' && { children: query.data?.items.map(children) },
);

/** An `<li>`: one order. Date, Description, Status, Amount and Invoice when there are no children. `data-status` is Polar's word. */
export const Item = forwardRef(function Item(
  { order, ...props }: PartProps<'li'> & { order: CustomerOrder },
  ref: Ref<HTMLElement>,
) {
  const children = (
    <>
      <OrderDate />
      <Description />
      <Status />
      <Amount />
      <Invoice />
    </>
  );
  return one.frame(order, 'li', { 'data-status': order.status, children, ...props, ref });
});

/** A word of a list that Polar may extend. */
const wordOf = (words: object, name: string): string => (words as Record<string, string>)[name] ?? name;

/** A `<span>`: the day of the order. */
export const OrderDate = one.part('Date', 'span', ({ createdAt }, { date }) => ({ children: date(createdAt) }));

/** The name in the price list: not everybody who takes payments knows it. */
function Listed({ productId, children }: { productId: string; children: (name?: string) => string }) {
  const { polar } = orders.use('PolarOrders.Description');
  const { data } = useProducts({ polar });
  return <>{children(data?.items.find((product) => product.productId === productId)?.name)}</>;
}

/** A `<span>`: what it was for: the product and why it was charged. */
export const Description = one.part('Description', 'span', ({ productId, productName, billingReason }, { words }) => {
  const text = (name?: string) => [name, wordOf(words.orders, billingReason)].filter(Boolean).join(' \u00b7 ');
  return { children: productId && !productName ? <Listed productId={productId}>{text}</Listed> : text(productName) };
});

/** A `<span>`: where it stands, and what was paid back. */
export const Status = one.part('Status', 'span', (order, { words, fill, money }) => {
  const { status, refundedAmount = 0, refundedTaxAmount = 0, currency } = order;
  const amount = refundedAmount + refundedTaxAmount;
  const isPart = amount > 0 && status !== 'refunded';
  const word = isWaiting(order) ? words.checkout.waiting : wordOf(words.orders, status);
  return {
    'data-status': status,
    children: isPart ? fill(words.orders.refund, { amount: money(amount, currency) }) : word,
  };
});

/** A `<span>`: the total with tax. */
export const Amount = one.part('Amount', 'span', ({ totalAmount, currency }, { money }) => ({
  children: money(totalAmount, currency),
}));

/**
 * A `<button>` that opens the invoice in another tab. `data-state` is `idle`, `pending` or `error`. What failed stands in its
 * place until it is pressed again; `onError` is told too, else the console.
 */
export const Invoice = definePart<'button', { onError?: ((error: PolarError) => void) | undefined }>(
  'PolarOrders.Invoice',
  'button',
  function useInvoice({ onError, onClick, ...props }) {
    const order = one.use('PolarOrders.Invoice');
    const { polar, organizationId } = orders.use('PolarOrders.Invoice');
    const { words } = useTexts();
    const { state, running, start } = useAction(polar, organizationId);
    // A draft was never charged.
    if (order.status === 'draft' || order.status === 'void' || isWaiting(order)) return null;
    const isPending = state.name === 'pending';
    const failed = state.error && errorText(words, state.error);
    return {
      'data-state': state.name,
      'aria-busy': isPending || undefined,
      'aria-live': 'polite',
      children: isPending ? words.common.loading : (failed ?? words.orders.invoice),
      ...props,
      'aria-disabled': isPending || props['aria-disabled'],
      onClick: async (event: MouseEvent<HTMLButtonElement>) => {
        if (running.current) return;
        onClick?.(event);
        if (event.defaultPrevented) return;
        const tab = openTab();
        const error = await start(async (call) =>
          tab.show((await polar.getInvoice(order.id, { organizationId }, call)).url),
        );
        if (!error) return;
        tab.close();
        logError(error, onError);
      },
    };
  },
);

/** A `<button>` for the page of newer orders; renders nothing on the first one. */
export const Newer = orders.part(
  'Newer',
  'button',
  ({ newer: onClick }, { words }) => onClick && { onClick, children: words.orders.newer },
);

/** A `<button>` for the page of older orders; renders nothing on the last one. */
export const Older = orders.part(
  'Older',
  'button',
  ({ older: onClick }, { words }) => onClick && { onClick, children: words.orders.older },
);
