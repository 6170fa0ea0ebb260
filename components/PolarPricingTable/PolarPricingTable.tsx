'use client';
// The price list: plans with their prices, and a way to each from what the buyer has.
import { forwardRef } from 'react';
import { PolarPlanChange } from '../PolarPlanChange/PolarPlanChange.js';
import * as parts from './parts.js';

/**
 * The finished table: the parts with their own texts, in the usual order. Takes what `PolarPricingTable.Root` takes. Another plan
 * in place of one that is paid for is looked at in a dialog before it is made.
 */
const Whole = forwardRef<HTMLElement, parts.PricingTableRootProps>(function PolarPricingTable(props, ref) {
  return (
    <parts.Root {...props} ref={ref}>
      <parts.Title />
      <div data-polar="pricing-table-choices">
        <parts.Intervals />
        <parts.Currencies />
      </div>
      <parts.State />
      <parts.List />
      <parts.Change>
        {({ target }, dismiss) => (
          <PolarPlanChange
            open
            client={props.client}
            polar={props.polar}
            organizationId={props.organizationId}
            {...target}
            onClose={dismiss}
          />
        )}
      </parts.Change>
    </parts.Root>
  );
});

export const PolarPricingTable = /* @__PURE__ */ Object.assign(Whole, {
  Root: parts.Root,
  Title: parts.Title,
  State: parts.State,
  Intervals: parts.Intervals,
  Currencies: parts.Currencies,
  List: parts.List,
  Plan: parts.Plan,
  Name: parts.Name,
  Description: parts.Description,
  Badge: parts.Badge,
  Price: parts.Price,
  Interval: parts.Interval,
  PriceNotes: parts.PriceNotes,
  Quantity: parts.Quantity,
  Total: parts.Total,
  Features: parts.Features,
  Action: parts.Action,
  Change: parts.Change,
});
