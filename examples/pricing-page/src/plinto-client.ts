// A small browser client for Plinto, of the shape that Plinto's own has: sign-up, sign-in, tokens that renew themselves.

export interface User {
  id: string;
  email: string;
  display_name: string | null;
}

export interface Organization {
  id: string;
  name: string;
  is_owner: boolean;
  user_role: string | null;
}

export interface SignUp {
  email: string;
  password: string;
  name: string;
  organization_name?: string;
}

interface Tokens {
  access_token: string;
  refresh_token: string;
  expires_in: number;
}

/** A refusal by Plinto. */
export class PlintoError extends Error {
  constructor(
    message: string,
    readonly code: string,
    readonly statusCode: number,
  ) {
    super(message);
    this.name = 'PlintoError';
  }
}

type Events = {
  'auth:signedIn': Record<string, never>;
  'auth:signedOut': Record<string, never>;
  'token:refreshed': Record<string, never>;
};
type Handler = (payload: unknown) => void;

const keys = {
  access: 'plinto_access_token',
  refresh: 'plinto_refresh_token',
  expiresAt: 'plinto_token_expires_at',
} as const;
const renewBeforeMs = 30_000;

export class PlintoClient {
  readonly #config: { baseURL: string };
  readonly #handlers = new Map<string, Set<Handler>>();
  #renewing: Promise<string | null> | undefined;

  constructor(config: { baseURL: string }) {
    this.#config = config;
  }

  getConfig(): { baseURL: string } {
    return this.#config;
  }

  /** The access token, renewed when it is about to end; null when nobody is signed in. */
  async getAccessToken(): Promise<string | null> {
    const token = localStorage.getItem(keys.access);
    if (token === null) return null;
    const expiresAt = Number(localStorage.getItem(keys.expiresAt));
    if (expiresAt - Date.now() > renewBeforeMs) return token;
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async isAuthenticated(): Promise<boolean> {
    return (await this.getAccessToken()) !== null;
  }

  /** The signed-in user, or null. */
  async getCurrentUser(): Promise<User | null> {
    if (!(await this.isAuthenticated())) return null;
    try {
      return await this.#call<User>('GET', '/users/me');
    } catch (error) {
      if (!(error instanceof PlintoError) || error.statusCode !== 401) throw error;
      this.#forget();
      return null;
    }
  }

  async getOrganizations(): Promise<Organization[]> {
    return this.#call<Organization[]>('GET', '/organizations');
  }

  on(event: keyof Events, handler: Handler): () => void {
    const handlers = this.#handlers.get(event) ?? new Set();
    this.#handlers.set(event, handlers.add(handler));
    return () => handlers.delete(handler);
  }

  async signUp(account: SignUp): Promise<void> {
    this.#keep(await this.#call<Tokens>('POST', '/auth/signup', account));
    this.#emit('auth:signedIn', { user: {} });
  }

  async signIn(credentials: { email: string; password: string }): Promise<void> {
    this.#keep(await this.#call<Tokens>('POST', '/auth/signin', credentials));
    this.#emit('auth:signedIn', { user: {} });
  }

  /** Signs out here even when Plinto cannot be reached. */
  async signOut(): Promise<void> {
    await this.#call('POST', '/auth/signout').catch(() => undefined);
    this.#forget();
  }

  async #renew(): Promise<string | null> {
    try {
      const tokens = await this.#post<Tokens>('/auth/refresh', { refresh_token: localStorage.getItem(keys.refresh) });
      this.#keep(tokens);
      this.#emit('token:refreshed', {});
      return tokens.access_token;
    } catch (error) {
      if (!(error instanceof PlintoError) || error.statusCode !== 401) throw error;
      this.#forget();
      return null;
    }
  }

  #post<Value>(path: string, body: unknown): Promise<Value> {
    return this.#send<Value>('POST', path, body, null);
  }

  async #call<Value>(method: string, path: string, body?: unknown): Promise<Value> {
    return this.#send<Value>(method, path, body, await this.getAccessToken());
  }

  async #send<Value>(method: string, path: string, body: unknown, token: string | null): Promise<Value> {
    const answer = await fetch(`${this.#config.baseURL}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const value: unknown = await answer.json().catch(() => null);
    if (answer.ok) return value as Value;
    const { code, message } = (value as { error?: { code?: string; message?: string } } | null)?.error ?? {};
    throw new PlintoError(message ?? `Plinto answered ${answer.status}`, code ?? 'UNKNOWN', answer.status);
  }

  #keep(tokens: Tokens): void {
    localStorage.setItem(keys.access, tokens.access_token);
    localStorage.setItem(keys.refresh, tokens.refresh_token);
    localStorage.setItem(keys.expiresAt, String(Date.now() + tokens.expires_in * 1000));
  }

  #forget(): void {
    for (const key of Object.values(keys)) localStorage.removeItem(key);
    this.#emit('auth:signedOut', {});
  }

  #emit(event: keyof Events, payload: unknown): void {
    for (const handler of this.#handlers.get(event) ?? []) handler(payload);
  }
}
