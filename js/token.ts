// The access token: how it is read, and whose it is.
import { fail } from './errors.js';

/** Returns the Plinto access token of the signed-in user, or null when nobody is signed in. Asked before each request. */
export type GetAccessToken = () => Promise<string | null | undefined> | string | null | undefined;

/** Reads the token. Errors: TOKEN_MISSING. */
export async function readToken(getAccessToken: GetAccessToken): Promise<string | null | undefined> {
  try {
    return await getAccessToken();
  } catch (cause) {
    return fail({
      code: 'TOKEN_MISSING',
      family: 'caller',
      message: 'The access token could not be read: getAccessToken() failed. Sign in again.',
      cause,
    });
  }
}

/**
 * Whose token it is: its `sub`, unverified, since it only tells users apart. A token that cannot be read is a user of its
 * own, told apart by its end, which opens nothing; null is nobody.
 */
export function userOf(token: string | null | undefined): string | null {
  if (!token) return null;
  try {
    const payload = (token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/');
    const { sub } = JSON.parse(atob(payload)) as { sub?: unknown };
    if (sub) return String(sub);
  } catch {}
  return token.slice(-16);
}
