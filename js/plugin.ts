// Billing as a plugin of a Plinto client. The client is met by its shape, through its public methods only; nothing of
// Plinto is imported.
import { PolarClient, type PolarSettings } from './client.js';
import { asPolarError, type PolarError } from './errors.js';

/** What the plugin needs of a Plinto (or Janua) client. */
export interface PlintoClientLike {
  /** The signed-in user's access token, or null. */
  getAccessToken(): Promise<string | null>;
  /** The client's own configuration; `baseURL` is where the gateway is looked for. */
  getConfig(): { baseURL?: string | undefined };
  /** Where present, `auth:signedIn` is listened for. */
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
  readonly #client: PlintoClientLike;
  readonly #onError: (error: PolarError) => void;
  readonly #ensured = new Set<string>();

  constructor(client: PlintoClientLike, config: PolarPluginConfig = {}) {
    super({
      ...config,
      baseUrl: config.baseUrl ?? client.getConfig().baseURL,
      getAccessToken: () => client.getAccessToken(),
    });
    this.#client = client;
    this.#onError = config.onError ?? ((error) => console.warn(error));
    // On a server there is no session to do this once per.
    if (!config.createCustomerOnSignUp || typeof window === 'undefined') return;
    client.on?.('auth:signedIn', () => void this.#ensureOnce());
    void this.#ensureOnce();
  }

  async #ensureOnce(): Promise<void> {
    let user: string | undefined;
    try {
      const token = await this.#client.getAccessToken();
      if (!token) return;
      user = readSubject(token);
      if (this.#ensured.has(user) || isMarked(user)) return;
      this.#ensured.add(user);
      await this.ensureUser();
      setMark(user);
    } catch (error) {
      // The next sign-in tries again.
      if (user !== undefined) this.#ensured.delete(user);
      this.#onError(asPolarError(error));
    }
  }
}

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

/** The token's `sub`, unverified: it only tells users apart. */
function readSubject(token: string): string {
  try {
    const payload = (token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/');
    return String((JSON.parse(atob(payload)) as { sub?: unknown }).sub);
  } catch {
    return 'unknown';
  }
}

const MARK = 'plinto_polar_customer:';

// Session storage may be refused by the browser; then the page's own memory has to do.
function isMarked(user: string): boolean {
  try {
    return sessionStorage.getItem(MARK + user) !== null;
  } catch {
    return false;
  }
}

function setMark(user: string): void {
  try {
    sessionStorage.setItem(MARK + user, '1');
  } catch {}
}
