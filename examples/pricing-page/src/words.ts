// Relay's own words, in place of the components'.
import { ENGLISH, type Localization } from '@plinto/polar';

/** What the features of `shop/products.json` are called on the price list. */
export const featureLabels = {
  api: 'API and webhooks',
  project: 'One project',
  community: 'Help from the community',
  projects: 'Unlimited projects',
  'audit-log': 'Audit log, kept for a year',
  support: 'E-mail support within a day',
  sso: 'Single sign-on',
};

/** The components' texts about the signed-in user, or the organization of this name. */
export function wordsFor(name: string | undefined): Localization {
  const { pricing, portal, subscription } = ENGLISH;
  return {
    ...ENGLISH,
    pricing: { ...pricing, highlighted: 'Most popular', metered: '{amount} for each further call' },
    portal: { ...portal, title: 'Payment', manage: 'Manage billing' },
    subscription: {
      ...subscription,
      ...(name !== undefined && { title: `${name}'s plan`, none: `${name} has no plan yet.` }),
    },
  };
}
