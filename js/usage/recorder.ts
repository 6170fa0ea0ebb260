// Keeps what is recorded, by whom, and sees to it that somebody sends it: this tab, another one, or the page's next visit.
import type { PolarError } from '../errors.js';
import type { Session } from '../session.js';
import { userOf } from '../token.js';
import type { PolarTransport, send } from '../transport.js';
import { type Early, earlyOf, leaveBehind, leftBehind, markKept, type Recorded, readEarly } from './early.js';
import { sendLast } from './last-request.js';
import { type Noted, type NoteOptions, note } from './note.js';
import type { Limits, Sender } from './sender.js';
import { Shift } from './shift.js';
import { type Kept, MemoryStore, type Store } from './store.js';
import { ALONE, type Tabs, tabsOf, type Word } from './tabs.js';
import { eventOf, Tally } from './tally.js';
import { Tries } from './tries.js';
import type { Usage, UsageSettings, UsageStats } from './types.js';

/** What a recorder works with. */
export interface RecorderHost {
  store: Store;
  openSender(limits: Limits): Promise<Sender>;
  /** The server, as it tells queues apart. */
  address: string;
  /** The address of `POST /usage/batch`. */
  url(): string;
  transport: PolarTransport;
  send: typeof send;
  getAccessToken(): Promise<string | null | undefined> | string | null | undefined;
  /** Who is signed in; none where everything is recorded with one key. */
  session?: Session | undefined;
  settings: UsageSettings;
  now(): number;
  random(): number;
}

const LIMIT = 10_000;
/** In place of a user, where everything is recorded with one key. */
const KEY = '';

interface Post {
  user: string;
  shift?: Shift;
  leave(): void;
}

export class Recorder implements Omit<Usage, 'record'> {
  readonly tally: Tally;
  readonly #host: RecorderHost;
  readonly #isPage = typeof window !== 'undefined' && typeof document !== 'undefined';
  #tabs: Tabs;
  /** Where this tab sends, or would like to, by queue. */
  readonly #posts = new Map<string, Post>();
  /** What was taken, until it is known by whom. */
  readonly #arriving = new Set<Early>();
  /** What is on its way into the store, and through it to this tab's sender, by id. */
  readonly #unsaved = new Map<string, Omit<Kept, 'n'>>();
  readonly #pending = new Set<Promise<unknown>>();
  /** Recorded while it could not be told by whom. */
  #unowned: Recorded[] = [];
  /** In use once the browser has refused to keep more. */
  #spare: { store: Store; shifts: Map<string, Shift> } | undefined;
  /** How much is kept, as far as this tab knows. */
  #count = 0;
  /** The last token that was read. */
  #token: { user: string | null; token: string } | undefined;
  #error: PolarError | undefined;
  readonly #tries = new Tries();

  constructor(host: RecorderHost) {
    this.#host = host;
    this.tally = new Tally(host.settings);
    this.#tabs = this.#openTabs();
    this.#track(this.#recount());
    const { session } = host;
    if (!session) this.#serve(KEY);
    else if (this.#isPage) this.#watch(session);
  }

  #watch(session: Session): void {
    session.subscribe(() => this.#meet(session.user));
    // The first subscriber may have begun to ask already.
    void session.find().then(() => this.#meet(session.user));
    addEventListener('online', () => this.#flushAll());
    addEventListener('pagehide', (event) => this.#leave(event.persisted));
    addEventListener('pageshow', (event) => event.persisted && this.#return());
    document.addEventListener('visibilitychange', () => document.hidden && this.#flushAll());
    this.#track(this.#recount().then(() => this.#adopt()));
  }

  /** Throws VALIDATION_FAILED, naming the field. */
  check(eventName: string, options: NoteOptions = {}): void {
    note(eventName, options, '', 0);
  }

  /** Takes what was recorded, and empties the list. What was recorded before anybody could check it may be refused. */
  take(early: Early[]): void {
    const taken = early.splice(0);
    const list = readEarly(taken, this.tally);
    if (list.length === 0) return;
    for (const event of taken) this.#arriving.add(event);
    const sorted = this.#sort(list).finally(() => {
      for (const event of taken) this.#arriving.delete(event);
    });
    this.#track(sorted);
  }

  /** Keeps events of a user. What memory and files keep is kept when this returns. */
  keep(user: string, events: readonly Noted[]): void {
    const queue = this.#host.address + user;
    const kept = events.map(({ id, organization, text, at }) => ({ id, organization, text, queue, at }));
    for (const event of kept) this.#unsaved.set(event.id, event);
    const { limit = LIMIT } = this.tally.settings;
    const { kind } = this.#host.store;
    // Other tabs have recorded and sent since it was counted: near the limit it is counted anew.
    if (kind === 'indexeddb' && this.#count + kept.length > limit / 2) {
      this.#track(this.#recount().then(() => this.#putWhatFits(queue, kept)));
    } else {
      this.#putWhatFits(queue, kept);
    }
  }

  async saved(): Promise<void> {
    await this.#settled();
    if (this.#unowned.length > 0) {
      this.#meet(await this.#host.session?.check());
      await this.#settled();
      const { error } = this.#host.session ?? {};
      if (this.#unowned.length > 0 && error) throw error;
    }
    await this.#host.store.saved();
  }

  async flush(): Promise<UsageStats> {
    await this.saved();
    const queues = [...new Set([...this.#posts.keys(), ...(this.#spare?.shifts.keys() ?? [])])];
    const marks = await Promise.all(queues.map(async (queue) => [queue, await this.#host.store.last(queue)] as const));
    this.#flushAll();
    await Promise.all(
      marks.map(([queue, last]) => this.#tries.until(queue, async () => !(await this.#isLeft(queue, last)))),
    );
    return this.stats();
  }

  async stats(): Promise<UsageStats> {
    const { store } = this.#host;
    await this.#settled();
    await this.#recount();
    const inFlight = [...this.#shifts()].reduce((sum, shift) => sum + shift.inFlight, 0);
    return {
      keptIn: this.#spare ? 'memory' : store.kind,
      queued: this.#count + this.#unowned.length,
      inFlight,
      ...this.tally.counts,
      error: this.#error,
    };
  }

  // What is recorded.

  /** Takes what pages have left that went before their recorder was there. */
  #adopt(): void {
    for (const [key, early] of leftBehind(this.#host.address)) {
      const list = readEarly(early, this.tally);
      for (const user of new Set(list.map((event) => event.user))) {
        this.#own(
          list.filter((event) => event.user === user),
          user ?? null,
        );
      }
      // Not before it is kept: a second page that takes the same leaves it to the ids.
      void this.#settled().then(() => localStorage.removeItem(key));
    }
  }

  /** Finds out by whom each was recorded. */
  async #sort(list: Recorded[]): Promise<void> {
    const { session } = this.#host;
    const tokens = await Promise.all(list.map(({ by }) => by));
    const owned = new Map<string | null, Recorded[]>();
    for (const [i, event] of list.entries()) {
      const token = tokens[i];
      if (token) this.#token = { user: userOf(token), token };
      const user = userOf(token || null);
      if (token === false) this.#unowned.push(event);
      else
        owned
          .set(user, owned.get(user) ?? [])
          .get(user)
          ?.push(event);
    }
    for (const [user, events] of owned) this.#own(events, user);
    if (this.#unowned.length > 0) this.#meet(await session?.check());
  }

  #own(events: readonly Recorded[], user: string | null): void {
    if (user !== null) {
      this.keep(user, events);
      if (!this.#isPage) this.#serve(user);
      return;
    }
    for (const { text } of events) this.tally.refuseUnsigned(eventOf(text));
  }

  #putWhatFits(queue: string, kept: Omit<Kept, 'n'>[]): void {
    const room = Math.max(0, (this.tally.settings.limit ?? LIMIT) - this.#count);
    if (room > 0 && kept.length > 0) this.#put(queue, kept.slice(0, room));
    for (const { id, text } of kept.slice(room)) {
      this.#unsaved.delete(id);
      this.tally.drop(eventOf(text));
    }
  }

  #put(queue: string, kept: Omit<Kept, 'n'>[]): void {
    this.#count += kept.length;
    const put = this.#host.store.put(kept).then(
      () => this.#announce(queue),
      () => this.#putAside(queue, kept),
    );
    // What was put in the same task is one transaction's work to come; none is told twice.
    this.#track(
      put.finally(() => {
        // Where this tab sends, it goes from hand to hand: a page may go at any moment.
        if (!this.#posts.get(queue)?.shift) for (const { id } of kept) this.#unsaved.delete(id);
      }),
    );
  }

  #announce(queue: string): void {
    if (this.#isPage) markKept(true);
    this.#posts.get(queue)?.shift?.wake();
    this.#tabs.tell(queue, 'stored');
  }

  /** The browser keeps no more: this page does, and sends it itself. */
  async #putAside(queue: string, kept: Omit<Kept, 'n'>[]): Promise<void> {
    this.#spare ??= { store: new MemoryStore(), shifts: new Map() };
    const { store, shifts } = this.#spare;
    await store.put(kept);
    const shift = shifts.get(queue) ?? this.#shiftOf(queue, queue.slice(this.#host.address.length), store);
    shifts.set(queue, shift);
    shift.wake();
  }

  // Who sends it.

  /** Another user is known. */
  #meet(user: string | null | undefined): void {
    if (user === undefined) return;
    if (this.#isPage) for (const [queue, post] of this.#posts) if (post.user !== user) this.#quit(queue, post);
    const { visit } = this.#host.session ?? {};
    const unowned = this.#unowned.splice(0);
    // Of the others, whoever recorded them is gone, and nobody knows who that was.
    this.#own(
      unowned.filter((event) => event.visit === visit),
      user,
    );
    this.#own(
      unowned.filter((event) => event.visit !== visit),
      null,
    );
    if (user !== null) this.#serve(user);
  }

  #serve(user: string): void {
    const { address, store } = this.#host;
    const queue = address + user;
    if (this.#posts.has(queue)) return;
    const post: Post = { user, leave: () => {} };
    this.#posts.set(queue, post);
    const lead = () => {
      post.shift = this.#shiftOf(queue, user, store);
    };
    post.leave = this.#tabs.apply(queue, lead);
  }

  #quit(queue: string, post: Post): void {
    this.#posts.delete(queue);
    post.shift?.stop();
    post.leave();
  }

  #shiftOf(queue: string, user: string, store: Store): Shift {
    const { openSender, url, transport, send, now, random } = this.#host;
    return new Shift({
      queue,
      store,
      openSender,
      url,
      send,
      now,
      random,
      network: { transport, getAccessToken: () => this.#tokenOf(user) },
      isLeaving: () => this.#isPage && document.hidden,
      taken: ({ id }) => this.#unsaved.delete(id),
      over: (event, refusal) => {
        this.#count--;
        if (refusal) this.tally.refuse(eventOf(event.text), refusal);
        else this.tally.sent++;
      },
      tried: (error) => {
        this.#error = error;
        this.#tabs.tell(queue, error ? 'failed' : 'sent');
        this.#tries.tell(queue, error !== undefined);
        if (!error && this.#count <= 0) this.#track(this.#unmark());
      },
    });
  }

  /** The token of that user, and of nobody else. */
  async #tokenOf(user: string): Promise<string | null | undefined> {
    const token = await this.#host.getAccessToken();
    if (user === KEY) return token;
    if (token) this.#token = { user: userOf(token), token };
    if (userOf(token) !== user) throw new Error('whoever recorded it is not signed in');
    return token;
  }

  #flushAll(): void {
    for (const queue of this.#posts.keys()) this.#tabs.tell(queue, 'flush');
    for (const shift of this.#shifts()) shift.flush();
  }

  *#shifts(): Iterable<Shift> {
    for (const { shift } of this.#posts.values()) if (shift) yield shift;
    yield* this.#spare?.shifts.values() ?? [];
  }

  // The page and its neighbors.

  #openTabs(): Tabs {
    if (this.#host.store.kind !== 'indexeddb') return ALONE;
    return tabsOf((queue, word) => this.#hear(queue, word));
  }

  #hear(queue: string, word: Word): void {
    const post = this.#posts.get(queue);
    if (word === 'stored') post?.shift?.wake();
    else if (word === 'flush') post?.shift?.flush();
    else if (post) this.#tries.tell(queue, word === 'failed');
  }

  /** The page goes, for good or to be kept by the browser: what the store may not have, and what it has, leaves with it. */
  #leave(isKept: boolean): void {
    const { user, token } = this.#token ?? {};
    const queue = this.#host.address + user;
    const post = this.#posts.get(queue);
    if (token && post) {
      const unsaved = [...this.#unsaved.values()].filter((event) => event.queue === queue);
      sendLast(this.#host, token, [...unsaved, ...(post.shift?.last() ?? [])]);
    }
    this.#leaveBehind();
    if (!isKept) return;
    // A page with locks and channels is not kept.
    for (const [name, known] of this.#posts) this.#quit(name, known);
    this.#tabs.close();
  }

  /** What the store may not have. */
  #leaveBehind(): void {
    const { address } = this.#host;
    const kept = [...this.#unsaved.values()].map((event) => earlyOf(event, event.queue.slice(address.length)));
    const unowned = this.#unowned.map((event) => earlyOf(event, undefined));
    leaveBehind(address, [...this.#arriving, ...kept, ...unowned]);
  }

  #return(): void {
    this.#tabs = this.#openTabs();
    // The session asks who is there now, and tells.
  }

  async #unmark(): Promise<void> {
    await this.#recount();
    if (this.#count === 0 && this.#isPage) markKept(false);
  }

  async #recount(): Promise<void> {
    const { store } = this.#host;
    const aside = (await this.#spare?.store.count()) ?? 0;
    this.#count = aside + (await store.count().catch(() => this.#count - aside));
  }

  #track(work: Promise<unknown>): void {
    const done = work.catch(() => {}).finally(() => this.#pending.delete(done));
    this.#pending.add(done);
  }

  async #settled(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  async #isLeft(queue: string, last: number): Promise<boolean> {
    const [first] = await this.#host.store.read(queue, 0, 1);
    if (first && first.n <= last) return true;
    return (await this.#spare?.store.read(queue, 0, 1))?.[0] !== undefined;
  }
}
