// Spans of time as people say them. The emulator reads them, as it reads those of POST /_emulator/clock.

/** A unit of time. Months and years keep the day of the month, or take the month's last day. */
export type DurationUnit = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

/** A span of time in one unit: `'1 month'`, `'36 hours'`. */
export type DurationText = `${number} ${DurationUnit}` | `${number} ${DurationUnit}s`;

/** `'1 month'`, `'2 weeks 3 days'`, or the same in parts: `{ weeks: 2, days: 3 }`. Whole numbers from 0. */
export type Duration = DurationText | `${DurationText} ${DurationText}` | DurationParts;

/** A span of time in parts, added from the largest to the smallest. */
export interface DurationParts {
  years?: number;
  months?: number;
  weeks?: number;
  days?: number;
  hours?: number;
  minutes?: number;
  seconds?: number;
}
