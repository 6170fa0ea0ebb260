// Starts the emulator's module from its glue and its binary, as start-core.ts does for the core.
import createModule from '../../wasm/emulator.mjs';
import { instantiate } from '../instantiate.js';
import type { WasmSource } from '../loader.js';
import type { EmulatorModule } from './module.js';

export function start(wasm: WasmSource | undefined): Promise<EmulatorModule> {
  return instantiate(createModule, wasm ?? new URL('../../wasm/emulator.wasm', import.meta.url));
}
