// Loads a module once, when it is first wanted.
import { fail, isPolarError } from '../errors.js';
import type { WasmSource } from './instantiate.js';

/** Where a module comes from, when not from beside the package's code. */
export interface LoadOptions {
  /**
   * The binary: a compiled module, its address, or its bytes. For hosts and bundlers that leave the package's own behind. Default:
   * streamed from beside the script in browsers; elsewhere taken from inside the script.
   */
  wasm?: WasmSource | undefined;
}

/** A file that starts one module (core-module.ts and its like). */
interface ModuleFile<Module> {
  start(wasm: WasmSource | undefined): Promise<Module>;
}

/** For so long a start that has failed is not tried again. */
const REMEMBERED_MS = 60_000;

/** Makes the loader of one module. It loads once per binary, and remembers a failure for a minute. Rejects with CORE_LOAD_FAILED. */
export function createLoader<Module>(
  importFile: () => Promise<ModuleFile<Module>>,
): (options?: LoadOptions) => Promise<Module> {
  const started = new Map<WasmSource | undefined, { module: Promise<Module>; until: number }>();
  return ({ wasm } = {}) => {
    const known = started.get(wasm);
    if (known && Date.now() < known.until) return known.module;
    const entry = { module: load(importFile, wasm), until: Number.POSITIVE_INFINITY };
    started.set(wasm, entry);
    entry.module.catch(() => {
      entry.until = Date.now() + REMEMBERED_MS;
    });
    return entry.module;
  };
}

async function load<Module>(importFile: () => Promise<ModuleFile<Module>>, wasm: WasmSource | undefined) {
  try {
    const { start } = await importFile();
    return await start(wasm);
  } catch (cause) {
    if (isPolarError(cause)) throw cause;
    return fail({
      code: 'CORE_LOAD_FAILED',
      family: 'environment',
      message: `A script of the WebAssembly core could not be loaded: ${cause}.`,
      cause,
    });
  }
}
