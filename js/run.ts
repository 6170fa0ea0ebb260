// One call of a page, with the core if that is there in time, and plainly else.
import { runExchange } from './exchange.js';
import type { Operation } from './generated/routes.js';
import { begin, type MoreOperation } from './plain.js';
import type { PolarClientOptions } from './settings.js';
import type { CoreModule } from './wasm/core-module.js';
import { createLoader, type LoadOptions } from './wasm/loader.js';
import { within } from './within.js';

export const loadCore: (options?: LoadOptions) => Promise<CoreModule> = /* @__PURE__ */ createLoader(
  () => import('./wasm/core-module.js'),
);

export const loadQuotes = /* @__PURE__ */ createLoader(() => import('./wasm/quote-module.js'));

/** So long a click in a page waits for the core, and whatever nobody waits for: a server, a decision about a failure. */
const HASTY_MS = 5;
const PATIENT_MS = 1_000;

/** The core, or nothing where it cannot be had, which is said once. */
export const fetchCore = (options: LoadOptions): Promise<CoreModule | undefined> =>
  loadCore(options).catch((error: Error) => {
    warnOnce(`${error.message} Requests go unchecked.`);
    return undefined;
  });

/** `plain`: of what the browser's core does not know. Errors: those of the operation. */
export async function run<Result>(
  operation: Operation | MoreOperation,
  input: object,
  options: PolarClientOptions,
  getAccessToken: PolarClientOptions['getAccessToken'],
  signal: AbortSignal | undefined,
  plain: boolean | undefined,
): Promise<Result> {
  const patience = typeof document === 'undefined' ? PATIENT_MS : HASTY_MS;
  const core = plain ? undefined : await within(patience, fetchCore(options));
  const first = core ?? begin(() => within(PATIENT_MS, fetchCore(options)));
  return runExchange<Result>(first, operation, input, options, getAccessToken, signal);
}

let warned = false;

function warnOnce(message: string): void {
  if (!warned) console.warn(message);
  warned = true;
}
