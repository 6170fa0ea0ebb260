// What a page uses of the package, for the compiler alone.
import {
  createPolarClient,
  createPolarPlugin,
  isPolarError,
  type PlintoClientLike,
  type WithPolar,
} from '@plinto/polar';
import {
  PolarCheckoutButton,
  PolarCustomerPortal,
  PolarPricingTable,
  PolarProvider,
  useAccess,
  useSubscription,
} from '@plinto/polar/react';

export async function openCheckout(plinto: WithPolar<PlintoClientLike>): Promise<string> {
  try {
    const { checkoutUrl } = await plinto.polar.createCheckout({ slug: 'pro', metadata: { plan: 'pro', seats: 3 } });
    return checkoutUrl;
  } catch (error) {
    if (isPolarError(error, 'ORGANIZATION_ACCESS_DENIED')) return error.message;
    throw error;
  }
}

export const client = createPolarClient({ getAccessToken: async () => null });

export function Page({ plinto }: { plinto: PlintoClientLike }) {
  return (
    <PolarProvider client={plinto} plugin={createPolarPlugin()}>
      <PolarCheckoutButton slug="pro" className="buy" onError={(error) => error.code}>
        Buy
      </PolarCheckoutButton>
      <PolarCustomerPortal>Manage</PolarCustomerPortal>
      <PolarPricingTable />
      <Plan />
    </PolarProvider>
  );
}

function Plan() {
  const { data } = useSubscription();
  const { isAllowed } = useAccess({ feature: 'export' });
  return isAllowed ? <p>{data?.status}</p> : null;
}
