// What an earlier page has left unsent is sent by the next one, whether or not that records anything.
import type { Usage } from './types.js';

/** As in door.ts, which a page has loaded before: what both import would be a file more. */
const MARK = 'plinto_polar_usage';

/** Never fails. */
export function resume(usage: Usage): void {
  try {
    if (Object.keys(localStorage).some((key) => key.startsWith(MARK))) usage.stats().catch(() => {});
  } catch {
    // The page may have no storage.
  }
}
