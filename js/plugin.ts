// Billing as a plugin of a Plinto client. The client is met by its shape, through its public methods only; nothing of
// Plinto is imported.
import { checkSettings } from './check-settings.js';
import { PolarClient } from './client.js';
import type { PolarError } from './errors.js';
import type { PolarSettings } from './settings.js';

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
  constructor(client: PlintoClientLike, config: PolarPluginConfig = {}) {
    const baseUrl = config.baseUrl ?? client.getConfig?.().baseURL;
    // Read at each request, and of the client: who calls it for another has no `this`.
    const getAccessToken = client.getAccessToken && (() => client.getAccessToken());
    super({ ...config, baseUrl, getAccessToken }, client);
    // On a server there is no session to do this once per.
    if (!config.createCustomerOnSignUp || typeof window === 'undefined') return;
    const { onError = console.warn } = config;
    const isKnown = makers.has(client);
    makers.set(client, () => this.ensureUser(client, onError));
    // A page may make a plugin at each render: the client gets one listener, and is asked once.
    if (isKnown) return;
    const run = () => makers.get(client)?.();
    client.on?.('auth:signedIn', run);
    run();
  }
}

/** Of each client: who makes sure of its customers. */
const makers = new WeakMap<PlintoClientLike, () => void>();

/** Makes the plugin. `install(client)` sets `client.polar` and returns it; installing twice gives the same one. */
export function createPolarPlugin(config: PolarPluginConfig = {}): {
  readonly name: 'polar';
  install(client: PlintoClientLike): PolarPlugin;
} {
  checkSettings(config);
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
