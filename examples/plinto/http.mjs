// Reading requests and writing answers in Plinto's shapes.
import { randomUUID } from 'node:crypto';

const bodyLimit = 64 * 1024;

/** A refusal that becomes Plinto's error body. */
export class Refusal extends Error {
  constructor(status, code, message, details) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** Reads a JSON object from the request. */
export async function readJson(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > bodyLimit) throw new Refusal(413, 'PAYLOAD_TOO_LARGE', `The body may hold at most ${bodyLimit} bytes.`);
    chunks.push(chunk);
  }
  try {
    const value = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value;
  } catch {
    // Falls through to the refusal below: what was sent is no JSON at all.
  }
  throw new Refusal(400, 'INVALID_JSON', 'The body must be a JSON object.');
}

/** Returns the text of a field, or refuses with the field's name. */
export function requireText(body, field, { least = 1, most = 200 } = {}) {
  const value = body[field];
  if (typeof value === 'string' && value.trim().length >= least && value.length <= most) return value.trim();
  throw new Refusal(422, 'VALIDATION_ERROR', `${field} must be text of ${least} to ${most} characters.`, { field });
}

export function answer(response, status, body) {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    'cache-control': 'no-store',
  });
  response.end(bytes);
}

export function answerRefusal(response, refusal) {
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
