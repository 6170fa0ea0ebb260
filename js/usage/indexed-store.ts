// Events in IndexedDB, shared by all tabs of an origin. A transaction is committed where it is made: most reach the browser whole
// even if the page is gone a moment later. One that waits for another tab's does not.
import type { Kept, Store } from './store.js';

const NAME = 'plinto-polar-usage';
const EVENTS = 'events';
const QUEUE = 'queue';
/** Some browsers never answer when storage is broken. */
const OPEN_MS = 3_000;

/** Rejects where there is no IndexedDB, or none that works. */
export async function openIndexedStore(): Promise<Store> {
  return new IndexedStore(await open());
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('IndexedDB does not answer')), OPEN_MS);
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      const events = request.result.createObjectStore(EVENTS, { keyPath: 'n', autoIncrement: true });
      events.createIndex(QUEUE, ['queue', 'n']);
    };
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      clearTimeout(timer);
      // A later version of this package, in another tab, is not kept waiting.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
  });
}

const rangeOf = (queue: string, after: number) => IDBKeyRange.bound([queue, after], [queue, Infinity], true);

class IndexedStore implements Store {
  readonly kind = 'indexeddb';
  #database: Promise<IDBDatabase>;

  constructor(database: IDBDatabase) {
    this.#database = Promise.resolve(database);
  }

  put(events: Omit<Kept, 'n'>[]): Promise<void> {
    return this.#run('readwrite', (store) => {
      for (const event of events) store.add(event);
    });
  }

  read(queue: string, after: number, most: number): Promise<Kept[]> {
    return this.#ask((store) => store.index(QUEUE).getAll(rangeOf(queue, after), most));
  }

  async last(queue: string): Promise<number> {
    const last = await this.#ask((store) => store.index(QUEUE).openKeyCursor(rangeOf(queue, 0), 'prev'));
    return Number(last?.primaryKey ?? 0);
  }

  remove(events: readonly Kept[]): Promise<void> {
    return this.#run('readwrite', (store) => {
      for (const { n } of events) store.delete(n);
    });
  }

  count(): Promise<number> {
    return this.#ask((store) => store.count());
  }

  async saved(): Promise<void> {}

  async #ask<Result>(question: (store: IDBObjectStore) => IDBRequest<Result>): Promise<Result> {
    let request: IDBRequest<Result> | undefined;
    await this.#run('readonly', (store) => {
      request = question(store);
    });
    return (request as IDBRequest<Result>).result;
  }

  async #run(mode: IDBTransactionMode, work: (store: IDBObjectStore) => void): Promise<void> {
    let transaction: IDBTransaction;
    try {
      transaction = (await this.#database).transaction(EVENTS, mode);
    } catch {
      // The browser has closed it: storage was cleared, or another version was there.
      this.#database = open();
      transaction = (await this.#database).transaction(EVENTS, mode);
    }
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB has given up'));
      work(transaction.objectStore(EVENTS));
      transaction.commit();
    });
  }
}
