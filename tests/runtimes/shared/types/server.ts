// What a server uses of the package, for the compiler alone: Node has no types of the DOM.
import { createPolarClient, loadCore } from '@plinto/polar';
import { createPolarEmulator } from '@plinto/polar/testing';
import { createWebhookHandler, verifyWebhook } from '@plinto/polar/webhooks';

export const handler: (request: Request) => Promise<Response> = createWebhookHandler({
  secret: ['whsec_one', 'whsec_two'],
  on: { 'order.paid': ({ data }) => data.total_amount.toFixed() },
});

export async function version(): Promise<string> {
  const core = await loadCore();
  return core.version();
}

export const read = (body: Uint8Array, headers: Record<string, string>) =>
  verifyWebhook({ body, headers, secret: 'whsec_one' }).then((event) => event.type);

export const client = createPolarClient({ baseUrl: 'https://api.example.com', getAccessToken: async () => 'token' });
export const emulator = createPolarEmulator({ seed: 1 });
