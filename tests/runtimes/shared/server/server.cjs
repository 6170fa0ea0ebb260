// The same in a program that is CommonJS still.
const { createPolarClient } = require('@plinto/polar');
const { createWebhookHandler } = require('@plinto/polar/webhooks');

if (typeof createPolarClient !== 'function' || typeof createWebhookHandler !== 'function') throw new Error('not loaded');
import('./server.js');
