// Builds the page, and serves it as it is served in production: one origin for page and APIs, a strict CSP.
//
// `vite preview` plays the API gateway. It is told where the APIs are by PLINTO_URL and POLAR_SERVER_URL, and which
// product is sold by PRODUCT (JSON) and USAGE_EVENT, which the page reads at run time from /config.json.
import { defineConfig, type Plugin } from 'vite';

const csp = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; frame-ancestors 'none'; base-uri 'none'";

const {
  POLAR_SERVER_URL = 'http://127.0.0.1:4000',
  PLINTO_URL = 'http://127.0.0.1:4020',
  PRODUCT = 'null',
  USAGE_EVENT = 'api_call',
} = process.env;

const proxy = { '/api/v1/polar': POLAR_SERVER_URL, '/api/v1': PLINTO_URL };

type Middlewares = { use(path: string, handle: (request: unknown, response: Answer) => void): unknown };
type Answer = { setHeader(name: string, value: string): unknown; end(body: string): unknown };

function runtimeConfig(): Plugin {
  const serve = ({ middlewares }: { middlewares: Middlewares }) => {
    middlewares.use('/config.json', (_, response) => {
      response.setHeader('content-type', 'application/json');
      response.setHeader('cache-control', 'no-store');
      response.end(JSON.stringify({ product: JSON.parse(PRODUCT) as unknown, usageEvent: USAGE_EVENT }));
    });
  };
  return { name: 'runtime-config', configureServer: serve, configurePreviewServer: serve };
}

export default defineConfig({
  plugins: [runtimeConfig()],
  // The components say 'use client' for frameworks with a server; here everything is the client.
  build: { target: 'es2022', rolldownOptions: { checks: { moduleLevelDirective: false } } },
  server: { proxy },
  preview: {
    proxy,
    headers: {
      'content-security-policy': csp,
      'referrer-policy': 'strict-origin-when-cross-origin',
      'x-content-type-options': 'nosniff',
    },
  },
});
