// Chooses what is shown: the sign-in form, or the account of the signed-in user or one of their organizations.
import { useState } from 'react';
import { Account } from './Account';
import { AuthForm } from './AuthForm';
import type { PageConfig } from './config';
import type { PlintoClient } from './plinto-client';
import { readReturn } from './returned';
import { TopBar } from './TopBar';
import { useSession } from './use-session';

const returned = readReturn();

export function App({ client, config }: { client: PlintoClient; config: PageConfig }) {
  const session = useSession(client);
  const [chosen, setChosen] = useState<string | undefined>(returned.organizationId);

  if (session.kind === 'loading') return <main className="page" aria-busy="true" />;
  if (session.kind === 'failed') {
    return (
      <main className="page">
        <p className="notice notice-error" role="alert">
          Your account could not be loaded: {session.message}
        </p>
      </main>
    );
  }
  if (session.kind === 'signed-out') return <AuthForm client={client} />;

  const organization = session.organizations.find(({ id }) => id === chosen);
  return (
    <>
      <TopBar
        user={session.user}
        organizations={session.organizations}
        chosen={organization?.id}
        onChoose={setChosen}
        onSignOut={() => void client.signOut()}
      />
      <main className="page">
        <Account
          key={organization?.id ?? session.user.id}
          config={config}
          organization={organization}
          checkoutId={organization?.id === returned.organizationId ? returned.checkoutId : undefined}
        />
      </main>
    </>
  );
}
