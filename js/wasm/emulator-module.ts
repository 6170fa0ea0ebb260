// The emulator as a module (bindings/emulator.cpp), as core-module.ts is the core: JSON text goes in, an envelope of JSON
// text comes out. Emulators are numbered; times are Unix microseconds.
import createModule from '../../wasm/emulator.mjs';
import { instantiate, type WasmSource } from './instantiate.js';

/** The emulator compiled to WebAssembly. Internal to this package. */
export interface EmulatorModule {
  /** Returns an envelope of the emulator's number. */
  emulatorOpen(config: string, now: number): string;
  /** Returns an envelope of `Description`. */
  emulatorDescribe(emulator: number): string;
  /** Returns an envelope of `Answer`. */
  emulatorHandle(emulator: number, request: string, now: number): string;
  /** Returns an envelope of `{ goal }`: the emulated time that `wish`, `{ advance }` or `{ time }`, leads to. */
  emulatorGoal(emulator: number, wish: string): string;
  /** Returns an envelope of `Due`. */
  emulatorTakeDue(emulator: number, now: number, signedAt: number): string;
  /** Returns an envelope of `{ state }`. */
  emulatorDelivered(emulator: number, delivery: string, outcome: string, now: number): string;
  emulatorClose(emulator: number): void;
}

export type HeaderList = [name: string, value: string][];

/** What every answer says of the time. */
export interface State {
  /** The emulated time. */
  now: number;
  /** When there is something to deliver or to run next, in the caller's time. */
  next_due: number | null;
}

export interface Description {
  access_token: string;
  webhook_secret: string;
  /** The prefix of checkout and portal URLs, without a slash at its end. */
  url: string;
  /** All types of events that may be delivered. */
  webhook_types: string[];
  products: { id: string; name: string; amount: number; currency: string; interval: string | null }[];
  state: State;
}

export interface RequestText {
  method: string;
  /** Path and query. */
  url: string;
  headers: HeaderList;
  body: string;
}

export interface Answer {
  status: number;
  headers: HeaderList;
  body: string;
  /** The route's pattern, as `/v1/customers/{id}`; null for what is not the API's. */
  route: string | null;
  state: State;
}

export interface Due {
  deliveries: {
    id: string;
    url: string;
    headers: HeaderList;
    body: string;
    /** Of Conekta's: the caller adds the header `digest`, `text` signed by the key (RSA, SHA-256), in base64. */
    rsa?: { private_pem: string; text: string };
  }[];
  state: State;
}

export type Outcome = { status: number } | { fault: 'connection_refused' | 'network' | 'timeout' | 'canceled' };

export function start(wasm: WasmSource | undefined): Promise<EmulatorModule> {
  return instantiate(createModule, wasm, {
    url: () => new URL('../../wasm/emulator.wasm', import.meta.url),
    name: '@plinto/polar/emulator.wasm',
  });
}
