// That the browser was sent to Polar: remembered by the tab, so that whoever comes back, by whatever way, is told what
// came of it.
import { forget, recall, remember } from './tab.js';

export interface Left {
  /** Who was sent, and for what. Whoever else comes back is told nothing. */
  user: string | null | undefined;
  address: string;
  organizationId?: string | undefined;
  /** The checkout; absent for the customer portal. */
  checkoutId?: string | undefined;
  /** When, and by which page: it is not back before another one, or the same one by the back button. */
  at: number;
  page: number;
}

const KEY = 'plinto_polar_left';

export function setLeft(left: Left): void {
  remember(KEY, JSON.stringify(left));
}

export function getLeft(): Left | undefined {
  try {
    return JSON.parse(recall(KEY) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

export function forgetLeft(): void {
  forget(KEY);
}
