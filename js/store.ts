// What a page shows of the server, without a framework: one query for each question, shared by all that show its answer.
//
// Built for React's useSyncExternalStore, which any framework can play: subscribe, then read snapshots. A query belongs
// to the session of its client. Nothing of one user is in a snapshot once it is known that another one came, nor while it
// is not known who is there.
import type { PolarClient } from './client.js';
import { asPolarError, type PolarError } from './errors.js';
import type { DataOf, InputOf, ReadName } from './reads.js';
import type { Session, SessionEvent } from './session.js';
import type { CallOptions } from './types.js';

/** What is to be shown now. The same object until something changes. */
export interface Snapshot<Data> {
  /** The last answer; kept while it is fetched anew and when that fails. */
  readonly data: Data | undefined;
  /** Why the last fetch failed, until one succeeds. */
  readonly error: PolarError | undefined;
  /** Whether there is neither data nor error yet; true on the server and at the first render. */
  readonly isLoading: boolean;
  /** Whether a request is under way: the first one, or one that renews the data. */
  readonly isFetching: boolean;
  /** Whether nobody is signed in, so that nothing is asked. */
  readonly isSignedOut: boolean;
}

/** The snapshot before anything is known. */
export const LOADING: Snapshot<never> = {
  data: undefined,
  error: undefined,
  isLoading: true,
  isFetching: true,
  isSignedOut: false,
};
const SIGNED_OUT: Snapshot<never> = { ...LOADING, isLoading: false, isFetching: false, isSignedOut: true };

/** How long an answer is new enough not to be asked for again when something mounts or the page is returned to. */
const FRESH_MS = 5_000;

type Ask<Data> = (call: CallOptions) => Promise<Data>;

/** One question, and the answer for whoever is signed in. */
export class Query<Data> {
  readonly #session: Session;
  readonly #ask: Ask<Data>;
  readonly #listeners = new Set<() => void>();
  // One of its own, so that React sees a change when a component turns to another question.
  readonly #loading: Snapshot<never> = { ...LOADING };
  #snapshot: Snapshot<Data> = this.#loading;
  /** Whose answer the snapshot has. */
  #user: string | undefined;
  #answeredAt = Number.NEGATIVE_INFINITY;
  #running: { stop: AbortController; settled: Promise<void> } | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(session: Session, ask: Ask<Data>) {
    this.#session = session;
    this.#ask = ask;
  }

  /** Whether someone shows it. */
  get isShown(): boolean {
    return this.#listeners.size > 0;
  }

  /** Calls `listener` at every change until the function that is returned is called. The first one has the question asked. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    this.#unsubscribe ??= this.#session.subscribe(this.#onSession);
    this.#follow('user');
    if (this.#session.user === undefined) void this.#session.find();
    return () => {
      this.#listeners.delete(listener);
      // What is unmounted may be mounted again at once, as StrictMode does.
      queueMicrotask(() => {
        if (this.isShown) return;
        this.#stop();
        this.#unsubscribe?.();
        this.#unsubscribe = undefined;
      });
    };
  };

  readonly getSnapshot = (): Snapshot<Data> => {
    const { user, error } = this.#session;
    if (user === null) return SIGNED_OUT;
    if (user !== undefined) return user === this.#user ? this.#snapshot : this.#loading;
    return error ? failure(error) : this.#loading;
  };

  /** Fetches anew, in place of a fetch that is under way. Resolves when the snapshot is settled; never rejects. */
  readonly refetch = async (): Promise<void> => {
    if (this.#session.user === undefined) await this.#session.find();
    if (this.#session.user) this.#fetch();
    while (this.#running) await this.#running.settled;
  };

  readonly #onSession = (event: SessionEvent): void => {
    this.#follow(event);
    this.#tell();
  };

  #follow(event: SessionEvent): void {
    const { user } = this.#session;
    // Whoever is not known is not asked for.
    if (!user) this.#stop();
    if (user === undefined) return;
    if (user !== this.#user) {
      this.#stop();
      this.#user = user ?? undefined;
      this.#snapshot = this.#loading;
      this.#answeredAt = Number.NEGATIVE_INFINITY;
    }
    if (!user) return;
    const isOld = !this.#running && Date.now() - this.#answeredAt > FRESH_MS;
    if (isOld || event === 'changed' || (event === 'restored' && !this.#running)) this.#fetch();
  }

  /** Ends what is under way; it is asked again when it is wanted. */
  #stop(): void {
    if (!this.#running) return;
    this.#running.stop.abort();
    this.#running = undefined;
    this.#answeredAt = Number.NEGATIVE_INFINITY;
  }

  #fetch(): void {
    this.#running?.stop.abort();
    const stop = new AbortController();
    const running = { stop, settled: this.#request(stop.signal) };
    this.#running = running;
    this.#set({ ...this.#snapshot, isFetching: true });
  }

  async #request(signal: AbortSignal): Promise<void> {
    let next: Partial<Snapshot<Data>>;
    try {
      const data = await this.#ask({ signal });
      next = { data: sameOr(this.#snapshot.data, data), error: undefined };
    } catch (caught) {
      next = { error: asPolarError(caught) };
    }
    // An answer for somebody else, or for a component that is gone, or one that a later fetch overtook.
    if (signal.aborted) return;
    this.#running = undefined;
    this.#answeredAt = Date.now();
    this.#set({ ...this.#snapshot, ...next, isLoading: false, isFetching: false });
  }

  #set(snapshot: Snapshot<Data>): void {
    if (snapshot.isLoading) return;
    this.#snapshot = snapshot;
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

const stores = new WeakMap<Session, Map<string, Query<unknown>>>();
/** So many questions are kept of one session, beside those that are shown. */
const KEPT = 50;

/** The query of this read for the client's subject, or for the organization that `input` names. */
export function watch<Name extends ReadName>(
  polar: PolarClient,
  read: Name,
  input: InputOf<Name>,
): Query<DataOf<Name>> {
  const asked = { ...input, organizationId: input.organizationId ?? polar.organizationId };
  const key = polar.address + keyOf(read, asked);
  const store = stores.get(polar.session) ?? new Map<string, Query<unknown>>();
  stores.set(polar.session, store);
  const known = store.get(key);
  if (known) return known as Query<DataOf<Name>>;
  const ask = polar[read] as (input: InputOf<Name>, call: CallOptions) => Promise<DataOf<Name>>;
  const query = new Query<DataOf<Name>>(polar.session, (call) => ask.call(polar, asked, call));
  if (store.size >= KEPT) for (const [old, { isShown }] of store) if (!isShown) store.delete(old);
  store.set(key, query as Query<unknown>);
  return query;
}

/** Equal for equal questions, in whatever order their members are written. */
function keyOf(read: ReadName, input: object): string {
  return JSON.stringify([
    read,
    Object.entries(input)
      .filter(([, value]) => value !== undefined)
      .sort(),
  ]);
}

/** What is shown already, where the answer is no other: whoever compares by identity sees no change. */
function sameOr<Data>(before: Data | undefined, after: Data): Data {
  return before !== undefined && JSON.stringify(before) === JSON.stringify(after) ? before : after;
}

const failures = new WeakMap<PolarError, Snapshot<never>>();

function failure(error: PolarError): Snapshot<never> {
  const known = failures.get(error) ?? { ...LOADING, error, isLoading: false, isFetching: false };
  failures.set(error, known);
  return known;
}
