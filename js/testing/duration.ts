// Spans of time as people say them, added to a time as Polar's calendar does.
import { fail } from '../errors.js';

/** A unit of time. Months and years keep the day of the month, or take the month's last day. */
export type DurationUnit = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

/** `'1 month'`, `'36 hours'`, or the same in parts: `{ days: 1, hours: 12 }`. Whole numbers from 0. */
export type Duration = `${number} ${DurationUnit}` | `${number} ${DurationUnit}s` | DurationParts;

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

const SECONDS = { weeks: 604_800, days: 86_400, hours: 3_600, minutes: 60, seconds: 1 } as const;
const UNITS: readonly string[] = ['years', 'months', ...Object.keys(SECONDS)];
const MICROSECONDS = 1_000_000;

/** The time, in Unix microseconds, that lies `duration` after `start`. Throws VALIDATION_FAILED. */
export function addDuration(start: number, duration: Duration): number {
  const parts = partsOf(duration);
  const months = (parts.years ?? 0) * 12 + (parts.months ?? 0);
  let end = months === 0 ? start : addMonths(start, months);
  for (const [unit, seconds] of Object.entries(SECONDS)) {
    end += (parts[unit as keyof typeof SECONDS] ?? 0) * seconds * MICROSECONDS;
  }
  return end;
}

function partsOf(duration: Duration): DurationParts {
  const parts = typeof duration === 'string' ? partsOfText(duration) : duration;
  for (const [unit, amount] of Object.entries(parts)) {
    if (!UNITS.includes(unit) || !Number.isSafeInteger(amount) || amount < 0) refuse(duration);
  }
  return parts;
}

function partsOfText(text: string): DurationParts {
  const [, amount, unit] = /^\s*(\d+)\s+([a-z]+?)s?\s*$/.exec(text) ?? [];
  if (!amount || !unit || !UNITS.includes(`${unit}s`)) refuse(text);
  return { [`${unit}s`]: Number(amount) };
}

// The day stays inside the month: January 31 and a month is February 28.
function addMonths(start: number, months: number): number {
  const date = new Date(Math.floor(start / 1_000));
  const belowMilliseconds = start - date.getTime() * 1_000;
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, lastDay));
  return date.getTime() * 1_000 + belowMilliseconds;
}

function refuse(duration: unknown): never {
  return fail({
    code: 'VALIDATION_FAILED',
    family: 'caller',
    message: `${JSON.stringify(duration)} is no span of time. Write '1 month', '36 hours' or { days: 1, hours: 12 }, in whole numbers from 0.`,
    field: 'duration',
  });
}
