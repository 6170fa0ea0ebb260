'use client';
// The texts of the nearest PolarProvider, and how its language writes amounts and dates.
import { useContext } from 'react';
import { ENGLISH } from '../js/localization.js';
import { type Texts, textsOf } from '../js/texts.js';
import { PolarContext } from './context.js';

/** English and UTC where the provider says nothing else. */
export function useTexts(): Texts {
  const { localization = ENGLISH, timeZone = 'UTC' } = useContext(PolarContext);
  return textsOf(localization, timeZone);
}
