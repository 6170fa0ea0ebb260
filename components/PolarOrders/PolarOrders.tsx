'use client';
// What was charged, with invoices and refunds.
import { forwardRef } from 'react';
import * as parts from './parts.js';

/** The finished list: the parts with their own texts, in the usual order. Takes what `PolarOrders.Root` takes. */
const Whole = forwardRef<HTMLElement, parts.OrdersRootProps>(function PolarOrders(props, ref) {
  return (
    <parts.Root {...props} ref={ref}>
      <parts.Title />
      <parts.State />
      <parts.List />
      <div data-polar="orders-pages">
        <parts.Newer />
        <parts.Older />
      </div>
    </parts.Root>
  );
});

export const PolarOrders = /* @__PURE__ */ Object.assign(Whole, {
  Root: parts.Root,
  Title: parts.Title,
  State: parts.State,
  List: parts.List,
  Item: parts.Item,
  Date: parts.OrderDate,
  Description: parts.Description,
  Status: parts.Status,
  Amount: parts.Amount,
  Invoice: parts.Invoice,
  Newer: parts.Newer,
  Older: parts.Older,
});
