// A year of one subscription, as tests/vectors/subscription-year.json tells it, in process: the webhooks come in the
// same order and at the same microseconds as natively (tests/cpp/emulator/subscriptions/year_test.cpp runs the same file).
import { readFileSync } from 'node:fs';
import { createPolarEmulator } from '@plinto/polar/testing';
import { expect, it } from 'vitest';
import { runYear, type Year } from './support/year.mjs';

const year = JSON.parse(readFileSync(new URL('../vectors/subscription-year.json', import.meta.url), 'utf8')) as Year;

it('gives the same year in process as natively', async () => {
  const events = await runYear(createPolarEmulator, year);

  expect(events).toEqual(year.events);
});
