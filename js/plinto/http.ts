// Reading requests and writing answers in Plinto's shapes.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

const bodyLimit = 64 * 1024;

/** A refusal that becomes Plinto's error body. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: object | undefined;

  constructor(status: number, code: string, message: string, details?: object) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** Reads a JSON object from the request. */
export async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) throw new Refusal(413, 'PAYLOAD_TOO_LARGE', `The body may hold at most ${bodyLimit} bytes.`);
    chunks.push(chunk);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Falls through to the refusal below: what was sent is no JSON at all.
  }
  throw new Refusal(400, 'INVALID_JSON', 'The body must be a JSON object.');
}

/** Returns the text of a field, or refuses with the field's name. */
export function requireText(body: Record<string, unknown>, field: string, { least = 1, most = 200 } = {}): string {
  const value = body[field];
  if (typeof value === 'string' && value.trim().length >= least && value.length <= most) return value.trim();
  throw new Refusal(422, 'VALIDATION_ERROR', `${field} must be text of ${least} to ${most} characters.`, { field });
}

export function answer(response: ServerResponse, status: number, body: unknown): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    'cache-control': 'no-store',
  });
  response.end(bytes);
}

export function answerRefusal(response: ServerResponse, refusal: Refusal): void {
  answer(response, refusal.status, {
    error: {
      code: refusal.code,
      message: refusal.message,
      ...(refusal.details === undefined ? {} : { details: refusal.details }),
      request_id: randomUUID(),
      timestamp: new Date().toISOString(),
    },
  });
}
