// The page of session-frames.test.tsx: every component that shows something of a customer, of whoever is signed in, for the
// organization that is chosen.
import { createPolarPlugin } from '@plinto/polar';
import {
  PolarCancel,
  PolarCheckoutButton,
  PolarGate,
  PolarNotice,
  PolarOrders,
  PolarPortalCard,
  PolarPricingTable,
  PolarProvider,
  PolarSubscription,
  useCheckout,
  useCustomerData,
} from '@plinto/polar/react';
import { type ReactNode, StrictMode, useEffect, useLayoutEffect, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { PlintoClient, tokenOf } from '../../js/support/people.ts';

declare global {
  interface Window {
    /** Of whom something may stand in the document: `user organization`. */
    subject: string;
    app: { signIn(user: string): void; signOut(): void; choose(organization: string): void };
  }
}

/** A client whose token outlives the page, as Plinto's does. */
class StoredClient extends PlintoClient {
  override async getAccessToken(): Promise<string | null> {
    return localStorage.getItem('plinto_access_token');
  }
}

const client = new StoredClient(location.origin);
/** What is planted: `name`, or a component that leaves behind what it showed last. */
const leak = new URLSearchParams(location.search).get('leak');
let user = new URLSearchParams(location.search).get('user') ?? '';
let organization = '';
let last: string | undefined;

const say = () => {
  window.subject = `${user} ${organization}`;
};

function Plan() {
  const { data } = useCustomerData();
  const { state } = useCheckout();
  const own = data?.subscriptions[0]?.productName;
  // What many a hook does: the last data, while the next are on their way.
  last = own ?? last;
  const name = leak === 'name' ? last : own;
  return (
    <section data-plan={name}>
      <h1>{name ?? 'loading'}</h1>
      <p role="status">{state}</p>
      <PolarCheckoutButton slug="plan-1">Buy</PolarCheckoutButton>
    </section>
  );
}

const watched: Readonly<Record<string, ReactNode>> = {
  notice: <PolarNotice />,
  subscription: <PolarSubscription />,
  cancel: <PolarCancel />,
  pricing: <PolarPricingTable />,
  orders: <PolarOrders />,
  portal: <PolarPortalCard />,
  gate: <PolarGate feature="export">{({ tier }) => <p>{tier}</p>}</PolarGate>,
};

/** Keeps what a component said of somebody, as one with a state of its own would. */
function Stale({ name }: { name: string }) {
  const [html, keep] = useState('');
  useEffect(() => {
    let frame = requestAnimationFrame(function look() {
      const shown = document.querySelector(`[data-watched="${name}"]`)?.innerHTML ?? '';
      if (/21\d\d|-\w{12} \w{8}-|data-state="current"/.test(shown)) keep(shown);
      frame = requestAnimationFrame(look);
    });
    return () => cancelAnimationFrame(frame);
  }, [name]);
  // biome-ignore lint/security/noDangerouslySetInnerHtml: a copy of what the page shows itself.
  return <div dangerouslySetInnerHTML={{ __html: html }} />;
}

function App() {
  const [chosen, choose] = useState('0c9bb4a6-2f5e-4f36-8a1c-3f1f6b1d9a77');
  const plugin = useMemo(() => createPolarPlugin({ organizationId: chosen }), [chosen]);
  useLayoutEffect(() => {
    organization = chosen;
    say();
    window.app = {
      choose,
      signIn(next) {
        user = next;
        localStorage.setItem('plinto_access_token', tokenOf(next));
        client.emit('auth:signedIn');
        say();
      },
      signOut() {
        user = '';
        localStorage.removeItem('plinto_access_token');
        client.emit('auth:signedOut');
        say();
      },
    };
  }, [chosen]);
  return (
    <PolarProvider client={client} plugin={plugin}>
      <Plan />
      {Object.entries(watched).map(([name, component]) => (
        <div key={name} data-watched={name}>
          {component}
        </div>
      ))}
      {leak !== null && leak in watched && <Stale name={leak} />}
    </PolarProvider>
  );
}

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
