// Where the test run asks for it, what emulators in process answer is written down like all others' answers:
// tests/contract/emulator holds them against Polar's document.
import { appendFileSync } from 'node:fs';
import type { EmulatedExchange } from '@plinto/polar/testing';

const file = process.env.POLAR_EMULATOR_TRANSCRIPT;

/** For `onExchange`; undefined where nobody asks. */
export const transcribe =
  file === undefined || file === ''
    ? undefined
    : ({ method, path, route, status, contentType, body }: EmulatedExchange): void => {
        const line = { method, path, route: route || null, status, content_type: contentType || null, body };
        appendFileSync(file, `${JSON.stringify(line)}\n`);
      };
