// The page of embed-frame.test.tsx: sells in a dialog, between two things that can have the focus.
import { betterAuthClient, createPolarClient } from '@plinto/polar';
import { PolarCheckoutButton, PolarProvider } from '@plinto/polar/react';
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';

const polar = createPolarClient({ getAccessToken: () => 'token' });

declare global {
  interface Window {
    authClient: ReturnType<typeof betterAuthClient>;
    heard: string[];
  }
}
window.authClient = betterAuthClient(polar);
window.heard = [];

function Shop() {
  const [told, tell] = useState('');
  return (
    <PolarProvider polar={polar}>
      <button type="button">Before</button>
      <PolarCheckoutButton
        slug="pro"
        mode="embed"
        nonce="r4nd0m"
        onSuccess={({ checkout, order }) => tell(`${checkout?.status} ${order?.totalAmount}`)}
        onClose={() => tell('closed')}
      />
      <button type="button">After</button>
      <p role="status">{told}</p>
    </PolarProvider>
  );
}

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <Shop />
  </StrictMode>,
);
