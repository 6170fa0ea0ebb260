// People who sign in, and a Plinto client of the shape that Plinto's own has, with tokens at hand.

export const ADA = '5f1c1a52-7d3f-4a52-9b0e-0a51c2d3e4f5';
export const BOB = '9e2d2b63-8e40-4b63-8c1f-1b62d3e4f5a6';

let made = 0;

/** A new access token of this user. */
export function tokenOf(sub: string): string {
  made += 1;
  return `${btoa('{"alg":"HS256"}')}.${btoa(JSON.stringify({ sub, jti: `${made}` }))}.signature`;
}

type Handler = (payload: never) => void;

/** The public methods of a Plinto client that matter here. */
export class PlintoClient {
  token: string | null = null;
  readonly #handlers = new Map<string, Handler[]>();

  constructor(readonly baseURL: string) {}

  async getAccessToken(): Promise<string | null> {
    return this.token;
  }

  getConfig(): { baseURL: string; timeout: number } {
    return { baseURL: this.baseURL, timeout: 30_000 };
  }

  on(event: string, handler: Handler): () => void {
    this.#handlers.set(event, [...(this.#handlers.get(event) ?? []), handler]);
    return () => {};
  }

  /** How many listen to an event. */
  listeners(event: string): number {
    return this.#handlers.get(event)?.length ?? 0;
  }

  emit(event: string): void {
    for (const handler of this.#handlers.get(event) ?? []) handler({ user: {} } as never);
  }

  signIn(sub: string): void {
    this.token = tokenOf(sub);
    this.emit('auth:signedIn');
  }

  signOut(): void {
    this.token = null;
    this.emit('auth:signedOut');
  }

  refresh(sub: string): void {
    this.token = tokenOf(sub);
    this.emit('token:refreshed');
  }
}
