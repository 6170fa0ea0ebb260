// The page's entry.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { PlintoClient } from './plinto-client';
import '@plinto/polar/react/styles.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/page.css';

const place = document.getElementById('root');
if (place === null) throw new Error('index.html has no #root');

createRoot(place).render(
  <StrictMode>
    <App client={new PlintoClient({ baseURL: window.location.origin })} />
  </StrictMode>,
);
