// What members see who may read an organization's billing, and not manage it: the components' parts, without their buttons.
import { PolarNotice, PolarOrders, PolarPricingTable } from '@plinto/polar/react';
import type { ComponentProps } from 'react';

export function WhomToAsk({ name }: { name: string | undefined }) {
  return (
    <p className="notice">
      <span>
        <strong>An owner or admin of {name} manages its plan.</strong> Ask one of them to buy, change or cancel it.
      </span>
    </p>
  );
}

export function PlansToRead(props: ComponentProps<typeof PolarPricingTable.Root>) {
  return (
    <PolarPricingTable.Root {...props}>
      <PolarPricingTable.Title />
      <div className="choices">
        <PolarPricingTable.Intervals />
      </div>
      <PolarPricingTable.State />
      <PolarPricingTable.List>
        {(plan) => (
          <PolarPricingTable.Plan key={plan.product.productId} plan={plan}>
            <PolarPricingTable.Name />
            <PolarPricingTable.Badge />
            <PolarPricingTable.Description />
            <PolarPricingTable.Price />
            <PolarPricingTable.Interval />
            <PolarPricingTable.PriceNotes />
            <PolarPricingTable.Features />
          </PolarPricingTable.Plan>
        )}
      </PolarPricingTable.List>
    </PolarPricingTable.Root>
  );
}

export function NoticeToRead() {
  return (
    <PolarNotice.Root>
      <PolarNotice.Text />
      <PolarNotice.More />
    </PolarNotice.Root>
  );
}

export function OrdersToRead() {
  return (
    <PolarOrders.Root>
      <PolarOrders.Title />
      <PolarOrders.State />
      <PolarOrders.List>
        {(order) => (
          <PolarOrders.Item key={order.id} order={order}>
            <PolarOrders.Date />
            <PolarOrders.Description />
            <PolarOrders.Status />
            <PolarOrders.Amount />
          </PolarOrders.Item>
        )}
      </PolarOrders.List>
      <PolarOrders.Newer />
      <PolarOrders.Older />
    </PolarOrders.Root>
  );
}
