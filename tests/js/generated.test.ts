// What is generated here, and not by the core's program, is as the generator prints it.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
// @ts-expect-error: a script without types
import { printMoreRoutes } from '../../scripts/lib/more-routes.mjs';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

it('has the routes of the OpenAPI document', () => {
  expect(read('js/generated/more-routes.ts')).toBe(printMoreRoutes(JSON.parse(read('docs/openapi.json'))));
});

it('refuses to print a route that the document does not have', () => {
  expect(() => printMoreRoutes({ paths: {} })).toThrow(/has no getCustomerData/);
});
