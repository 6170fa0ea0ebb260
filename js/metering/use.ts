// What the helpers hand over, and to whom.
import type { UsageProperties } from '../types.js';

/** What was used: the fields that `polar.usage.record` and `ingestUsageEvent` take. */
export interface MeteredUse {
  /** Tokens, bytes or milliseconds. */
  quantity: number;
  /** What else is known of it. */
  properties: UsageProperties;
}

/** Takes what was used. What it throws is printed and goes no further: nobody loses an answer because it was not recorded. */
export type RecordUse = (use: MeteredUse) => unknown;

/** Calls `record` and waits for nothing. */
export function tell(record: RecordUse, use: MeteredUse): void {
  // Inside a promise, so that what is thrown at once and what is rejected later end alike.
  new Promise((resolve) => resolve(record(use))).catch((error) => {
    console.error('[plinto-polar] Usage could not be recorded.', error);
  });
}
