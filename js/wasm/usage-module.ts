// The sending part of the core as a module (bindings/usage.cpp). Texts cross by a piece of the module's memory.
import createModule from '../../wasm/usage.mjs';
import type { Answered, Limits, Sender } from '../usage/sender.js';
import { instantiate, type WasmSource } from './instantiate.js';
import { provided } from './provided.js';

/** What the glue has. Lengths are in bytes; the texts themselves are written to the room, one after the other. */
export interface UsageExports {
  HEAPU8: Uint8Array;
  _usage_room(bytes: number): number;
  _usage_text(): number;
  _usage_text_size(): number;
  _usage_open(maxEvents: number, maxBytes: number, maxAgeMs: number): number;
  _usage_close(sender: number): void;
  _usage_add(sender: number, id: number, organization: number, event: number, nowMs: number): number;
  _usage_send_at(sender: number): number;
  _usage_body(sender: number, sentAt: number): void;
  _usage_answer(
    sender: number,
    status: number,
    retryAfter: number,
    code: number,
    field: number,
    results: number,
    nowMs: number,
    random: number,
  ): void;
  _usage_fault(sender: number, nowMs: number, random: number): void;
  _usage_flush(sender: number): void;
}

/** The sending part of the core. Internal to this package. */
export interface UsageModule {
  open(limits: Limits): Sender;
}

export async function start(wasm: WasmSource | undefined): Promise<UsageModule> {
  const core = await instantiate<UsageExports>(createModule, wasm, {
    provided: provided.usage,
    url: () => new URL('../../wasm/usage.wasm', import.meta.url),
    inline: () => import('../../wasm/usage.inline.mjs'),
  });
  return { open: (limits) => new WasmSender(core, limits) };
}

/** In the order of the core's enum. */
const ADDED = ['taken', 'known', 'full', 'large'] as const;

class WasmSender implements Sender {
  readonly #core: UsageExports;
  readonly #sender: number;

  constructor(core: UsageExports, { maxEvents, maxBytes, maxAgeMs }: Limits) {
    this.#core = core;
    this.#sender = core._usage_open(maxEvents, maxBytes, maxAgeMs);
  }

  add(id: string, organization: string, event: string, nowMs: number) {
    const [ids, organizations, events] = this.#write(id, organization, event) as [number, number, number];
    return ADDED[this.#core._usage_add(this.#sender, ids, organizations, events, nowMs)] ?? 'large';
  }

  sendAt(): number | undefined {
    const at = this.#core._usage_send_at(this.#sender);
    return at < 0 ? undefined : at;
  }

  body(sentAt: string): string {
    const [bytes] = this.#write(sentAt) as [number];
    this.#core._usage_body(this.#sender, bytes);
    return this.#read();
  }

  answer({ status, retryAfter, code, field, results }: Answered, nowMs: number, random: number) {
    const texts = this.#write(retryAfter, code, field, results.join(',')) as [number, number, number, number];
    this.#core._usage_answer(this.#sender, status, ...texts, nowMs, random);
    const lines = this.#read().split('\n').slice(0, -1);
    return lines.map((line) => ({ id: line.slice(1), isRefused: line.startsWith('-') }));
  }

  fault(nowMs: number, random: number): void {
    this.#core._usage_fault(this.#sender, nowMs, random);
  }

  flush(): void {
    this.#core._usage_flush(this.#sender);
  }

  close(): void {
    this.#core._usage_close(this.#sender);
  }

  /** Returns the lengths. */
  #write(...texts: string[]): number[] {
    const parts = texts.map((text) => new TextEncoder().encode(text));
    let at = this.#core._usage_room(parts.reduce((sum, { length }) => sum + length, 0));
    for (const part of parts) {
      // Asked for each time: memory that grows is another array.
      this.#core.HEAPU8.set(part, at);
      at += part.length;
    }
    return parts.map(({ length }) => length);
  }

  #read(): string {
    const at = this.#core._usage_text();
    return new TextDecoder().decode(this.#core.HEAPU8.subarray(at, at + this.#core._usage_text_size()));
  }
}
