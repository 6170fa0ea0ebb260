// What is generated here, and not by the core's program, is as the generator prints it.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
// @ts-expect-error: a script without types
import { printMoreRoutes, printServerRoutes } from '../../scripts/lib/more-routes.mjs';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

it('has the routes of the OpenAPI document', () => {
  const document = JSON.parse(read('docs/openapi.json'));

  expect(read('js/generated/more-routes.ts')).toBe(printMoreRoutes(document));
  expect(read('js/generated/server-routes.ts')).toBe(printServerRoutes(document));
});

it('refuses to print a route that the document does not have', () => {
  expect(() => printMoreRoutes({ paths: {} })).toThrow(/has no getCustomerData/);
});
