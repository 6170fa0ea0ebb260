// What the emulator does not have: every operation of Polar's document is answered, or named in docs/emulator.md.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { document } from '../../support/document.ts';
import type { RunningEmulator } from '../support/process.ts';

const someId = '00000000-0000-4000-8000-000000000000';
const methods = new Set(['get', 'post', 'put', 'patch', 'delete']);

/** `GET /v1/files/` of the table in docs/emulator.md. */
function namedAsMissing(): string[] {
  const text = readFileSync(new URL('../../../../docs/emulator.md', import.meta.url), 'utf8');
  const section = text.slice(text.indexOf('\n## What it does not have\n'));
  return [...section.matchAll(/`((?:GET|POST|PUT|PATCH|DELETE) \/v1\/[^`]+)`/g)].map(([, operation]) => `${operation}`);
}

const operations = (): { method: string; path: string }[] =>
  Object.entries(document().paths).flatMap(([path, found]) =>
    Object.keys(found)
      .filter((method) => methods.has(method))
      .map((method) => ({ method: method.toUpperCase(), path })),
  );

export function nameWhatIsMissing(emulator: () => RunningEmulator): void {
  it('answers every operation of the document, or names it in docs/emulator.md', async () => {
    const { url, accessToken } = emulator();
    const missing: string[] = [];
    for (const { method, path } of operations()) {
      // Without a body that is valid, nothing is made or changed.
      const answer = await fetch(url + path.replaceAll(/\{[^}]+\}/g, someId), {
        method,
        headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
        ...(method === 'GET' || method === 'DELETE' ? {} : { body: '{}' }),
      });
      const text = await answer.text();
      if (answer.status === 501 && text.includes('does not have the route')) missing.push(`${method} ${path}`);
    }

    expect(namedAsMissing().sort()).toEqual(missing.sort());
  });
}
