// What a customer reads of an error. Its `message` is for developers: it names settings, routes and fields.
import type { PolarError } from './errors.js';
import type { Localization } from './localization.js';

/** The text of Polar's own word, else of the error's code, else of all others. English where the language lacks it. */
export function errorText(
  words: Pick<Localization, 'errors'> | undefined,
  { code, details }: Pick<PolarError, 'code' | 'details'>,
): string {
  // A language that was written in JavaScript may have no errors at all; and no word of a server's is a member of Object.
  const texts: Readonly<Record<string, string | null | undefined>> = {
    __proto__: null,
    ...words?.errors,
  };
  // `PaymentFailed: Payment failed with reason: card_error.`
  const [word = ''] = `${details.diagnosis}`.split(':');
  return texts[word] ?? texts[code] ?? texts.other ?? 'Something went wrong. Please try again.';
}

const logged = new WeakSet<PolarError>();

/** Tells the developer of what a customer is shown less of: once, however many components show it. */
export function logError(error: PolarError | undefined, log: (error: PolarError) => void = console.error): void {
  if (!error || logged.has(error)) return;
  logged.add(error);
  log(error);
}
