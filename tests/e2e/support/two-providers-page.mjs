// A page of an application with every part about a plan, for the organization and the country that its address names.
import { createPolarClient } from '@plinto/polar';
import {
  PolarCancel,
  PolarCheckoutReturn,
  PolarGate,
  PolarNotice,
  PolarOrders,
  PolarPlanChange,
  PolarPortalCard,
  PolarPricingTable,
  PolarProvider,
  PolarSubscription,
} from '@plinto/polar/react';
import { createElement as h } from 'react';
import { createRoot } from 'react-dom/client';

const asked = new URLSearchParams(location.search);
const [organizationId, country, currency] = ['organization', 'country', 'currency'].map((name) => {
  const value = asked.get(name) ?? sessionStorage[name];
  sessionStorage[name] = value;
  return value;
});

const polar = createPolarClient({
  ...{ organizationId, country },
  defaultSuccessUrl: `${location.origin}/?checkout_id={CHECKOUT_ID}`,
  getAccessToken: () => window.accessToken(),
});

createRoot(document.getElementById('root')).render(
  h(
    PolarProvider,
    { polar },
    h(PolarNotice),
    h(PolarCheckoutReturn),
    h(PolarSubscription),
    h(PolarCancel),
    h(PolarOrders),
    h(PolarPortalCard),
    h(PolarGate, { feature: 'api', fallback: h('p', null, 'Not in the plan.') }, h('p', null, 'In the plan.')),
    h(PolarPricingTable, { products: ['pro', 'kit'], defaultCurrency: currency }),
    h('div', { id: 'change' }, h(PolarPlanChange, { slug: 'business' })),
  ),
);
