// The least that a page needs of Plinto: somebody who is signed in, and the origin behind which the gateway is.
import { createPolarPlugin } from '@plinto/polar';

export const client = {
  getAccessToken: async () => localStorage.getItem('plinto_access_token'),
  getConfig: () => ({ baseURL: globalThis.location?.origin ?? '' }),
};

export const plugin = createPolarPlugin({ preload: 'use' });
