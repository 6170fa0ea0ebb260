// What `POST /usage/batch` does with events, for a gateway: each is stored once by its id, however often it comes.
import { expect } from 'vitest';
import type { Answer, Asked } from './gateway.ts';

export interface SentEvent {
  external_id: string;
  event_name: string;
  quantity?: number | string;
  properties?: Record<string, unknown>;
  timestamp: string;
  organization_id?: string;
  user_id?: string;
}

export class UsageServer {
  /** By id, in the order in which they came. */
  readonly stored = new Map<string, SentEvent>();
  /** The token with which each came. */
  readonly tokens = new Map<string, string>();
  /** Is it refused, and why? */
  refuses: (event: SentEvent) => object | undefined = () => undefined;

  readonly answer = ({ method, path, body, headers }: Asked): Answer => {
    expect([method, path]).toEqual(['POST', '/api/v1/polar/usage/batch']);
    const { events } = body as { events: SentEvent[] };
    const results = events.map((event) => {
      const error = this.refuses(event);
      if (error) return { status: 'refused', error };
      const known = this.stored.get(event.external_id);
      // Sent again, it is the same to the last letter.
      if (known) expect(event).toEqual(known);
      this.stored.set(event.external_id, event);
      this.tokens.set(event.external_id, `${headers.authorization}`);
      return { status: known ? 'duplicate' : 'accepted', event_id: event.external_id };
    });
    return { status: 202, body: { results } };
  };
}
