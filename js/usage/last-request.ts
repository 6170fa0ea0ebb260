// What a page sends as it goes: as much as may outlive it, and nobody waits for the answer.
import type { PolarTransport } from '../transport.js';
import type { Noted } from './note.js';
import { PlainSender } from './plain-sender.js';
import { LAST_BYTES, LIMITS } from './sender.js';
import { requestOf } from './shift.js';

interface LastHost {
  url(): string;
  transport: PolarTransport;
  now(): number;
}

/** The first of the events, as the token's user. What the store still has of them is sent once more, and counted once. */
export function sendLast(
  { url, transport, now }: LastHost,
  token: string,
  events: readonly Pick<Noted, 'id' | 'organization' | 'text'>[],
): void {
  const sender = new PlainSender({ ...LIMITS, maxBytes: LAST_BYTES });
  for (const { id, organization, text } of events) if (sender.add(id, organization, text, 0) === 'full') break;
  const body = sender.body(new Date(now()).toISOString());
  if (!body) return;
  const request = requestOf(url(), body, true);
  request.headers.push(['authorization', `Bearer ${token}`]);
  transport(request, new AbortController().signal).catch(() => {});
}
