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
    let current = true;
    const load = async () => {
      const next = await readSession(client);
      if (current) setSession(next);
    };
    void load();
    const unsubscribe = [client.on('auth:signedIn', load), client.on('auth:signedOut', load)];
    return () => {
      current = false;
      for (const stop of unsubscribe) stop();
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
