// One scene: a component, or all of them, as the chosen person sees it.
import { createPolarClient } from '@plinto/polar';
import { PolarProvider } from '@plinto/polar/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { readChoice } from './choice';
import { components } from './components';
import './scene.css';

const root = document.getElementById('root');
if (root === null) throw new Error('scene.html has no #root');

const { component, scenario, theme, direction } = readChoice(location.search);
const { documentElement: page } = document;
page.dir = direction;
page.className = theme.startsWith('shadcn') ? 'shadcn' : '';
if (theme.endsWith('dark')) page.classList.add('dark');

interface Person {
  token: string | null;
  checkoutId?: string;
}
const whoIsThere = async () => (await (await fetch(`/token/${scenario}`)).json()) as Person;
const { checkoutId } = await whoIsThere();

const polar = createPolarClient({
  basePath: `/shop/${scenario}/api/v1/polar`,
  getAccessToken: async () => (await whoIsThere()).token,
});

const shown = components.filter(({ name }) => component === 'all' || component === name);

createRoot(root).render(
  <StrictMode>
    <PolarProvider polar={polar}>
      {shown.map(({ name, what, show }) => (
        <section key={name} aria-label={what} data-scene={name}>
          {show({ scenario, checkoutId })}
        </section>
      ))}
    </PolarProvider>
  </StrictMode>,
);
