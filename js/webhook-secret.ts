// What cannot be the secret of a webhook endpoint, told before the first delivery: when a handler is made, which waits for
// no WebAssembly. The words are those that the server refuses (cpp/server/config/secret_strength.cpp).
import { fail } from './errors.js';

/** An endpoint's secret as Polar shows it (`whsec_...`), or several while one replaces another. */
export type WebhookSecrets = string | undefined | readonly (string | undefined)[];

const PLACEHOLDER = /^$|\.\.\.|\u2026|^[<{$]/;
// Only where they stand between separators: random text has all letters side by side.
const WORDS = /(^|[_ -])(your|changeme|change|replace|placeholder|example|insert|todo|dummy)([_ -]|$)/i;

/** Returns the secrets that there are. Throws CONFIGURATION_INVALID without one, and for a placeholder. */
export function readSecrets(secret: WebhookSecrets): string[] {
  const secrets = [secret].flat().filter((one): one is string => !!one?.trim());
  if (secrets.length === 0) {
    refuse(
      'The webhook secret is missing: set POLAR_WEBHOOK_SECRET where this runs, and pass it as `secret`. Polar shows it (whsec_...) on the page of the endpoint.',
    );
  }
  if (secrets.some(isPlaceholder)) {
    refuse('The webhook secret is a placeholder. Put in its place the whsec_... that Polar shows for this endpoint.');
  }
  return secrets;
}

function isPlaceholder(secret: string): boolean {
  const text = secret.trim().replace(/^whsec_/, '');
  return PLACEHOLDER.test(text) || WORDS.test(text);
}

const refuse = (message: string) => fail({ code: 'CONFIGURATION_INVALID', family: 'caller', message, field: 'secret' });
