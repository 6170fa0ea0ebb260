// The least that a page needs: a client with a token, the provider, a button. The address says what is sold.
import { createPolarPlugin, loadCore } from '@plinto/polar';
import { PolarCheckoutButton, PolarProvider } from '@plinto/polar/react';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';

const client = {
  getAccessToken: async () => localStorage.getItem('plinto_access_token'),
  getConfig: () => ({ baseURL: location.origin }),
};
const plugin = createPolarPlugin({ preload: 'use' });
const productId = new URLSearchParams(location.search).get('product') ?? '';

function Shop() {
  const [refusal, setRefusal] = useState('');
  return (
    <PolarProvider client={client} plugin={plugin}>
      <PolarCheckoutButton
        productId={productId}
        successUrl={`${location.origin}/?paid=1`}
        onError={(error) => setRefusal(`${error.code} ${error.field}`)}
      >
        Buy
      </PolarCheckoutButton>
      <p role="status">{refusal}</p>
    </PolarProvider>
  );
}

window.loadCore = loadCore;

createRoot(document.getElementById('root')).render(<Shop />);
