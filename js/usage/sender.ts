// What decides when recorded events are sent, and what an answer means for each: the core (cpp/core/billing/usage/usage_sender.h), or
// plain-sender.ts where WebAssembly is blocked. The same vectors hold for both (tests/vectors/usage-sender.json).

/** Bounds of one request, and how long an event waits for others. */
export interface Limits {
  maxEvents: number;
  maxBytes: number;
  maxAgeMs: number;
}

/** What decides of an answer. Texts that are not there are empty. */
export interface Answered {
  status: number;
  retryAfter: string;
  /** Of the error, where the request was refused as a whole. */
  code: string;
  field: string;
  /** Each event's status, in order. */
  results: readonly string[];
}

/** An event that is over: refused, or stored at the server. */
export interface Settled {
  id: string;
  isRefused: boolean;
}

export interface Sender {
  /** `full`: again once events are over. `large`: it can never be sent. */
  add(id: string, organization: string, event: string, nowMs: number): 'taken' | 'known' | 'full' | 'large';
  /** When `body` is to be sent; undefined while there is nothing. */
  sendAt(): number | undefined;
  /** The next request; empty when there is nothing. */
  body(sentAt: string): string;
  /** What is over after an answer to `body`. */
  answer(answer: Answered, nowMs: number, random: number): Settled[];
  /** There was none. */
  fault(nowMs: number, random: number): void;
  /** All leaves now. Retry-After is waited for all the same. */
  flush(): void;
  close(): void;
}

/** Smaller than what the server takes: a phone uploads it within a second. */
export const LIMITS: Limits = { maxEvents: 500, maxBytes: 512 * 1024, maxAgeMs: 5_000 };

/** What a page may send as it goes: `fetch` with `keepalive` has 64 KB for all that is under way. */
export const LAST_BYTES = 60 * 1024;
