// Chooses what is shown, and installs billing for whom it is about.
import { createPolarPlugin } from '@plinto/polar';
import { PolarProvider } from '@plinto/polar/react';
import { useEffect, useMemo } from 'react';
import { AuthForm } from './AuthForm';
import { go, successUrl, urlOf, useAddress } from './address';
import { BillingPage } from './BillingPage';
import { PlansPage } from './PlansPage';
import type { PlintoClient } from './plinto-client';
import { subjectOf } from './subject';
import { TopBar } from './TopBar';
import { useSession } from './use-session';
import { wordsFor } from './words';

const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();

export function App({ client }: { client: PlintoClient }) {
  const session = useSession(client);
  const { page, organizationId: chosen, checkoutId } = useAddress();
  const organizations = session.kind === 'signed-in' ? session.organizations : [];
  const subject = subjectOf(organizations.find(({ id }) => id === chosen));
  const { organizationId, name } = subject;

  const plugin = useMemo(
    () =>
      createPolarPlugin({
        organizationId,
        createCustomerOnSignUp: true,
        defaultSuccessUrl: successUrl(organizationId),
        defaultReturnUrl: urlOf({ page: 'billing', organizationId }),
        preload: 'idle',
      }),
    [organizationId],
  );
  const words = useMemo(() => wordsFor(name), [name]);

  const hasSignedIn = session.kind === 'signed-in' && page === 'sign-in';
  useEffect(() => {
    if (hasSignedIn) go({ page: 'plans', organizationId }, { replace: true });
  }, [hasSignedIn, organizationId]);

  if (session.kind === 'failed') {
    return (
      <main className="page">
        <p className="notice notice-error" role="alert">
          Your account could not be loaded: {session.message}
        </p>
      </main>
    );
  }
  if (session.kind === 'signed-out' && page !== 'plans') return <AuthForm client={client} />;
  const isKnown = session.kind !== 'loading';
  return (
    <PolarProvider client={client} plugin={plugin} localization={words} timeZone={timeZone}>
      <TopBar session={session} page={page} organizationId={organizationId} onSignOut={() => void client.signOut()} />
      <main className="page" key={organizationId} aria-busy={!isKnown}>
        {isKnown && page === 'plans' && <PlansPage subject={subject} />}
        {isKnown && page === 'billing' && <BillingPage subject={subject} checkoutId={checkoutId} />}
      </main>
    </PolarProvider>
  );
}
