// Node's HTTP as the emulator takes and gives it: a request's bytes become text, and its answer bytes.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer, HeaderList, RequestText } from '../wasm/emulator-module.js';

/** Above Polar's own 10 MiB, which the emulator refuses itself. */
const BODY_LIMIT = 11 * 1024 * 1024;

/** How late a fault makes an answer, in milliseconds. */
const DELAY_HEADER = 'x-emulator-delay-ms';

const TOO_LARGE = JSON.stringify({
  error: 'RequestBodyTooLarge',
  detail: 'The request body is larger than 10 MiB.',
});

export type CarriedRequest = RequestText & { body_base64?: string };

/** The request, or undefined when it was refused because its body is too large. Rejects when it breaks off. */
export async function readRequest(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<CarriedRequest | undefined> {
  const body = Number(request.headers['content-length'] ?? 0) > BODY_LIMIT ? undefined : await readBody(request);
  if (body === undefined) {
    const headers = { 'content-type': 'application/json', connection: 'close' };
    response.writeHead(413, headers).end(TOO_LARGE);
    // What is still sent is read for a moment, so that the answer arrives.
    request.resume();
    return undefined;
  }
  const headers: HeaderList = [];
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
    headers.push([request.rawHeaders[at] ?? '', request.rawHeaders[at + 1] ?? '']);
  }
  // HEAD is GET, whose body is left out of the answer.
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
  return { method, url: request.url ?? '/', headers, ...textOf(body) };
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Left open when it is too large: the refusal goes out on the same connection.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** JSON holds text only: other bytes cross in base64, so that the emulator sees them as they are. */
function textOf(bytes: Buffer): { body: string; body_base64?: string } {
  const body = bytes.toString('utf8');
  return Buffer.from(body, 'utf8').equals(bytes) ? { body } : { body: '', body_base64: bytes.toString('base64') };
}

/**
 * Sends an answer, late when a fault wants that; none at all for a connection that is cut. `clock` dates it: by that, the
 * server puts in order what it is told.
 */
export async function sendAnswer(
  { status, headers, body }: Answer,
  response: ServerResponse,
  clock: () => number,
): Promise<void> {
  const delay = headers.find(([name]) => name.toLowerCase() === DELAY_HEADER)?.[1];
  if (delay !== undefined) await new Promise((resolve) => setTimeout(resolve, Number(delay)).unref());
  if (status === 0) {
    response.destroy();
    return;
  }
  const bytes = Buffer.from(body, 'utf8');
  const sent = headers.filter(([name]) => ![DELAY_HEADER, 'content-length'].includes(name.toLowerCase()));
  sent.push(['date', new Date(clock()).toUTCString()]);
  if (status !== 204 && status !== 304) sent.push(['content-length', String(bytes.length)]);
  response.writeHead(status, sent.flat());
  response.end(response.req.method === 'HEAD' ? undefined : bytes);
}
