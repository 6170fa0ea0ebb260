// What a page shows of the server, without a framework: one query for each question, shared by all that show its answer.
//
// Built for React's useSyncExternalStore, which any framework can play: subscribe, then read snapshots. A query belongs
// to the session of its client. Nothing of one user is in a snapshot once it is known that another one came, nor while it
// is not known who is there.
import type { PolarClient } from './client.js';
import { asPolarError, type PolarError } from './errors.js';
import { ask, askedOf, type InitialState, initialSnapshot, keyOf } from './initial-state.js';
import { type DataOf, type InputOf, isPublic, type ReadName } from './reads.js';
import type { Session, SessionEvent } from './session.js';
import { LOADING, SIGNED_OUT, type Snapshot } from './snapshot.js';
import type { CallOptions } from './types.js';

/**
 * How long an answer is new enough not to be asked for again when something mounts or the page is returned to. The price
 * list is five minutes old at the server anyway.
 */
const FRESH_MS = 5_000;
const FRESH_PUBLIC_MS = 60_000;

type Ask<Data> = (call: CallOptions) => Promise<Data>;

/** One question, and the answer for whoever is signed in. */
export class Query<Data> {
  readonly #session: Session;
  readonly #ask: Ask<Data>;
  /** Whether everybody gets the same answer. */
  readonly isPublic: boolean;
  readonly #listeners = new Set<() => void>();
  // One of its own, so that React sees a change when a component turns to another question.
  readonly #loading: Snapshot<never> = { ...LOADING };
  #snapshot: Snapshot<Data> = this.#loading;
  /** Whose answer the snapshot has. */
  #user: string | undefined;
  #answeredAt = Number.NEGATIVE_INFINITY;
  /** The session's `changes` when it was asked last. */
  #changes = 0;
  #running: { stop: AbortController; settled: Promise<void> } | undefined;
  #unsubscribe: (() => void) | undefined;
  /** The snapshot is the one that the server has rendered: it stands in the document before it is known who is there. */
  #isInitial = false;

  /** `isPublic`: everybody gets the same answer. `initial`: what the server has rendered, and for whom. */
  constructor(
    session: Session,
    ask: Ask<Data>,
    isPublic: boolean,
    initial?: { user: string | null; snapshot: Snapshot<Data> },
  ) {
    this.#session = session;
    this.#ask = ask;
    this.isPublic = isPublic;
    if (!initial) return;
    this.#snapshot = initial.snapshot;
    this.#user = initial.user ?? undefined;
    this.#isInitial = true;
    if (initial.snapshot.data !== undefined) this.#answeredAt = Date.now();
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
    if (!this.isPublic && this.#session.user === undefined) void this.#session.find();
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
    if (this.isPublic) return this.#snapshot;
    const { user, error } = this.#session;
    if (user === null) return SIGNED_OUT;
    if (user !== undefined) return user === this.#user ? this.#snapshot : this.#loading;
    if (error) return failure(error);
    return this.#isInitial ? this.#snapshot : this.#loading;
  };

  /** Fetches anew, in place of a fetch that is under way. Resolves when the snapshot is settled; never rejects. */
  readonly refetch = async (): Promise<void> => {
    if (!this.isPublic && this.#session.user === undefined) await this.#session.find();
    if (this.isPublic || this.#session.user) this.#fetch();
    await this.settle();
  };

  /** Resolves when nothing is under way. */
  async settle(): Promise<void> {
    while (this.#running) await this.#running.settled;
  }

  readonly #onSession = (event: SessionEvent): void => {
    this.#isInitial = false;
    this.#follow(event);
    this.#tell();
  };

  #follow(event: SessionEvent): void {
    if (!this.isPublic && !this.#isKnown()) return;
    const age = Date.now() - this.#answeredAt;
    const isOld = !this.#running && age > (this.isPublic ? FRESH_PUBLIC_MS : FRESH_MS);
    const isChanged = this.#changes !== this.#session.changes;
    const isOver = !this.isPublic && (isChanged || (event === 'restored' && !this.#running));
    if (isOld || isOver) this.#fetch();
  }

  /** Whether somebody is signed in, and known; drops what is of anybody else. */
  #isKnown(): boolean {
    const { user } = this.#session;
    // Whoever is not known is not asked for.
    if (!user) this.#stop();
    if (user === undefined) return false;
    if (user !== this.#user) {
      this.#stop();
      this.#user = user ?? undefined;
      this.#snapshot = this.#loading;
      this.#answeredAt = Number.NEGATIVE_INFINITY;
    }
    return user !== null;
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
    this.#changes = this.#session.changes;
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

/**
 * The query of this read for the client's subject, or for the organization that `input` names. `initial` is shown until it
 * is known who is signed in, and from then on if it is theirs.
 */
export function watch<Name extends ReadName>(
  polar: PolarClient,
  read: Name,
  input: InputOf<Name>,
  initial?: InitialState | undefined,
): Query<DataOf<Name>> {
  const asked = askedOf(polar, read, input);
  const key = polar.address + keyOf(read, asked);
  const store = stores.get(polar.session) ?? new Map<string, Query<unknown>>();
  stores.set(polar.session, store);
  const known = store.get(key);
  if (known) return known as Query<DataOf<Name>>;
  // A server renders for many: nothing of one of them is kept.
  const first =
    initial && typeof window !== 'undefined'
      ? { user: initial.user, snapshot: initialSnapshot(initial, read, asked) }
      : undefined;
  const query = new Query(polar.session, (call) => ask(polar, read, asked, call), isPublic(read), first);
  if (store.size >= KEPT) for (const [old, { isShown }] of store) if (!isShown) store.delete(old);
  store.set(key, query as Query<unknown>);
  return query;
}

/** Fetches anew whatever is shown of this session, and says whether any of it is another answer than before. */
export async function refetchShown(session: Session): Promise<boolean> {
  const shown = shownOf(session);
  const before = shown.map((query) => query.getSnapshot().data);
  await Promise.all(shown.map((query) => query.refetch()));
  return shown.some((query, i) => before[i] !== undefined && query.getSnapshot().data !== before[i]);
}

/** Resolves when nothing that is shown of this session is being fetched. */
export async function settleShown(session: Session): Promise<void> {
  await Promise.all(shownOf(session).map((query) => query.settle()));
}

function shownOf(session: Session): Query<unknown>[] {
  return [...(stores.get(session)?.values() ?? [])].filter((query) => query.isShown && !query.isPublic);
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
