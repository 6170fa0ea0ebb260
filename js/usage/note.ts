// Writes an event as it will be sent, so that nothing changes it afterwards.
import { fail } from '../errors.js';
import type { RecordOptions } from './types.js';

/** An event that was taken down. */
export interface Noted {
  id: string;
  /** Whom it names, else empty. */
  organization: string;
  /** As the server takes it. */
  text: string;
  /** When it was taken down, by this machine's clock. */
  at: number;
}

/** Whom a back end records for stands among the options. */
export type NoteOptions = RecordOptions & { userId?: string | undefined };

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

const isUuid = (value: unknown) => typeof value === 'string' && UUID.test(value);
const isName = (value: unknown) => typeof value === 'string' && value.length > 0 && value.length <= 128;

/** What each field has to be. The server says the rest. */
const RULES: Readonly<Record<string, readonly [(value: unknown) => boolean, what: string] | null>> = {
  __proto__: null,
  eventName: [isName, '1 to 128 characters'],
  quantity: [(value) => /number|string/.test(typeof value) && NUMBER.test(`${value}`), 'a number, or one as text'],
  properties: [(value) => typeof value === 'object' && value !== null && !Array.isArray(value), 'an object'],
  timestamp: [(value) => !Number.isNaN(+new Date(value as string)) && value !== null, 'a date'],
  organizationId: [isUuid, 'a UUID'],
  memberId: [isUuid, 'a UUID'],
  parentId: [isName, '1 to 128 characters'],
  userId: [isUuid, 'a UUID'],
};

/** Errors: VALIDATION_FAILED, naming the field. */
export function note(eventName: string, options: NoteOptions, id: string, at: number): Noted {
  for (const [field, value] of Object.entries({ ...options, eventName })) {
    const [isRight, what] = RULES[field] ?? [() => false, `one of ${Object.keys(RULES)}`];
    if ((value !== undefined || field === 'eventName') && !isRight(value)) refuse(field, `must be ${what}`);
  }
  const { quantity, properties, timestamp = at, organizationId: organization_id } = options;
  const { memberId: member_id, parentId: parent_id, userId: user_id } = options;
  try {
    const time = new Date(timestamp).toISOString();
    const event = { event_name: eventName, quantity, properties, external_id: id, timestamp: time };
    const text = JSON.stringify({ ...event, organization_id, member_id, parent_id, user_id });
    return { id, organization: organization_id ?? '', text, at };
  } catch (error) {
    return refuse('properties', `cannot be written as JSON (${error})`);
  }
}

const refuse = (field: string, what: string) =>
  fail({ code: 'VALIDATION_FAILED', family: 'caller', message: `${field} ${what}.`, field });
