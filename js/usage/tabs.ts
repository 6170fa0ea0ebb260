// The tabs of an origin among themselves: one of them sends for each queue, and they tell each other what is there to do.
// Without Web Locks each sends what it finds: the server counts an event once, however often it comes.

/** `stored`: there is something new. `flush`: send it now. `sent` and `failed`: what came of a request. */
export type Word = 'stored' | 'flush' | 'sent' | 'failed';

export interface Tabs {
  /** Calls `lead` once this tab is the one that sends, until the function that is returned is called. */
  apply(queue: string, lead: () => void): () => void;
  tell(queue: string, word: Word): void;
  close(): void;
}

/** Of an origin's store. */
export function tabsOf(hear: (queue: string, word: Word) => void): Tabs {
  const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('plinto-polar-usage');
  if (channel) channel.onmessage = ({ data }: MessageEvent<[string, Word]>) => hear(...data);
  return {
    apply,
    tell: (queue, word) => channel?.postMessage([queue, word]),
    close: () => channel?.close(),
  };
}

/** Where nothing is shared: a process, or a page that keeps events in its own memory. */
export const ALONE: Tabs = {
  apply(_, lead) {
    lead();
    return () => {};
  },
  tell() {},
  close() {},
};

function apply(queue: string, lead: () => void): () => void {
  const { locks } = navigator;
  if (!locks) return ALONE.apply(queue, lead);
  const stop = new AbortController();
  let leave = () => {};
  const work = () => {
    // It was granted as it was given up.
    if (stop.signal.aborted) return;
    lead();
    return new Promise<void>((resolve) => {
      leave = resolve;
    });
  };
  locks.request(`plinto-polar-usage ${queue}`, { signal: stop.signal }, work).catch((error: unknown) => {
    // A page that is not secure, or a sandboxed one, may not have locks.
    if (!stop.signal.aborted && error instanceof DOMException) lead();
  });
  return () => {
    stop.abort();
    leave();
  };
}
