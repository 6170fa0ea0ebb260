import type { createPolarEmulator } from '@plinto/polar/testing';

/** What tests/vectors/subscription-year.json holds. */
export interface Year {
  seed: number;
  start: string;
  webhook_url: string;
  steps: object[];
  events: string[];
}

export function runYear(create: typeof createPolarEmulator, year: Year): Promise<string[]>;
