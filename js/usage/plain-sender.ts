// The sender where WebAssembly is blocked: word for word what the core does (cpp/core/billing/usage/usage_sender.cpp and what it
// uses). tests/vectors/usage-sender.json holds both to it.
import type { Answered, Limits, Sender, Settled } from './sender.js';

interface Held {
  id: string;
  organization: string;
  event: string;
  /** Its place in the batch. */
  at: number;
}

const MAX_ORGANIZATIONS = 20;
const ENVELOPE_BYTES = '{"events":[],"sent_at":"2026-11-22T06:00:00.000000Z"}'.length;
const BASE_DELAY_MS = 1_000;
const MAX_DELAY_MS = 60_000;
/** So many events refused alone, and none taken, are nobody's event. */
const PROBES = 3;

export class PlainSender implements Sender {
  readonly #limits: Limits;
  #gathered: Held[] = [];
  #bytes = ENVELOPE_BYTES;
  #dueAt: number | undefined;
  #leavesNow = false;
  /** What is still to be sent of a batch that left; the next request last. */
  #pieces: Held[][] = [];
  #sent = 0;
  /** Alone, while it is not known whose fault it is. */
  #refused: Held[] = [];
  #hasTaken = false;
  /** All that was sent was refused: what is gathered goes along next time. */
  #joins = false;
  #attempts = 0;
  #pausedUntil: number | undefined;
  #toldToWaitUntil: number | undefined;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  add(id: string, organization: string, event: string, nowMs: number) {
    const { maxEvents, maxBytes, maxAgeMs } = this.#limits;
    const organizations = new Set(this.#gathered.map((held) => held.organization).filter(Boolean));
    if (organization && !organizations.has(organization) && organizations.size >= MAX_ORGANIZATIONS) {
      this.#leavesNow = true;
      return 'full';
    }
    if (this.#gathered.some((held) => held.id === id)) return 'known';
    const bytes = new TextEncoder().encode(event).length;
    if (ENVELOPE_BYTES + bytes > maxBytes) return 'large';
    const comma = this.#gathered.length === 0 ? 0 : 1;
    if (this.#gathered.length >= maxEvents || this.#bytes + comma + bytes > maxBytes) {
      this.#dueAt = Math.min(this.#dueAt ?? nowMs, nowMs);
      return 'full';
    }
    this.#bytes += comma + bytes;
    this.#gathered.push({ id, organization, event, at: this.#gathered.length });
    const due = this.#gathered.length === maxEvents ? nowMs : nowMs + maxAgeMs;
    this.#dueAt = Math.min(this.#dueAt ?? due, due);
    return 'taken';
  }

  sendAt(): number | undefined {
    if (this.#pieces.length > 0) return this.#pausedUntil ?? 0;
    return this.#leavesNow && this.#gathered.length > 0 ? 0 : this.#dueAt;
  }

  body(sentAt: string): string {
    if (this.#pieces.length === 0 || this.#joins) this.#depart();
    const events = this.#pieces.at(-1)?.map(({ event }) => event);
    return events ? `{"events":[${events}],"sent_at":"${sentAt}"}` : '';
  }

  answer(answer: Answered, nowMs: number, random: number): Settled[] {
    const piece = this.#pieces.at(-1) ?? [];
    const meaning = meaningOf(answer, piece.length);
    if (meaning === 'later') {
      this.#pause(answer.retryAfter, nowMs, random);
      return [];
    }
    this.#pausedUntil = undefined;
    this.#toldToWaitUntil = undefined;
    this.#pieces.pop();
    if (meaning === 'content') {
      if (piece.length === 1) this.#refused.push(...piece);
      else if (answer.status === 422 && !this.#hasTaken) this.#probe(piece);
      else this.#halve(piece);
      return piece.length === 1 ? this.#settle([], nowMs, random) : [];
    }
    if (meaning === 'denied') {
      const isOne = piece.every(({ organization }) => organization === piece[0]?.organization);
      if (isOne)
        return this.#settle(
          piece.map(({ id }) => ({ id, isRefused: true })),
          nowMs,
          random,
        );
      this.#halve(piece);
      return [];
    }
    this.#attempts = 0;
    this.#hasTaken = true;
    const settled = piece.map(({ id }, i) => ({ id, isRefused: answer.results[i] === 'refused' }));
    return this.#settle(settled, nowMs, random);
  }

  fault(nowMs: number, random: number): void {
    this.#pause('', nowMs, random);
  }

  flush(): void {
    this.#leavesNow = true;
    this.#pausedUntil = this.#toldToWaitUntil;
  }

  close(): void {}

  #depart(): void {
    const batch = [...(this.#joins ? this.#pieces.flat() : []), ...this.#gathered].map((held, at) => ({ ...held, at }));
    this.#pieces = batch.length > 0 ? [batch] : [];
    this.#sent = batch.length;
    this.#joins = false;
    this.#gathered = [];
    this.#bytes = ENVELOPE_BYTES;
    this.#dueAt = undefined;
    this.#leavesNow = false;
    this.#refused = [];
    this.#hasTaken = false;
  }

  #halve(piece: Held[]): void {
    const middle = Math.floor(piece.length / 2);
    for (const half of [piece.slice(middle), piece.slice(0, middle)]) if (half.length > 0) this.#pieces.push(half);
  }

  /** The first, the middle and the last are asked alone: is it them, or is it the server? */
  #probe(piece: Held[]): void {
    const isProbe = (i: number) => i === 0 || i === Math.floor(piece.length / 2) || i + 1 === piece.length;
    this.#halve(piece.filter((_, i) => !isProbe(i)));
    const probes = piece.filter((_, i) => isProbe(i));
    this.#pieces.push(...probes.reverse().map((held) => [held]));
  }

  /** What is decided by now: refusals count once something was taken, or when there is nothing else to ask. */
  #settle(settled: Settled[], nowMs: number, random: number): Settled[] {
    const isOver = this.#pieces.length === 0 || this.#refused.length >= PROBES;
    if (this.#refused.length === 0 || (!this.#hasTaken && !isOver)) return settled;
    const refused = this.#refused;
    this.#refused = [];
    if (this.#hasTaken || this.#sent === 1) return [...settled, ...refused.map(({ id }) => ({ id, isRefused: true }))];
    // Whatever is sent is refused.
    const again = [...refused, ...this.#pieces.flat()].sort((a, b) => a.at - b.at);
    this.#pieces = [again];
    this.#sent = again.length;
    this.#joins = again.length < this.#limits.maxEvents;
    this.#pause('', nowMs, random);
    return settled;
  }

  #pause(retryAfter: string, nowMs: number, random: number): void {
    this.#attempts++;
    const seconds = /^\s*\d+\s*$/.test(retryAfter) ? Math.min(Number(retryAfter), 86_400) : undefined;
    const bound = Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** Math.min(this.#attempts - 1, 20));
    const jitter = Math.floor(bound * (random >= 0 && random < 1 ? random : 0));
    this.#toldToWaitUntil = seconds === undefined ? undefined : nowMs + seconds * 1_000;
    this.#pausedUntil = nowMs + Math.max(jitter, (seconds ?? 0) * 1_000);
  }
}

const STATUSES = ['accepted', 'duplicate', 'refused'];

function meaningOf({ status, code, field, results }: Answered, sent: number) {
  if (status === 200 || status === 202) {
    return results.length === sent && results.every((one) => STATUSES.includes(one)) ? 'results' : 'later';
  }
  if ([400, 413, 422].includes(status)) return field === '' || field.startsWith('events') ? 'content' : 'later';
  return status === 403 && code === 'ORGANIZATION_ACCESS_DENIED' ? 'denied' : 'later';
}
