// How long something took.
import type { MeteredUse } from './use.js';

/**
 * Starts a clock. What it returns tells the milliseconds since, whole, each time that it is called:
 * `const stop = startTimer(); await work(); polar.usage.record('render_ms', stop())`. `now` is a clock in milliseconds, by default one
 * that nobody sets.
 */
export function startTimer(now: () => number = () => performance.now()): () => MeteredUse {
  const start = now();
  return () => ({ quantity: Math.max(0, Math.round(now() - start)), properties: {} });
}
