// Bounds how often one place of a page asks something new. An integrator who makes the client, or a date among the options,
// anew at each render asks anew at each render, and each answer renders again.
import type { Query } from './store.js';

/** So many new questions within this time; each one after them waits, and is not asked if the next one comes first. */
const MOST = 10;
const WINDOW_MS = 10_000;
const WAIT_MS = 1_000;

export class Pace {
  readonly #known = new WeakSet<object>();
  #times: number[] = [];

  /** As `query.subscribe`, now or when it is time again. */
  subscribe<Data>(query: Query<Data>, listener: () => void): () => void {
    const wait = this.#known.has(query) ? 0 : this.#wait();
    this.#known.add(query);
    if (wait === 0) return query.subscribe(listener);
    warn();
    let stop = () => clearTimeout(timer);
    const timer = setTimeout(() => {
      stop = query.subscribe(listener);
    }, wait);
    return () => stop();
  }

  #wait(): number {
    const now = Date.now();
    this.#times = [...this.#times, now].filter((time) => time > now - WINDOW_MS).slice(-MOST - 1);
    return this.#times.length > MOST ? WAIT_MS : 0;
  }
}

declare const process: { env: { NODE_ENV?: string } };
let warned = false;

function warn(): void {
  // Bundlers replace this word for word, and leave all of it out of what is deployed; a page without one has no `process`.
  try {
    if (process.env.NODE_ENV !== 'production') tell();
  } catch {
    tell();
  }
}

function tell(): void {
  if (warned) return;
  warned = true;
  console.warn(
    '@plinto/polar: a component asks something new at each render, and from now on waits in between. Its client or its options are other ones each time: make createPolarClient() and createPolarPlugin() outside of components, or keep them by useMemo, and put no present time into options.',
  );
}
