// The components that the gallery shows. `npm run gallery -- --check` opens each of them in each scenario.
import { PolarCheckoutButton, PolarCustomerPortal, PolarOrders } from '@plinto/polar/react';
import type { ReactNode } from 'react';

export interface Component {
  /** As the address has it. */
  name: string;
  what: string;
  show: (scene: { scenario: string }) => ReactNode;
}

export const components: readonly Component[] = [
  {
    name: 'buttons',
    what: 'Buttons',
    show: () => (
      <>
        <PolarCheckoutButton slug="pro">Subscribe to Pro</PolarCheckoutButton> <PolarCustomerPortal />
      </>
    ),
  },
  { name: 'orders', what: 'PolarOrders', show: () => <PolarOrders /> },
];
