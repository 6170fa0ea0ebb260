// Makes sure that who has signed in is a customer, once per user and tab.
import { asPolarError, type PolarError } from './errors.js';
import { recall, remember } from './tab.js';
import { userOf } from './token.js';

/** Of users whose customer was made sure of in this tab. */
const MARK = 'plinto_polar_customer:';

/** For whom it was done on this page, of each Plinto client. */
const done = new WeakMap<object, Set<string>>();

/** `token` is of who signed in, whoever is there by now. */
export async function ensureCustomer(
  token: Promise<string | null | undefined>,
  client: object,
  ensure: () => Promise<unknown>,
  onError: (error: PolarError) => void,
): Promise<void> {
  const users = done.get(client) ?? new Set();
  done.set(client, users);
  let user: string | null = null;
  try {
    user = userOf(await token);
    if (user === null || users.has(user) || recall(MARK + user)) return;
    users.add(user);
    await ensure();
    remember(MARK + user, '1');
  } catch (error) {
    // The next sign-in tries again.
    if (user !== null) users.delete(user);
    onError(asPolarError(error));
  }
}
