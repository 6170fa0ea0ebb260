// Who is signed in, and which organizations they belong to.
import { useEffect, useState } from 'react';
import type { Organization, PlintoClient, User } from './plinto-client';

export type Session =
  | { kind: 'loading' }
  | { kind: 'signed-out' }
  | { kind: 'signed-in'; user: User; organizations: Organization[] }
  | { kind: 'failed'; message: string };

export function useSession(client: PlintoClient): Session {
  const [session, setSession] = useState<Session>({ kind: 'loading' });
  useEffect(() => {
    let asked = 0;
    const load = async () => {
      asked += 1;
      const mine = asked;
      // Nothing stays on the page of whoever was there before.
      setSession({ kind: 'loading' });
      const next = await readSession(client);
      if (mine === asked) setSession(next);
    };
    // The back button shows the page as it was left, maybe by somebody else.
    const restore = (event: PageTransitionEvent) => event.persisted && void load();
    void load();
    const stops = [client.on('auth:signedIn', load), client.on('auth:signedOut', load)];
    window.addEventListener('pageshow', restore);
    return () => {
      asked += 1;
      for (const stop of stops) stop();
      window.removeEventListener('pageshow', restore);
    };
  }, [client]);
  return session;
}

async function readSession(client: PlintoClient): Promise<Session> {
  try {
    const user = await client.getCurrentUser();
    if (user === null) return { kind: 'signed-out' };
    return { kind: 'signed-in', user, organizations: await client.getOrganizations() };
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}
