// Names as the core and the server spell them (snake_case) and as this package does.
import { toCamelName } from './wire-error.js';

/** With every name at every depth in camelCase. For values whose keys are all fields, none the caller's own. */
export const toCamel = (value: unknown): unknown => renamed(value, toCamelName);

/** With every name at every depth in snake_case. */
export const toSnake = (value: unknown): unknown =>
  renamed(value, (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));

function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((inner) => renamed(inner, rename));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [rename(name), renamed(inner, rename)]));
}
