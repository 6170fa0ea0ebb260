// This package, with its default settings.
import { createPolarPlugin } from '@plinto/polar';
import { PolarCheckoutButton, PolarProvider } from '@plinto/polar/react';

const encode = (value) => btoa(JSON.stringify(value));
const token = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ sub: '7b0f6c1e-3f0a-4a53-9d55-0c6b3c9a7f10' })}.none`;
const client = { getAccessToken: async () => token, getConfig: () => ({ baseURL: location.origin }) };
const plugin = createPolarPlugin();

export default function Shop() {
  return (
    <PolarProvider client={client} plugin={plugin}>
      <PolarCheckoutButton productId="5e5b1d4c-8d0a-4c52-8f3c-2b8f5a0e9d11">Buy</PolarCheckoutButton>
    </PolarProvider>
  );
}
