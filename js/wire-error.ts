// Errors that the core or the server described. Apart from errors.ts: a page loads this with the rest of a conversation.
import { fail, type PolarErrorCode, type PolarErrorFamily } from './errors.js';

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

// The server does not send the family: 4xx is the caller's, 500 its own store or a defect, above that Polar's.
function familyOf(status: number): PolarErrorFamily {
  if (status < 500) return 'caller';
  return status === 500 ? 'environment' : 'remote';
}

/** `success_url` as `successUrl`. */
export function toCamelName(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
