// Who is signed in, as this page knows it. Plinto's events say that it changed, without saying who it is; that says the
// access token, at whatever time it is read. Nothing is fetched here, and nothing listened to before someone subscribes.
import { asPolarError, type PolarError } from './errors.js';
import { type GetAccessToken, readToken, userOf } from './token.js';

/**
 * What happened: `user` is another one or not known for now, the page was `returned` to (focus), was `restored` by the
 * back button, or the subject's plan was `changed` by a call.
 */
export type SessionEvent = 'user' | 'returned' | 'restored' | 'changed';

type Listener = (event: SessionEvent) => void;

/** What tells of sign-in and sign-out: a Plinto client, by its shape. */
interface Events {
  on?(event: string, handler: (payload: unknown) => void): unknown;
}

let visits = 0;

export class Session {
  /** Another number after another user came or the page was restored: what was begun before is not to be finished. */
  visit = ++visits;
  /** How often a call of this page has changed the subject's plan: what was asked before is old. */
  changes = 0;
  /** Why the token could not be read, while `user` is not known. */
  error: PolarError | undefined;

  readonly #getAccessToken: GetAccessToken;
  readonly #listeners = new Set<Listener>();
  #user: string | null | undefined;
  /** The last user who was known. */
  #known: string | null | undefined;
  // Tokens may arrive in another order than they were asked for, and after an event that makes them old.
  #asked = 0;
  #heard = 0;
  #finding: Promise<unknown> | undefined;

  constructor(getAccessToken: GetAccessToken, events: Events) {
    this.#getAccessToken = getAccessToken;
    if (typeof window === 'undefined') return;
    const on = (event: string, handler: () => unknown) => events.on?.(event, handler);
    on('auth:signedIn', () => {
      this.#doubt();
      void this.check();
    });
    on('auth:signedOut', () => this.#learn(null, this.#asked + 1));
    // Some clients emit them within getAccessToken(): the read that answers it must not lead to another.
    on('token:refreshed', () => this.find());
    on('token:expired', () => this.find());
  }

  /** The user's id; null when nobody is signed in; undefined while it is not known, and while nobody listens. */
  get user(): string | null | undefined {
    return this.#listeners.size > 0 ? this.#user : undefined;
  }

  /** Reads the access token, and learns from it who is signed in. */
  readonly token = async (): Promise<string | null | undefined> => {
    const asked = ++this.#asked;
    const token = await this.#getAccessToken();
    this.#learn(userOf(token), asked);
    return token;
  };

  /** Finds out who is signed in, tells of `event`, and returns the user. Never rejects. */
  async check(event?: SessionEvent): Promise<string | null | undefined> {
    try {
      await readToken(this.token);
    } catch (caught) {
      if (this.#user === undefined) {
        this.error = asPolarError(caught);
        this.tell('user');
      }
    }
    if (event) this.tell(event);
    return this.#user;
  }

  /** Finds out who is signed in, once for all who want to know. Never rejects. */
  find(): Promise<unknown> {
    this.#finding ??= this.check().finally(() => {
      this.#finding = undefined;
    });
    return this.#finding;
  }

  /** Calls `listener` at every event until the function that is returned is called. */
  readonly subscribe = (listener: Listener): (() => void) => {
    const first = this.#listeners.size === 0;
    this.#listeners.add(listener);
    if (first) {
      this.#listen('addEventListener');
      // What happened while nobody listened is not known.
      if (this.#user !== undefined) {
        this.#doubt();
        void this.check();
      }
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#listen('removeEventListener');
    };
  };

  tell(event: SessionEvent): void {
    if (event === 'changed') this.changes++;
    for (const listener of [...this.#listeners]) listener(event);
  }

  #learn(user: string | null, asked: number): void {
    if (asked < this.#heard) return;
    this.#heard = asked;
    this.error = undefined;
    if (user === this.#user) return;
    this.#user = user;
    if (this.#known !== undefined && this.#known !== user) this.visit = ++visits;
    this.#known = user;
    this.tell('user');
  }

  /** From now on it is not known who is signed in; what was asked for before does not say so. */
  #doubt(): void {
    this.#heard = this.#asked + 1;
    this.#user = undefined;
    this.tell('user');
  }

  #listen(change: 'addEventListener' | 'removeEventListener'): void {
    const types = ['pagehide', 'pageshow', 'focus', 'visibilitychange', 'storage'];
    for (const type of types) globalThis.window?.[change](type, this.#onPage);
  }

  readonly #onPage = (event: Event): void => {
    const { type, persisted, key } = event as PageTransitionEvent & StorageEvent;
    if (type.startsWith('page')) {
      // The page is kept as it is, and shown again at once to whoever goes back: nothing may stand in it then.
      if (!persisted) return;
      this.visit = ++visits;
      this.#doubt();
      if (type === 'pageshow') void this.check('restored');
    } else if (type === 'storage') {
      // Another tab signed in or out, of which the client in this one tells nothing.
      if (key === null || key.includes('token')) void this.check();
    } else if (!document.hidden) {
      void this.check('returned');
    }
  };
}

const sessions = new WeakMap<object, Session>();

/** The session of `owner`: one, however many clients are made for it. `owner` is a Plinto client, or `getAccessToken` itself. */
export function sessionOf(owner: object, getAccessToken: GetAccessToken): Session {
  const known = sessions.get(owner);
  if (known) return known;
  const session = new Session(getAccessToken, owner);
  sessions.set(owner, session);
  return session;
}
