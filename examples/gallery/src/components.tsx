// The components that the gallery shows, each as a page would use it.
import {
  PolarCancel,
  PolarCheckoutButton,
  PolarCheckoutReturn,
  PolarCustomerPortal,
  PolarGate,
  PolarNotice,
  PolarOrders,
  PolarPaywall,
  PolarPlanChange,
  PolarPortalCard,
  PolarPricingTable,
  PolarSubscription,
} from '@plinto/polar/react';
import { type ReactNode, useState } from 'react';

export interface Component {
  /** As the address has it. */
  name: string;
  what: string;
  show: (scene: { scenario: string; checkoutId: string | undefined }) => ReactNode;
}

const featureLabels = {
  api: 'API access',
  export: 'Export to every format',
  rooms: 'Rooms for guests',
};

/** What the scenario's person may want to change to. */
function target(scenario: string) {
  if (scenario === 'team') return { seats: 20 };
  return {
    slug: ({ long: 'y', euro: 'long-name', free: 'pro', trial: 'pro' } as Record<string, string>)[scenario] ?? 'studio',
  };
}

function PlanChangeDialog({ scenario }: { scenario: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" data-polar="plan-change-open" onClick={() => setOpen(true)}>
        Change plan
      </button>
      <PolarPlanChange {...target(scenario)} open={isOpen} onClose={() => setOpen(false)} />
    </>
  );
}

/** A checkout within the page. */
function Embedded() {
  const [bought, setBought] = useState<string>();
  return (
    <>
      <PolarCheckoutButton
        data-polar="checkout-button"
        mode="embed"
        slug="handbook"
        successUrl={location.href}
        onSuccess={({ checkout }) => setBought(checkout?.status ?? 'not known yet')}
      >
        Buy the handbook here
      </PolarCheckoutButton>
      {bought && <p role="status">The checkout: {bought}</p>}
    </>
  );
}

export const components: readonly Component[] = [
  { name: 'notice', what: 'PolarNotice', show: () => <PolarNotice /> },
  {
    name: 'subscription',
    what: 'PolarSubscription with PolarCancel',
    show: ({ scenario }) => (
      <PolarSubscription>
        <PlanChangeDialog scenario={scenario} />
        <PolarCancel />
      </PolarSubscription>
    ),
  },
  { name: 'change', what: 'PolarPlanChange', show: ({ scenario }) => <PolarPlanChange {...target(scenario)} /> },
  {
    name: 'pricing',
    what: 'PolarPricingTable',
    show: () => <PolarPricingTable highlighted="pro" featureLabels={featureLabels} />,
  },
  { name: 'orders', what: 'PolarOrders', show: () => <PolarOrders /> },
  { name: 'portal', what: 'PolarPortalCard', show: () => <PolarPortalCard /> },
  { name: 'panel', what: 'PolarCustomerPortal as a panel', show: () => <PolarCustomerPortal variant="panel" /> },
  {
    name: 'gate',
    what: 'PolarGate with PolarPaywall',
    show: () => (
      <PolarGate
        feature="export"
        fallback={
          <PolarPaywall feature="Export">
            <PolarCheckoutButton data-polar="checkout-button" slug="pro">
              Get Pro
            </PolarCheckoutButton>
          </PolarPaywall>
        }
      >
        <p>What the plan opens.</p>
      </PolarGate>
    ),
  },
  {
    name: 'return',
    what: 'PolarCheckoutReturn',
    show: ({ checkoutId }) => checkoutId && <PolarCheckoutReturn checkoutId={checkoutId} />,
  },
  { name: 'cancel', what: 'PolarCancel', show: () => <PolarCancel /> },
  { name: 'embed', what: 'PolarCheckoutButton within the page', show: () => <Embedded /> },
  {
    name: 'buttons',
    what: 'Buttons',
    show: () => (
      <div className="row">
        <PolarCheckoutButton data-polar="checkout-button" slug="pro">
          Subscribe to Pro
        </PolarCheckoutButton>
        <PolarCustomerPortal data-polar="portal-button" />
      </div>
    ),
  },
];
