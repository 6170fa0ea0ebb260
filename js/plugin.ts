// Billing as a plugin of a Plinto client. The client is met by its shape, through its public methods only; nothing of
// Plinto is imported.
import { PolarClient } from './client.js';
import { asPolarError, type PolarError } from './errors.js';
import type { PolarSettings } from './settings.js';
import { recall, remember } from './tab.js';
import { userOf } from './token.js';

/** What the plugin needs of a Plinto (or Janua) client. */
export interface PlintoClientLike {
  /** The signed-in user's access token, or null. */
  getAccessToken(): Promise<string | null>;
  /** The client's own configuration; `baseURL` is where the gateway is looked for. */
  getConfig(): { baseURL?: string | undefined };
  /** Where present, `auth:signedIn`, `auth:signedOut`, `token:refreshed` and `token:expired` are listened for. */
  on?(event: string, handler: (payload: unknown) => void): unknown;
}

/** A Plinto client after `install`. */
export type WithPolar<Client extends PlintoClientLike = PlintoClientLike> = Client & { polar: PolarPlugin };

/** What `createPolarPlugin` takes. */
export interface PolarPluginConfig extends PolarSettings {
  /** The gateway's address, where it is not the Plinto client's `baseURL`. */
  baseUrl?: string | undefined;
  /**
   * In a browser, asks the server once per signed-in user and session to make sure that the customer exists. Default false.
   * Sign-in never waits for it and never fails because of it.
   */
  createCustomerOnSignUp?: boolean | undefined;
  /** Told what failed in the background (`createCustomerOnSignUp`). Default: `console.warn`. */
  onError?: ((error: PolarError) => void) | undefined;
}

/** Billing for the user of a Plinto client: `client.polar`. */
export class PolarPlugin extends PolarClient {
  readonly #onError: (error: PolarError) => void;

  constructor(client: PlintoClientLike, config: PolarPluginConfig = {}) {
    const baseUrl = config.baseUrl ?? client.getConfig().baseURL;
    super({ ...config, baseUrl, getAccessToken: () => client.getAccessToken() }, client);
    this.#onError = config.onError ?? ((error) => console.warn(error));
    // On a server there is no session to do this once per.
    if (!config.createCustomerOnSignUp || typeof window === 'undefined') return;
    const known = makers.get(client);
    const users = known?.users ?? new Set();
    makers.set(client, { users, ensure: () => void this.#ensureOnce(users) });
    // A page may make a plugin at each render: the client gets one listener, and is asked once.
    if (known) return;
    const ensure = () => makers.get(client)?.ensure();
    client.on?.('auth:signedIn', ensure);
    ensure();
  }

  async #ensureOnce(users: Set<string>): Promise<void> {
    let user: string | null = null;
    try {
      user = userOf(await this.session.token());
      if (user === null || users.has(user) || recall(MARK + user)) return;
      users.add(user);
      await this.ensureUser();
      remember(MARK + user, '1');
    } catch (error) {
      // The next sign-in tries again.
      if (user !== null) users.delete(user);
      this.#onError(asPolarError(error));
    }
  }
}

/** Of users whose customer was made sure of in this tab. */
const MARK = 'plinto_polar_customer:';

/** Of each client: who makes sure of its customers, and for whom it was done on this page. */
const makers = new WeakMap<PlintoClientLike, { users: Set<string>; ensure: () => void }>();

/** Makes the plugin. `install(client)` sets `client.polar` and returns it; installing twice gives the same one. */
export function createPolarPlugin(config: PolarPluginConfig = {}): {
  readonly name: 'polar';
  install(client: PlintoClientLike): PolarPlugin;
} {
  const installed = new WeakMap<PlintoClientLike, PolarPlugin>();
  return {
    name: 'polar',
    install(client) {
      const polar = installed.get(client) ?? new PolarPlugin(client, config);
      installed.set(client, polar);
      (client as WithPolar).polar = polar;
      return polar;
    },
  };
}
