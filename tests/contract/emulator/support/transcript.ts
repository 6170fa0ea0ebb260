// What the emulator answered, as its transcripts tell (POLAR_EMULATOR_TRANSCRIPT): one JSON line for each API request.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

export interface Exchange {
  method: string;
  path: string;
  /** The route's pattern, as `/v1/customers/{id}`; null where there is none. */
  route: string | null;
  status: number;
  content_type: string | null;
  body: string;
}

/** Equal answers, told once. */
export interface Answer {
  exchange: Exchange;
  count: number;
}

/** The answers of a transcript, each once. Empty when there is no such file. */
export async function readAnswers(file: string): Promise<Answer[]> {
  const answers = new Map<string, Answer>();
  if (!existsSync(file)) return [];
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line === '') continue;
    const exchange = JSON.parse(line) as Exchange;
    const { method, route, status, content_type, body } = exchange;
    const key = createHash('sha1')
      .update(JSON.stringify([method, route, status, content_type, body]))
      .digest('base64');
    const known = answers.get(key);
    if (known === undefined) answers.set(key, { exchange, count: 1 });
    else known.count += 1;
  }
  return [...answers.values()];
}

/** `/v1/customers/{id}` and `/v1/customers/{customer_id}` are the same route. */
export const unnamed = (route: string): string => route.replaceAll(/\{[^}]+\}/g, '{}');
