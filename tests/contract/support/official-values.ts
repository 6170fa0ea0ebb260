// The values of requests.h.
import type { Polar } from '@polar-sh/sdk/2026-04';

export const id = '11111111-1111-4111-8111-111111111111';
export const other = '22222222-2222-4222-8222-222222222222';
export const external = 'org/1 %?';
export const time = '2026-11-22T06:00:00Z';
export const metadata = { text: 'a b', count: 3, share: 0.5, flag: true };
export const filter = { plan: 'pro plus', seats: [1, 2] };

export type Calls = Record<string, (polar: Polar) => Promise<unknown>>;
