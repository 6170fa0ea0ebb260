// What applications see of the recorder of usage.
import type { PolarError } from '../errors.js';
import type { PolarUsageOptions } from '../generated/types.js';

/** What `usage.record` takes beside the event's name. */
export interface RecordOptions {
  /**
   * How much was used; 1 when absent. 0 stays 0. A decimal is kept to its last digit; as text (`'0.1'`) it may have more digits
   * than a number holds.
   */
  quantity?: number | string | undefined;
  /** Travel to Polar as the event's metadata. They are copied at the call. */
  properties?: PolarUsageOptions['properties'];
  /** When it happened, by this machine's clock; the server corrects a clock that is wrong. Default: now. */
  timestamp?: Date | string | number | undefined;
  /** The Plinto organization that is billed. Default: the settings' one, else the signed-in user. */
  organizationId?: string | undefined;
  /** Who of the organization used it: a Plinto user. Default: the signed-in one. */
  memberId?: string | undefined;
  /** The id of the event that this one is a part of: what `record` returned for it. */
  parentId?: string | undefined;
}

/** An event as it was recorded. */
export interface RecordedUsage {
  /** What `record` returned. */
  eventId: string;
  eventName: string;
  quantity?: number | string | undefined;
  properties?: PolarUsageOptions['properties'];
  /** ISO 8601. */
  timestamp: string;
  organizationId?: string | undefined;
  memberId?: string | undefined;
  parentId?: string | undefined;
  /** Whom a back end recorded it for. */
  userId?: string | undefined;
}

/** How usage is recorded. Several clients of one session share a recorder: the settings of the last one hold. */
export interface UsageSettings {
  /** So many events are kept at most until the server has them. Default 10,000. */
  limit?: number | undefined;
  /**
   * In Node, Bun and Deno: where events are kept until the server has them, so that they outlive the process. One process per file.
   * Default: in memory. Browsers keep them in IndexedDB, without a setting.
   */
  file?: string | undefined;
  /**
   * Told of an event that cannot be billed and is given up: refused by the server (`error.field` says what is wrong), or recorded
   * while nobody was signed in (TOKEN_MISSING). Called in the tab that sent it. Default: `console.warn`.
   */
  onRefused?: ((event: RecordedUsage, error: PolarError) => void) | undefined;
  /** Told of an event that is not kept, because `limit` events are already. Default: `console.warn`. */
  onFull?: ((event: RecordedUsage) => void) | undefined;
}

/** Where recorded events stand. Counts are of this page, or process, unless they say otherwise. */
export interface UsageStats {
  /** Where events are kept: `memory` is lost with the page or the process. */
  keptIn: 'indexeddb' | 'file' | 'memory';
  /** Events that are kept and not at the server yet, those of other tabs among them. */
  queued: number;
  /** Of these, events that were sent and are not answered. */
  inFlight: number;
  /** Events that this page brought to the server. */
  sent: number;
  /** Events that were given up, in all and by the error's code. */
  refused: number;
  refusals: Readonly<Record<string, number>>;
  /** Events that were not kept because of `limit`. */
  dropped: number;
  /** Why the last try failed, while it is not made good. */
  error?: PolarError | undefined;
}

/** Records usage that is billed: `polar.usage`. */
export interface Usage<Options = RecordOptions> {
  /**
   * Records that something was used, and returns the event's id at once. It is sent with others, again and again until the server
   * has it, and billed once. Throws VALIDATION_FAILED, naming the field, for what can be told at once; never because of the network.
   */
  record(eventName: string, options?: Options): string;
  /** Resolves once all that was recorded before is kept where `stats().keptIn` says. */
  saved(): Promise<void>;
  /**
   * Sends now what is recorded. Resolves once all of it is at the server or refused, or a try has failed: `queued` says how much is
   * left, `error` why.
   */
  flush(): Promise<UsageStats>;
  /** Where recorded events stand. */
  stats(): Promise<UsageStats>;
}
