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

/** An error as the core spells it (`details` is its diagnosis) and the server (`details` is an object). */
export interface WireError {
  code: PolarErrorCode;
  family?: PolarErrorFamily;
  message: string;
  status?: number;
  field?: string;
  details?: string | Record<string, unknown>;
  request_id?: string;
  retry_after_ms?: number;
}

/** Throws an error that the core or the server described. */
export function failAs(error: WireError, cause?: unknown): never {
  const { details, message } = error;
  // The server spells it snake_case. What follows the first name is the caller's own.
  const field = error.field?.replace(/^[a-z_]+/, toCamelName);
  return fail({
    code: error.code,
    family: error.family ?? familyOf(error.status ?? 500),
    message: field && !message.includes(field) ? `${field}: ${message}` : message,
    status: error.status,
    field,
    details: typeof details === 'string' ? { diagnosis: details } : details,
    requestId: error.request_id,
    retryAfterMs: error.retry_after_ms,
    cause,
  });
}

/** A caught value as a PolarError: itself, or INTERNAL around it. */
export function asPolarError(error: unknown): PolarError {
  if (isPolarError(error)) return error;
  const message = `Something failed that should not have: ${error}.`;
  return new PolarError({ code: 'INTERNAL', family: 'environment', message, cause: error });
}

// The server does not send the family: 4xx is the caller's, 500 its own store or a defect, above that Polar's.
function familyOf(status: number): PolarErrorFamily {
  if (status < 500) return 'caller';
  return status === 500 ? 'environment' : 'remote';
}

/** `success_url` as `successUrl`. */
export function toCamelName(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
