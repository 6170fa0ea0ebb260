// The page's entry: makes the Plinto client, installs billing on it, renders.
import { createPolarPlugin } from '@plinto/polar';
import { PolarProvider } from '@plinto/polar/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { loadConfig } from './config';
import { PlintoClient } from './plinto-client';
import './styles/tokens.css';
import './styles/base.css';
import './styles/page.css';

const place = document.getElementById('root');
if (place === null) throw new Error('index.html has no #root');
const root = createRoot(place);

const client = new PlintoClient({ baseURL: window.location.origin });
const plugin = createPolarPlugin({ createCustomerOnSignUp: true, preload: 'idle' });

try {
  const config = await loadConfig();
  root.render(
    <StrictMode>
      <PolarProvider client={client} plugin={plugin}>
        <App client={client} config={config} />
      </PolarProvider>
    </StrictMode>,
  );
} catch (error) {
  root.render(<p role="alert">This page could not start: {error instanceof Error ? error.message : String(error)}</p>);
}
