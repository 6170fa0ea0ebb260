// Events as the door takes them down (door.ts), for the recorder to take once its script is there: this page's, or what a page has
// left in localStorage that went before.
import { asPolarError } from '../errors.js';
import { type Noted, type NoteOptions, note } from './note.js';
import { eventOf, type Tally } from './tally.js';

/** An event as it was recorded, for the recorder to take once its script is there. */
export interface Early {
  id: string;
  at: number;
  eventName: string;
  /** The options, as JSON. */
  text: string | undefined;
  /** The token at the call, which says who recorded it; none when nobody is signed in, false where it could not be read. */
  by?: Promise<string | null | undefined | false>;
  /** Of the session: another one since, and somebody else may be signed in. */
  visit: number;
  /** Who recorded it, once that is known. */
  user?: string | null;
}

/** One that was checked. */
export interface Recorded extends Noted, Pick<Early, 'by' | 'visit' | 'user'> {}

/** As in door.ts. */
const MARK = 'plinto_polar_usage';

/** Those that can be billed. The others are told: nobody could check them before. */
export function readEarly(early: readonly Early[], tally: Tally): Recorded[] {
  return early.flatMap(({ eventName, text = '{}', id, at, ...others }) => {
    const options = JSON.parse(text) as NoteOptions;
    try {
      return [{ ...note(eventName, options, id, at), ...others }];
    } catch (error) {
      const { timestamp, ...fields } = { timestamp: new Date(at).toISOString(), ...options };
      tally.refuse({ eventId: id, eventName, timestamp: `${timestamp}`, ...fields }, asPolarError(error));
      return [];
    }
  });
}

/** One that was checked, as it is left for the next page. */
export function earlyOf({ id, at, text }: Pick<Noted, 'id' | 'at' | 'text'>, user: string | undefined): Early {
  const { eventId, eventName, ...options } = eventOf(text);
  return { id, at, eventName, text: JSON.stringify(options), visit: 0, ...(user !== undefined && { user }) };
}

/** Says whether the browser's database has events: the next page looks for them then. */
export function markKept(isKept: boolean): void {
  try {
    if (isKept) localStorage.setItem(MARK, '1');
    else localStorage.removeItem(MARK);
  } catch {
    // The page may have no storage.
  }
}

/**
 * Writes events down where they are at once, for whoever comes next: a browser that is busy gives up what a page that goes has not
 * committed, and the last request may fail. The server counts each once.
 */
export function leaveBehind(address: string, events: readonly Early[]): void {
  try {
    const [first] = events;
    if (first) localStorage.setItem(MARK + address + first.id, JSON.stringify(events));
  } catch {
    // The page may have no storage.
  }
}

/** What pages have left, by its name there. What is none of it is thrown away by whoever takes it. */
export function leftBehind(address: string): [key: string, events: Early[]][] {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(MARK + address));
    return keys.map((key) => [key, listOf(localStorage.getItem(key))]);
  } catch {
    return [];
  }
}

function listOf(text: string | null): Early[] {
  try {
    const list: unknown = JSON.parse(`${text}`);
    return Array.isArray(list) ? list.filter((one) => typeof one?.id === 'string' && typeof one.at === 'number') : [];
  } catch {
    return [];
  }
}
