// Better Auth's client for React with Polar's client plugin, which takes the browser to the checkout by itself.
import { polarClient } from '@polar-sh/better-auth/client';
import { createAuthClient } from 'better-auth/react';
import { Button } from './button.jsx';

const client = createAuthClient({ plugins: [polarClient()] });

async function buy() {
  const { error } = await client.checkout({ slug: 'pro' });
  if (error) throw new Error(error.message);
}

export default function Shop() {
  return <Button buy={buy} />;
}
