// Builds the page, and serves it as it is served in production: one origin for page and APIs, a strict CSP.
//
// `vite preview` plays the API gateway. It is told where the APIs are by PLINTO_URL and POLAR_SERVER_URL.
import { defineConfig } from 'vite';

const csp = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; frame-ancestors 'none'; base-uri 'none'";

const { POLAR_SERVER_URL = 'http://127.0.0.1:4000', PLINTO_URL = 'http://127.0.0.1:4020' } = process.env;

const proxy = { '/api/v1/polar': POLAR_SERVER_URL, '/api/v1': PLINTO_URL };

export default defineConfig({
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
