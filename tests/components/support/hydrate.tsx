// What a server renders, taken over by the page.
import { act } from '@testing-library/react';
import type { ReactNode } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { expect, onTestFinished, vi } from 'vitest';

/** Resolves with what the server has rendered, once the page has taken it over without a complaint. */
export async function hydrate(page: ReactNode): Promise<{ html: string; container: HTMLElement }> {
  const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
  const html = renderToString(page);
  // There is a document here, unlike on a server: React 18 complains of layout effects, which are none there.
  logged.mockClear();
  const container = document.body.appendChild(document.createElement('div'));
  container.innerHTML = html;
  const root = await act(async () => hydrateRoot(container, page));
  onTestFinished(() => {
    act(() => root.unmount());
    container.remove();
  });
  expect(logged).not.toHaveBeenCalled();
  return { html, container };
}
