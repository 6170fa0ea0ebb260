// The least that a page needs of Plinto: somebody who is signed in, and the origin behind which the gateway is.
import { createPolarPlugin, loadCore } from '@plinto/polar';

export const client = {
  getAccessToken: async () => localStorage.getItem('plinto_access_token'),
  getConfig: () => ({ baseURL: globalThis.location?.origin ?? '' }),
};

// A click does not wait for the core; the test does.
globalThis.loadCore = loadCore;

export const plugin = createPolarPlugin({ preload: 'use' });
