// A whole application on one clock, for `@plinto/polar/testing`: emulator, stand-in for Plinto and server, and what moves
// their time. It needs Node, so what it is made of is loaded when it is started.
import type { Plinto } from '../../plinto/index.js';
import type { EmulatorCatalog } from '../catalogs.js';
import type { Duration } from '../duration.js';
import type { EmulatedProduct, EmulatorLog } from '../emulator.js';
import type { CheckoutToPay, Payment, PaymentOptions, TestCard } from '../pay.js';

/** What `startPolarStack` takes. */
export interface PolarStackOptions {
  /** The time to start at. Default: the machine's. */
  now?: Date | string | number | undefined;
  /** Ids, tokens and jitter derive from it. Default: 1. */
  seed?: number | undefined;
  /** What Polar sells. Default: as `createPolarEmulator`. */
  catalog?: EmulatorCatalog | undefined;
  /** Emulates Conekta, too, with which the server sells in Mexico: see `PolarStack.conekta`. Default: false. */
  conekta?: boolean | undefined;
  /** The server's `PRODUCTS`. Default: made of what Polar sells, a slug for each name, from the lowest tier to the highest. */
  products?: object | undefined;
  /** Where the application's pages are: what the server answers, and where buyers may return to. */
  origins?: readonly string[] | undefined;
  /** The application's own endpoints for Polar's webhooks. They are signed with `environment.POLAR_WEBHOOK_SECRET`. */
  webhookUrls?: readonly string[] | undefined;
  /**
   * The server's program, or `false` for none. Default: the one that `PLINTO_POLAR_BIN` names, that is on `PATH`, or that a
   * package for this platform brings; where there is none, the stack starts without a server.
   */
  server?: string | false | undefined;
  /** More of the server's settings, as `{ USAGE_EVENTS: 'api_call' }`. They win over those that are made here. */
  settings?: Readonly<Record<string, string>> | undefined;
  /** Sees each line that the server prints. */
  onServerLine?: ((line: string) => void) | undefined;
}

/** The running parts. */
export interface PolarStack {
  readonly polar: StackedPolar;
  readonly plinto: Plinto;
  /** Conekta's address and private key, for its own client or `fetch`. Absent without the option. */
  readonly conekta: { readonly url: string; readonly apiKey: string } | undefined;
  /** Absent where no program was found: `missing` says where it was looked for. */
  readonly server: { readonly url: string } | undefined;
  readonly missing: string | undefined;
  /**
   * What the application is configured with: `POLAR_API_URL`, `POLAR_ACCESS_TOKEN`, `POLAR_WEBHOOK_SECRET`, `PLINTO_API_URL`,
   * `PLINTO_JWT_SECRET`, `PLINTO_WEBHOOK_SECRET`, `PRODUCTS`, `TEST_CLOCK` (the file that holds the time),
   * `POLAR_SERVER_URL` where there is a server, and `CONEKTA_URL`, `CONEKTA_API_KEY` and `CONEKTA_WEBHOOK_KEYS` with Conekta.
   */
  readonly environment: Readonly<Record<string, string>>;
  /** The time that all parts have. It goes on as fast as the machine's. */
  now(): Date;
  /**
   * Lets time pass for all parts at once, from one thing that is due to the next: renewals, trials, dunning, webhooks, each
   * at its time and answered before the next. Five years at the most. Throws VALIDATION_FAILED, CONFLICT.
   */
  advance(by: Duration): Promise<void>;
  /** The same, up to a time that is not in the past. */
  advanceTo(time: Date | string | number): Promise<void>;
  /** Delivers what waits: lets ten seconds pass, since Polar holds some events back for a moment. */
  deliver(): Promise<void>;
  /** Signs somebody up at Plinto, and answers who it is with their access token. */
  signUp(person: { email: string; name: string; password?: string }): Promise<{ id: string; accessToken: string }>;
  /** Stops everything and removes what it kept. */
  stop(): Promise<void>;
}

/** Polar at its address. */
export interface StackedPolar {
  readonly url: string;
  readonly accessToken: string;
  readonly products: readonly EmulatedProduct[];
  /** One call of Polar's API with the access token, or of the emulator's own switches (`/_emulator/...`). */
  api<Body = unknown>(method: string, path: string, body?: unknown): Promise<Body>;
  /** The product of that name. Throws NOT_FOUND, listing the names that there are. */
  product(name: string): EmulatedProduct;
  /** Pays a checkout as a buyer does on the page, then delivers the webhooks. A declined card is an answer: look at `paid`. */
  pay(checkout: CheckoutToPay, options?: PaymentOptions): Promise<Payment>;
  /** What the customer's cards do from now on. `customer`: an id, or your external id. */
  setCard(customer: string, card: TestCard | 'none'): Promise<void>;
  /** Requests received and webhooks delivered, oldest first: the last thousand of each. */
  log(): Promise<EmulatorLog>;
}

/** Starts emulator, stand-in and, where it is found, the server, on free ports of this machine and on one clock. */
export async function startPolarStack(options: PolarStackOptions = {}): Promise<PolarStack> {
  const { startParts } = await import('./parts.js');
  return startParts(options);
}
