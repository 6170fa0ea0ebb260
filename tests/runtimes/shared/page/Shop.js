// The page of every row with React: one button that sells, and one whose product id the core refuses before it is sent.
// Without JSX, so that the same file also runs where nothing compiles it.
import { PolarCheckoutButton, PolarProvider } from '@plinto/polar/react';
import { createElement, useEffect, useState } from 'react';
import { client, plugin } from './client.js';

export function Shop() {
  const [refusal, setRefusal] = useState('');
  const [state, setState] = useState('rendered');
  useEffect(() => setState('ready'), []);
  const buy = createElement(PolarCheckoutButton, { slug: 'pro' }, 'Buy');
  const refuse = createElement(
    PolarCheckoutButton,
    { productId: 'pro', onError: ({ code, field }) => setRefusal(`${code} ${field}`) },
    'Be refused',
  );
  return createElement(
    PolarProvider,
    { client, plugin },
    createElement('main', { 'data-state': state }, buy, refuse, createElement('p', { role: 'status' }, refusal)),
  );
}
