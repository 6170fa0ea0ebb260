// The page of session-frames.test.tsx: one plan, of whoever is signed in, for the organization that is chosen.
import { createPolarPlugin } from '@plinto/polar';
import { PolarCheckoutButton, PolarProvider, useCheckout, useCustomerData } from '@plinto/polar/react';
import { StrictMode, useLayoutEffect, useMemo, useState } from 'react';
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
const leaks = new URLSearchParams(location.search).has('leak');
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
  const name = leaks ? last : own;
  return (
    <section data-plan={name}>
      <h1>{name ?? 'loading'}</h1>
      <p role="status">{state}</p>
      <PolarCheckoutButton slug="pro" />
    </section>
  );
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
    </PolarProvider>
  );
}

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
