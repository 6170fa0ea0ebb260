// What became of events: counted, and told to the application.
import { PolarError } from '../errors.js';
import type { RecordedUsage, UsageSettings, UsageStats } from './types.js';

export class Tally {
  settings: UsageSettings;
  sent = 0;
  #refused = 0;
  #dropped = 0;
  readonly #refusals: Record<string, number> = {};

  constructor(settings: UsageSettings) {
    this.settings = settings;
  }

  get counts(): Pick<UsageStats, 'sent' | 'refused' | 'refusals' | 'dropped'> {
    return { sent: this.sent, refused: this.#refused, refusals: { ...this.#refusals }, dropped: this.#dropped };
  }

  /** An event is given up. */
  refuse(event: RecordedUsage, error: PolarError): void {
    this.#refused++;
    this.#refusals[error.code] = (this.#refusals[error.code] ?? 0) + 1;
    call(this.settings.onRefused ?? warnRefused, event, error);
  }

  /** An event was recorded, and nobody can be billed for it. */
  refuseUnsigned(event: RecordedUsage): void {
    const message = 'Nobody was signed in when usage was recorded: nobody can be billed for it.';
    this.refuse(event, new PolarError({ code: 'TOKEN_MISSING', family: 'caller', message }));
  }

  /** An event is not kept. */
  drop(event: RecordedUsage): void {
    this.#dropped++;
    call(this.settings.onFull ?? warnFull, event);
  }
}

/** An event as it is sent, as it was recorded. */
export function eventOf(text: string): RecordedUsage {
  const { event_name, external_id, organization_id, member_id, parent_id, user_id, ...others } = JSON.parse(text);
  return {
    eventId: external_id,
    eventName: event_name,
    ...others,
    organizationId: organization_id,
    memberId: member_id,
    parentId: parent_id,
    userId: user_id,
  };
}

function call<Args extends unknown[]>(callback: (...args: Args) => void, ...args: Args): void {
  try {
    callback(...args);
  } catch (error) {
    console.error(error);
  }
}

const warnRefused = ({ eventName }: RecordedUsage, error: PolarError) =>
  console.warn(`Usage of ${eventName} was not billed. ${error.message}`);
const warnFull = ({ eventName }: RecordedUsage) =>
  console.warn(`Usage of ${eventName} was not kept: as much as usage.limit allows waits for the server already.`);
