'use client';
// The texts of the nearest PolarProvider, and how its language writes amounts and dates.
import { useContext, useEffect } from 'react';
import { errorText, logError } from '../js/error-text.js';
import type { PolarError } from '../js/index.js';
import { ENGLISH } from '../js/localization.js';
import { type Texts, textsOf } from '../js/texts.js';
import { PolarContext } from './context.js';

/** English and UTC where the provider says nothing else. */
export function useTexts(): Texts {
  const { localization = ENGLISH, timeZone = 'UTC' } = useContext(PolarContext);
  return textsOf(localization, timeZone);
}

/** What is shown of an error of a read. The error itself goes to the console, since nobody else is told of it. */
export function useErrorText(error: PolarError | undefined): string | undefined {
  const { words } = useTexts();
  useEffect(() => logError(error), [error]);
  return error && errorText(words, error);
}
