// Settings are looked at when a client or a plugin is made: a wrong one is to fail there, and not at a buyer's click.
import { fail } from './errors.js';

const ADDRESS = [/^https?:/i, 'an absolute URL'] as const;

/** What each setting has to be: its type, or what its text looks like. */
const RULES: Readonly<Record<string, string | readonly [RegExp, what: string] | null>> = {
  __proto__: null,
  baseUrl: 'string',
  basePath: 'string',
  organizationId: [/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i, 'a UUID'],
  defaultSuccessUrl: ADDRESS,
  defaultReturnUrl: ADDRESS,
  products: 'object',
  preload: [/^(idle|intent|use)$/, 'idle, intent or use'],
  transport: 'function',
  wasm: [/./, ''],
  getAccessToken: 'function',
  onError: 'function',
  createCustomerOnSignUp: 'boolean',
};

/** Throws CONFIGURATION_INVALID, naming the setting. */
export function checkSettings(settings: object): void {
  for (const [field, value] of Object.entries(settings)) {
    const rule = RULES[field] ?? [/^$/, `one of ${Object.keys(RULES)}`];
    const isWrong = typeof rule === 'string' ? typeof value !== rule : !rule[0].test(value);
    if (value === undefined || !isWrong) continue;
    const what = typeof rule === 'string' ? `a ${rule}` : rule[1];
    fail({ code: 'CONFIGURATION_INVALID', family: 'caller', message: `${field} must be ${what}.`, field });
  }
}
