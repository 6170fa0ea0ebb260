// `polar.usage` of a page: an event has its id and is written down at the call, and goes to the recorder once that is there.
import { fail } from '../errors.js';
import type { Session } from '../session.js';
import { userOf } from '../token.js';
import type { Early } from './early.js';
import type { Recorder } from './recorder.js';
import type { Usage } from './types.js';

/** The script of the recorder could not be loaded: the next try. */
const AGAIN_MS = 10_000;

/** Begins the names under which pages leave events in localStorage; by itself it says that the browser's database has some. */
const MARK = 'plinto_polar_usage';

/** What a client says of itself. */
interface Client {
  readonly session: Session;
  readonly address: string;
  readonly organizationId: string | undefined;
}

export function usageOf(client: Client, open: () => Promise<Recorder>): Usage {
  const early: Early[] = [];
  let recorder: Recorder | undefined;
  const opened = async () => {
    recorder ??= await open();
    recorder.take(early);
    return recorder;
  };
  const hand = () => opened().catch(() => setTimeout(hand, AGAIN_MS));
  const leave = () => {
    try {
      if (early[0]) localStorage[MARK + client.address + early[0].id] = JSON.stringify(early);
    } catch {}
  };
  return {
    record(eventName, options) {
      const at = Date.now();
      const id = uuidOf(at, crypto.getRandomValues(new Uint8Array(10)));
      recorder?.check(eventName, options);
      const { session, organizationId } = client;
      const text = textOf({ organizationId, ...options });
      const event: Early = { id, at, eventName, text, visit: session.visit };
      event.by = session.token().then(
        (token) => {
          event.user = userOf(token);
          return token;
        },
        () => false,
      );
      if (early.push(event) < 2) hand();
      globalThis.window?.addEventListener?.('pagehide', leave);
      return id;
    },
    saved: async () => (await opened()).saved(),
    flush: async () => (await opened()).flush(),
    stats: async () => (await opened()).stats(),
  };
}

/** Errors: VALIDATION_FAILED, for what JSON has no words for. */
function textOf(options: object): string {
  try {
    return JSON.stringify(options);
  } catch (cause) {
    return fail({
      code: 'VALIDATION_FAILED',
      family: 'caller',
      field: 'properties',
      message: `properties: ${cause}`,
    });
  }
}

/** A UUID of version 7: its time in milliseconds, then what is random, in ten bytes. */
export function uuidOf(at: number, random: Uint8Array): string {
  let hex = at.toString(16).padStart(12, '0');
  for (const byte of random) hex += (byte + 256).toString(16).slice(1);
  return hex.replace(/(.{8})(.{4}).(.{3}).(.{3})/, '$1-$2-7$3-8$4-');
}
