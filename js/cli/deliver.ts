// One attempt to deliver one webhook, over the network: nothing is retried or redirected here.
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Due } from '../wasm/emulator-module.js';

/** As Polar's. */
const PATIENCE_MS = 10_000;
const ANSWER_LIMIT = 16 * 1024 * 1024;

export type Delivery = Due['deliveries'][number];
export type DeliveryOutcome =
  | { status: number; body: string }
  | { fault: 'connection_refused' | 'network' | 'timeout' | 'canceled' };

/** Nothing of the request can have been sent. */
const REFUSED = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'];

/** Never rejects. `stopped` ends it as canceled. */
export function deliver({ url, headers, body }: Delivery, stopped: AbortSignal): Promise<DeliveryOutcome> {
  const late = AbortSignal.timeout(PATIENCE_MS);
  const send = url.startsWith('https:') ? requestHttps : requestHttp;
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) => {
      if (stopped.aborted) return resolve({ fault: 'canceled' });
      if (late.aborted) return resolve({ fault: 'timeout' });
      // A host of several addresses fails with one error for each.
      const codes = error instanceof AggregateError ? error.errors.map(({ code }) => code) : [error.code];
      resolve({ fault: codes.every((code) => REFUSED.includes(code)) ? 'connection_refused' : 'network' });
    };
    try {
      const length = ['content-length', String(Buffer.byteLength(body))];
      const request = send(url, {
        method: 'POST',
        headers: Object.fromEntries([...headers, length]),
        // A connection that was kept may be closed by now, which would look like a failure of the receiver's.
        agent: false,
        signal: AbortSignal.any([stopped, late]),
      });
      request.on('error', failed);
      request.on('response', (answer) => {
        const chunks: Buffer[] = [];
        let size = 0;
        answer.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > ANSWER_LIMIT) answer.destroy(new Error('The answer is too large.'));
          else chunks.push(chunk);
        });
        answer.on('error', failed);
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
        );
      });
      request.end(body);
    } catch {
      // A URL that Node cannot send to.
      resolve({ fault: 'connection_refused' });
    }
  });
}
