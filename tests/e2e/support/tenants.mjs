// A tenant in a test: a Polar of its own (the emulator), added to the running server, and what its customers do there.
import { randomBytes } from 'node:crypto';
import { Child } from '../../../scripts/lib/child.mjs';
import { EmulatorClient } from '../../../scripts/lib/emulator.mjs';
import { binary } from '../../../scripts/lib/paths.mjs';
import { freePorts } from '../../../scripts/lib/ports.mjs';
import { waitFor } from '../../../scripts/lib/wait.mjs';

export const newSecret = () => `whsec_${randomBytes(24).toString('hex')}`;

/**
 * Starts a Polar for the tenant. All of them have the same seed: their products have the same ids.
 * @param {string} id
 * @param {{ urls: { server: string } }} world
 */
export async function startTenant(id, world) {
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const secrets = { accessToken: `polar_oat_${randomBytes(24).toString('hex')}`, polarWebhook: newSecret() };
  const child = new Child(`the Polar of ${id}`, [
    binary,
    'emulate',
    ...['--port', String(port), '--seed', '7', '--access-token', secrets.accessToken],
    ...['--webhook-secret', secrets.polarWebhook, '--webhook-url', `${world.urls.server}/t/${id}/polar/webhooks`],
  ]);
  await child.line(/listening on/);
  const emulator = new EmulatorClient(url, secrets.accessToken);
  return {
    id,
    url,
    secrets,
    emulator,
    product: await emulator.product(),
    settings: {
      TENANT_POLAR_ACCESS_TOKEN: secrets.accessToken,
      TENANT_POLAR_WEBHOOK_SECRET: secrets.polarWebhook,
      TENANT_POLAR_API_URL: url,
    },
    call: (method, path, options) => world.callAt(`/t/${id}/api/v1/polar`, method, path, options),
    stop: () => child.stop(),
  };
}

/** Resolves once the tenant is served, which takes seconds. */
export const served = (tenant) =>
  waitFor(`tenant ${tenant.id}`, async () => (await tenant.call('GET', '/.well-known/jwks.json')).status === 200);
