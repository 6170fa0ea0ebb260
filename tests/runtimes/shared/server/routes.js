// The two routes of every row with a server: Polar's webhooks, and what a signed-in user may use.
import { createPolarClient, loadCore } from '@plinto/polar';
import { createWebhookHandler } from '@plinto/polar/webhooks';

/** @param {{ POLAR_WEBHOOK_SECRET: string, POLAR_SERVER_URL: string }} env */
export function createRoutes(env) {
  const paid = [];
  return {
    webhooks: createWebhookHandler({
      secret: env.POLAR_WEBHOOK_SECRET,
      on: { 'order.paid': ({ data }) => paid.push(data.id) },
    }),
    async state(request) {
      const token = request.headers.get('authorization')?.replace('Bearer ', '') ?? null;
      const polar = createPolarClient({ baseUrl: env.POLAR_SERVER_URL, getAccessToken: async () => token });
      const { status } = await polar.getCustomerState();
      const core = await loadCore().then(
        (loaded) => loaded.version(),
        (error) => `${error.message} (${error.cause?.stack ?? error.cause})`,
      );
      return Response.json({ status: status ?? null, core, paid });
    },
  };
}

/** Answers a request as a whole server does, by its path. */
export function createServer(env) {
  const { webhooks, state } = createRoutes(env);
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/api/webhooks') return webhooks(request);
    if (pathname === '/api/state') return state(request);
    return new Response('not found', { status: 404 });
  };
}
