// A peer: Better Auth with Polar's plugin for it, users and sessions in memory, which is the fastest that it has.
import { createServer } from 'node:http';
import { checkout, polar, portal, usage, webhooks } from '@polar-sh/better-auth';
import { Polar } from '@polar-sh/sdk';
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { toNodeHandler } from 'better-auth/node';

const { PORT, UPSTREAM, WEBHOOK_SECRET, PRODUCT } = process.env;
const baseURL = `http://127.0.0.1:${PORT}`;
const auth = betterAuth({
  baseURL,
  secret: 'only-for-this-benchmark-only-for-this-benchmark',
  database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
  logger: { level: 'error' },
  telemetry: { enabled: false },
  rateLimit: { enabled: false },
  emailAndPassword: { enabled: true },
  plugins: [
    polar({
      client: new Polar({ accessToken: 'polar_oat_bench', serverURL: UPSTREAM }),
      use: [
        checkout({ products: [{ productId: PRODUCT, slug: 'pro' }], successUrl: '/ok', authenticatedUsersOnly: true }),
        portal(),
        usage(),
        webhooks({ secret: WEBHOOK_SECRET, onPayload: async () => {} }),
      ],
    }),
  ],
});
const server = createServer(toNodeHandler(auth));
server.listen(Number(PORT), '127.0.0.1', () => console.log('listening'));
