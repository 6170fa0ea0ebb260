// Settings are looked at when a client or a plugin is made: a wrong one is to fail there, and not at a buyer's click.
import { fail } from './errors.js';

const ADDRESS = [/^https?:/i, 'an absolute URL'] as const;

/** What each setting has to be: its type, or what its text looks like. */
const RULES: Readonly<Record<string, string | readonly [RegExp, what: string] | null>> = {
  __proto__: null,
  baseUrl: 'string',
  basePath: 'string',
  organizationId: [/^[\da-f-]{36}$/i, 'a UUID'],
  country: [/^[a-z]{2}$/i, 'two letters'],
  defaultSuccessUrl: ADDRESS,
  defaultReturnUrl: ADDRESS,
  products: 'object',
  preload: [/^(idle|intent|use)$/, 'idle, intent or use'],
  transport: 'function',
  wasm: [/./, ''],
  getAccessToken: 'function',
  onError: 'function',
  createCustomerOnSignUp: 'boolean',
  usage: 'object',
  'usage.limit': [/^[1-9]\d*$/, '1 or more'],
  'usage.file': 'string',
  'usage.onRefused': 'function',
  'usage.onFull': 'function',
};

/** Throws CONFIGURATION_INVALID, naming the setting. `prefix`: of settings inside another one. */
export function checkSettings(settings: object, prefix = ''): void {
  for (const [name, value] of Object.entries(settings)) {
    const field = prefix + name;
    const rule = RULES[field] ?? [/^$/, `one of ${Object.keys(RULES)}`];
    const [isRight, what] =
      typeof rule === 'string' ? [typeof value === rule, `a ${rule}`] : [rule[0].test(value), rule[1]];
    if (value === undefined) continue;
    if (!isRight)
      fail({ code: 'CONFIGURATION_INVALID', family: 'caller', message: `${field} must be ${what}.`, field });
    if (field === 'usage') checkSettings(value ?? {}, 'usage.');
  }
}
