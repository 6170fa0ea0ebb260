// The stand-in for Plinto, for `@plinto/polar/testing`: it needs Node, so it is loaded when it is started.
import type { Plinto, PlintoOptions } from '../../plinto/index.js';

export type { Plinto, PlintoDelivery, PlintoOptions } from '../../plinto/index.js';

/** Starts a stand-in for Plinto on this machine: sign-up, sign-in, organizations and Plinto's webhooks. Needs Node. */
export async function startPlinto(options: PlintoOptions): Promise<Plinto> {
  const module = await import('../../plinto/index.js');
  return module.startPlinto(options);
}
