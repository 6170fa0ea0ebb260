// What this package throws. Every error is a PolarError, made from one set of fields and thrown by fail(), so that
// callers may rely on `code` wherever the failure arose: in the core, at the server, or on the way.

import type { KnownPolarErrorCode, PolarErrorFamily } from './generated/types.js';

export type { KnownPolarErrorCode, PolarErrorFamily };

/** A stable SCREAMING_SNAKE word. A newer server may send codes that this version does not list. */
export type PolarErrorCode = KnownPolarErrorCode | (string & Record<never, never>);

/** What a PolarError is made from. */
export interface PolarErrorFields {
  code: PolarErrorCode;
  family: PolarErrorFamily;
  message: string;
  status?: number | undefined;
  field?: string | undefined;
  details?: Record<string, unknown> | undefined;
  requestId?: string | undefined;
  retryAfterMs?: number | undefined;
  cause?: unknown;
}

/** An error of this package. `message` says what happened, why, and what to do; it holds no secret and no buyer data. */
export class PolarError extends Error {
  override readonly name = 'PolarError';
  /** The stable word to branch on; see `isPolarError`. */
  readonly code: PolarErrorCode;
  /** Whose fault it was: `caller`, `remote` or `environment`. */
  readonly family: PolarErrorFamily;
  /** The HTTP status, where the server answered. */
  readonly status: number | undefined;
  /** The field to mend, as it is spelled in TypeScript, for instance `successUrl` or `metadata.plan`. */
  readonly field: string | undefined;
  /** What else is known: `diagnosis`, where the core could find out why, for instance of a refused webhook. */
  readonly details: Readonly<Record<string, unknown>>;
  /** The server's id of this request, for its logs. */
  readonly requestId: string | undefined;
  /** How long to wait before trying again, in milliseconds, where the other side said so. */
  readonly retryAfterMs: number | undefined;

  constructor(fields: PolarErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.code = fields.code;
    this.family = fields.family;
    this.status = fields.status;
    this.field = fields.field;
    this.details = fields.details ?? {};
    this.requestId = fields.requestId;
    this.retryAfterMs = fields.retryAfterMs;
  }
}

/**
 * Whether a caught value is a PolarError, and of that code where one is given.
 * Looks at the name, not the class, so that two copies of this package in one bundle understand each other.
 */
export function isPolarError<Code extends PolarErrorCode = PolarErrorCode>(
  error: unknown,
  code?: Code,
): error is PolarError & { readonly code: Code } {
  if (!(error instanceof Error) || error.name !== 'PolarError') return false;
  return code === undefined || (error as PolarError).code === code;
}

/** The one place where this package throws an error of its own. */
export function fail(fields: PolarErrorFields): never {
  throw new PolarError(fields);
}

/** A caught value as a PolarError: itself, or INTERNAL around it. */
export function asPolarError(error: unknown): PolarError {
  if (isPolarError(error)) return error;
  const message = `Something failed that should not have: ${error}.`;
  return new PolarError({ code: 'INTERNAL', family: 'environment', message, cause: error });
}
