// What a customer reads of an error, and what its developer finds on the console.
import { ENGLISH, errorText, type Localization, PolarError } from '@plinto/polar';
import { expect, it, vi } from 'vitest';
import { logError } from '../../dist/js/error-text.js';

const errorOf = (code: string, diagnosis?: string) =>
  new PolarError({
    code,
    family: 'caller',
    message: 'Check the base URL.',
    ...(diagnosis && { details: { diagnosis } }),
  });
const { errors } = ENGLISH;

it("takes the text of Polar's own word, which stands before the colon", () => {
  const declined = errorOf('CONFLICT', 'PaymentFailed: Payment failed with reason: card_error.');

  expect(errorText(ENGLISH, declined)).toBe(errors.PaymentFailed);
  expect(errorText(ENGLISH, errorOf('CONFLICT', 'PaymentActionRequired'))).toBe(errors.PaymentActionRequired);
});

it.each([
  ['there is no word', errorOf('CONFLICT')],
  ['the word has no text', errorOf('CONFLICT', 'SubscriptionLocked: It is being changed.')],
  ['it is no word', errorOf('CONFLICT', 'Subscription is not there.')],
  ['the word is a member of every object', errorOf('CONFLICT', 'constructor: toString')],
])('takes the text of the code where %s', (_, error) => {
  expect(errorText(ENGLISH, error)).toBe(errors.CONFLICT);
});

it('takes the one for all others where the code has none', () => {
  expect(errorText(ENGLISH, errorOf('OF_A_NEWER_SERVER'))).toBe(errors.other);
});

it('takes texts that a language has beside those', () => {
  const german: Localization = {
    ...ENGLISH,
    errors: {
      ...errors,
      SubscriptionLocked: 'Gerade geschieht schon etwas anderes.',
      TIMEOUT: 'Das hat zu lange gedauert.',
    },
  };

  expect(errorText(german, errorOf('TIMEOUT'))).toBe('Das hat zu lange gedauert.');
  expect(errorText(german, errorOf('CONFLICT', 'SubscriptionLocked: It is being changed.'))).toBe(
    'Gerade geschieht schon etwas anderes.',
  );
});

it.each<[string, object | undefined]>([
  ['there is no language', undefined],
  ['the language has no errors', {}],
  ['its errors lack all that would do', { errors: { CONFLICT: 'Geht nicht.' } }],
])('is English where %s', (_, words) => {
  expect(errorText(words as Localization | undefined, errorOf('TIMEOUT'))).toBe(errors.other);
});

it('never takes what was written for developers', () => {
  for (const code of ['NETWORK_FAILED', 'INTERNAL', 'VALIDATION_FAILED']) {
    expect(errorText(ENGLISH, errorOf(code, 'Check the base URL.'))).not.toContain('URL');
  }
});

it('tells the console of an error once, however many show it, and of another', () => {
  const log = vi.fn();
  const [one, other] = [errorOf('TIMEOUT'), errorOf('TIMEOUT')];

  for (const error of [one, one, undefined, other, one]) logError(error, log);

  expect(log.mock.calls).toEqual([[one], [other]]);
});

it('tells the console unless somebody else is named', () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  const error = errorOf('TIMEOUT');

  logError(error);

  expect(log).toHaveBeenCalledExactlyOnceWith(error);
  log.mockRestore();
});
