'use client';
// A mistake of whoever wrote the page: what is wrong, where, and what to write instead.
import { PolarError } from '../js/index.js';

export function configurationError(message: string): PolarError {
  return new PolarError({ code: 'CONFIGURATION_INVALID', family: 'caller', message });
}
