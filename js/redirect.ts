// Takes the browser to a checkout or to the customer portal, if whoever asked for it is still there.
import { fail } from './errors.js';
import { setLeft } from './left.js';
import type { Session } from './session.js';

export interface Redirection {
  session: Session;
  /** The session's, when it was asked for. */
  visit: number;
  /** Of the client, and whom it is about. */
  address: string;
  organizationId: string | undefined;
  /** Opens the session at Polar. */
  open: () => Promise<readonly [url: string, checkoutId?: string]>;
  show: ((url: string, checkoutId: string) => unknown) | undefined;
  signal: AbortSignal | undefined;
}

/** Returns the address. Errors: those of `open`; CANCELED where whoever asked is gone; UPSTREAM_ANSWER_INVALID. */
export async function redirect(redirection: Redirection): Promise<string> {
  const { session, visit, address, organizationId, open, signal } = redirection;
  const { show = (url: string) => location.assign(url) } = redirection;
  // A worker of a page has an address too, but no page to lead elsewhere.
  if (typeof globalThis.location?.assign !== 'function') {
    fail({
      code: 'CONFIGURATION_INVALID',
      family: 'caller',
      message: 'Only a browser can be redirected. Send on the URL of createCheckout or getCustomerPortalUrl.',
    });
  }
  const [url, checkoutId] = await open();
  // The address comes from a server, but it must not become a script of this page.
  if (!/^https?:/i.test(url)) {
    fail({
      code: 'UPSTREAM_ANSWER_INVALID',
      family: 'remote',
      message: 'The server answered an address that is not http(s).',
    });
  }
  // Nobody is taken to what somebody else has opened, or to what they have left.
  const user = await session.check();
  if (signal?.aborted || visit !== session.visit) {
    fail({ code: 'CANCELED', family: 'caller', message: 'Whoever asked is gone.' });
  }
  setLeft({ user, address, organizationId, checkoutId, at: Date.now(), page: performance.timeOrigin });
  await show(url, checkoutId as string);
  return url;
}
