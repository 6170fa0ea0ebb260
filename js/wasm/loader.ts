// Loads a module once, when it is first wanted.
import { fail } from '../errors.js';
import type { WasmSource } from './instantiate.js';

/** Where a module comes from, when not from beside the package's code. */
export interface LoadOptions {
  /**
   * The binary, for hosts that cannot fetch it by its URL: on workerd `import wasm from '@plinto/polar/core.wasm'`.
   * Default: the one beside the package's code, streamed in browsers and read from disk in Node.
   */
  wasm?: WasmSource | undefined;
}

/** A file that starts one module (core-module.ts and its like). */
interface ModuleFile<Module> {
  start(wasm: WasmSource | undefined): Promise<Module>;
}

/**
 * Makes the loader of one module. It loads once per binary; a failure is not remembered, so that the next call tries
 * again. The loader rejects with CORE_LOAD_FAILED.
 */
export function createLoader<Module>(
  importFile: () => Promise<ModuleFile<Module>>,
): (options?: LoadOptions) => Promise<Module> {
  const standard = {};
  const loading = new WeakMap<object, Promise<Module>>();
  return ({ wasm } = {}) => {
    const key = wasm ?? standard;
    const known = loading.get(key);
    if (known) return known;
    const started = load(importFile, wasm);
    loading.set(key, started);
    started.catch(() => loading.delete(key));
    return started;
  };
}

async function load<Module>(importFile: () => Promise<ModuleFile<Module>>, wasm: WasmSource | undefined) {
  try {
    const { start } = await importFile();
    return await start(wasm);
  } catch (cause) {
    return fail({
      code: 'CORE_LOAD_FAILED',
      family: 'environment',
      message: `The WebAssembly core could not be loaded: ${cause}. Allow 'wasm-unsafe-eval' in script-src, and see that the .wasm file is served.`,
      cause,
    });
  }
}
