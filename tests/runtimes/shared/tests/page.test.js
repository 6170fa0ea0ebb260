// What an application tests of its page: that it shows the button, and what a click leads to.
import { act, createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { Shop } from './Shop.js';

globalThis.IS_REACT_ACT_ENVIRONMENT = true;

describe('the page', () => {
  it('has the core refuse a product id that is none', async () => {
    const place = document.body.appendChild(document.createElement('div'));
    await act(async () => createRoot(place).render(createElement(Shop)));
    const [buy, refuse] = place.querySelectorAll('button');
    await globalThis.loadCore();

    await act(async () => refuse.click());
    const status = place.querySelector('[role=status]');
    for (let waited = 0; status.textContent === '' && waited < 10_000; waited += 50) {
      await act(() => new Promise((resolve) => setTimeout(resolve, 50)));
    }

    expect(buy.textContent).toBe('Buy');
    expect(status.textContent).toBe('VALIDATION_FAILED productId');
  });
});
