// After a checkout, a visit to the customer portal or a change of plan: the server hears of it from Polar, a moment later
// than the buyer is back. Asks until it has it, within a bound, and says so meanwhile.
import type { PolarClient } from './client.js';
import { asPolarError, type PolarError } from './errors.js';
import { forgetLeft, getLeft, type Left } from './left.js';
import type { Session, SessionEvent } from './session.js';
import { refetchShown, settleShown } from './store.js';
import type { CustomerOrder } from './types.js';
import { isWaiting } from './waiting.js';

/** What is awaited, and what came of it. The same object until something changes. */
export interface Confirmation {
  /**
   * `confirming` while the server is asked; then `confirmed` (paid, and everything that is shown is new), `failed`, or
   * `late` when the bound was reached: it may still come, and nothing need be paid again. `waiting` for a buyer who pays in cash or by
   * transfer, which may take days. `idle` otherwise.
   */
  readonly state: 'idle' | 'confirming' | 'confirmed' | 'waiting' | 'late' | 'failed';
  /** What is awaited. A portal visit and a change end in `idle`: there is nothing to say of them. */
  readonly of: 'checkout' | 'portal' | 'change' | undefined;
  /** The checkout that it is, or was, about. */
  readonly checkoutId: string | undefined;
  /** What is `waiting` to be paid. */
  readonly order?: CustomerOrder | undefined;
  /** Why it `failed`, where a request did. */
  readonly error: PolarError | undefined;
}

export const IDLE: Confirmation = { state: 'idle', of: undefined, checkoutId: undefined, error: undefined };
/** While nobody is signed in. */
export const NOBODY: Confirmation = { ...IDLE };

const CHECKOUT_MS = 30_000;
const PORTAL_MS = 10_000;
/** A checkout that is open this long after the return was left unpaid. The server asks Polar every five seconds. */
const OPEN_MS = 6_000;
/** What was left longer ago is not awaited. */
const LEFT_MS = 3_600_000;

type End = Pick<Confirmation, 'state'> & Partial<Confirmation>;

/** Awaits, for one session and organization. Shared by all components. */
export class Confirmer {
  readonly #polar: PolarClient;
  readonly #organizationId: string | undefined;
  readonly #listeners = new Set<() => void>();
  #snapshot = IDLE;
  #user: string | null | undefined;
  #running: AbortController | undefined;
  #unsubscribe: (() => void) | undefined;
  /** The last user who was signed in. */
  #known: string | undefined;
  /** The checkout that the page names as paid. */
  #paid: string | undefined;
  /** Whether to look for what this tab was sent to Polar for: `maybe`, if another page of it was. */
  #isBack: 'no' | 'maybe' | 'yes' = 'maybe';

  constructor(polar: PolarClient, organizationId: string | undefined) {
    this.#polar = polar;
    this.#organizationId = organizationId;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    const { session } = this.#polar;
    this.#listeners.add(listener);
    this.#unsubscribe ??= session.subscribe(this.#onSession);
    this.#follow('user');
    if (session.user === undefined) void session.find();
    return () => {
      this.#listeners.delete(listener);
      queueMicrotask(() => {
        if (this.#listeners.size > 0) return;
        this.#interrupt();
        this.#unsubscribe?.();
        this.#unsubscribe = undefined;
      });
    };
  };

  readonly getSnapshot = (): Confirmation => {
    const { user } = this.#polar.session;
    if (user === null) return NOBODY;
    return user === this.#user ? this.#snapshot : IDLE;
  };

  /** Awaits the checkout that the success URL names, once. */
  confirmCheckout(checkoutId: string): void {
    const { state, checkoutId: last } = this.#snapshot;
    if (last === checkoutId && (state !== 'idle' || !this.#running)) return;
    this.#paid = checkoutId;
    if (this.#user) void this.#confirmCheckout(checkoutId, true);
  }

  /** Awaits a checkout again that is `late`, `waiting` or `failed`. */
  retry(): void {
    const { checkoutId } = this.#snapshot;
    if (this.#user && checkoutId !== undefined && !this.#running) void this.#confirmCheckout(checkoutId, true);
  }

  /** Forgets what came of it. */
  dismiss(): void {
    if (!this.#running) this.#set({ ...IDLE, checkoutId: this.#snapshot.checkoutId });
  }

  /** Ends what is under way, to be taken up again. */
  #interrupt(): void {
    if (!this.#running) return;
    this.#running.abort();
    this.#running = undefined;
    this.#snapshot = IDLE;
    this.#isBack = 'yes';
  }

  readonly #onSession = (event: SessionEvent): void => {
    this.#follow(event);
    this.#tell();
  };

  #follow(event: SessionEvent): void {
    const { user } = this.#polar.session;
    if (event === 'restored') this.#isBack = 'yes';
    if (user !== this.#user) this.#interrupt();
    this.#user = user;
    if (!user) return;
    // What the address says was for whoever was there before.
    if (this.#known !== undefined && this.#known !== user) {
      this.#snapshot = { ...IDLE, checkoutId: this.#paid ?? this.#snapshot.checkoutId };
      this.#paid = undefined;
    }
    this.#known = user;
    if (event === 'changed') void this.#confirmChange();
    else if (this.#paid !== undefined) this.confirmCheckout(this.#paid);
    else if (this.#isBack !== 'no' && !this.#running) this.#takeUp(this.#isBack === 'maybe');
  }

  /** Awaits what this tab was sent to Polar for; with `byOther`, by another page than this. */
  #takeUp(byOther: boolean): void {
    this.#isBack = 'no';
    const left = getLeft();
    if (!left || !this.#isOwn(left) || Date.now() - left.at > LEFT_MS) return;
    // Still the page that is about to go there.
    if (byOther && left.page === performance.timeOrigin) return;
    if (left.checkoutId !== undefined) void this.#confirmCheckout(left.checkoutId, false);
    else void this.#confirmPortal();
  }

  #isOwn({ user, address, organizationId }: Left): boolean {
    return user === this.#user && address === this.#polar.address && organizationId === this.#organizationId;
  }

  /** `isPaid`: Polar has led the buyer here; otherwise they may have left the checkout as it was. */
  #confirmCheckout(checkoutId: string, isPaid: boolean): Promise<void> {
    const begun = Date.now();
    const confirming: Confirmation = { ...IDLE, state: 'confirming', of: 'checkout', checkoutId };
    const late: End = { ...confirming, state: 'late' };
    return this.#await(isPaid ? confirming : { ...IDLE, checkoutId }, CHECKOUT_MS, late, async (signal) => {
      const subject = { organizationId: this.#organizationId };
      const { status, productId } = await this.#polar.getCheckout(checkoutId, subject, { signal });
      if (status === 'failed' || status === 'expired') return { ...confirming, state: 'failed' };
      if (status === 'open' && !isPaid) return Date.now() - begun > OPEN_MS ? { ...IDLE, checkoutId } : undefined;
      if (signal.aborted) return undefined;
      this.#set(confirming);
      if (status === 'succeeded') {
        await refetchShown(this.#polar.session);
        return { ...confirming, state: 'confirmed' };
      }
      if (status === 'open') return undefined;
      const { items } = await this.#polar.listOrders(subject, { signal });
      const order = items.find((one) => one.productId === productId && isWaiting(one));
      return order && { ...confirming, state: 'waiting', order };
    });
  }

  /** Nobody tells what was done in the portal, if anything: awaits that an answer is another one. */
  #confirmPortal(): Promise<void> {
    let round = 0;
    return this.#await({ ...IDLE, state: 'confirming', of: 'portal' }, PORTAL_MS, IDLE, async () => {
      // The page is asking already.
      if (round++ === 0) return undefined;
      return (await refetchShown(this.#polar.session)) ? IDLE : undefined;
    });
  }

  /** The server shows a change in the next read; what is shown has been asked again by then. */
  #confirmChange(): Promise<void> {
    return this.#await({ ...IDLE, state: 'confirming', of: 'change' }, CHECKOUT_MS, IDLE, async () => {
      // What is shown may hear of the change after this.
      await Promise.resolve();
      await settleShown(this.#polar.session);
      return IDLE;
    });
  }

  /** Asks until there is an end, at most for `ms`. */
  async #await(
    first: Confirmation,
    ms: number,
    atBound: End,
    poll: (signal: AbortSignal) => Promise<End | undefined>,
  ): Promise<void> {
    this.#running?.abort();
    const running = new AbortController();
    const { signal } = running;
    this.#running = running;
    this.#set(first);
    const bound = setTimeout(() => this.#end(running, atBound), ms);
    for (let round = 1; !signal.aborted; round++) {
      const end = await poll(signal).catch((caught: unknown): End | undefined => {
        const error = asPolarError(caught);
        // What is refused stays refused; a network may come back.
        return error.family === 'caller' ? { ...this.#snapshot, state: 'failed', error } : undefined;
      });
      if (signal.aborted) break;
      if (end) this.#end(running, end);
      else await sleep(Math.min(round * 1_000, 5_000), signal);
    }
    clearTimeout(bound);
  }

  #end(running: AbortController, end: End): void {
    if (this.#running !== running) return;
    running.abort();
    this.#running = undefined;
    this.#paid = undefined;
    const left = getLeft();
    if (left && this.#isOwn(left)) forgetLeft();
    this.#set({ ...IDLE, ...end });
  }

  #set(snapshot: Confirmation): void {
    this.#snapshot = snapshot;
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

const confirmers = new WeakMap<Session, Map<string, Confirmer>>();

/** The one of the client's subject, or of this organization. */
export function confirmerOf(polar: PolarClient, organizationId = polar.organizationId): Confirmer {
  const ofSession = confirmers.get(polar.session) ?? new Map<string, Confirmer>();
  confirmers.set(polar.session, ofSession);
  const key = `${polar.address}${organizationId}`;
  const confirmer = ofSession.get(key) ?? new Confirmer(polar, organizationId);
  ofSession.set(key, confirmer);
  return confirmer;
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
