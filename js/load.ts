// Loads the C++ core, once. Nothing is fetched before the first call: the glue is a dynamic import, and the binary is
// named by a URL that bundlers (Vite, webpack 5, Rollup) recognize and copy.
import type { CoreModule } from './core.js';
import { fail } from './errors.js';
import { instantiate, type WasmSource } from './instantiate.js';

/** Where the core comes from. */
export interface LoadCoreOptions {
  /**
   * The binary, for hosts that cannot fetch it by its URL: on workerd `import wasm from '@plinto/polar/core.wasm'`.
   * Default: `core.wasm` beside the package's code, streamed in browsers and read from disk in Node.
   */
  wasm?: WasmSource | undefined;
}

const BESIDE_THE_CODE = {};
const loading = new WeakMap<object, Promise<CoreModule>>();

/**
 * Loads the core, once per binary; later calls get the same module. A failure is not remembered: the next call tries again.
 * Rejects with CORE_LOAD_FAILED, for instance under a CSP without `'wasm-unsafe-eval'`.
 */
export function loadCore(options: LoadCoreOptions = {}): Promise<CoreModule> {
  const key = options.wasm ?? BESIDE_THE_CODE;
  const known = loading.get(key);
  if (known) return known;
  const started = load(options.wasm);
  loading.set(key, started);
  started.catch(() => loading.delete(key));
  return started;
}

async function load(wasm: WasmSource | undefined): Promise<CoreModule> {
  try {
    const glue = await import('../wasm/core.mjs');
    return await instantiate(glue.default, wasm ?? new URL('../wasm/core.wasm', import.meta.url));
  } catch (cause) {
    return fail({
      code: 'CORE_LOAD_FAILED',
      family: 'environment',
      message: `The WebAssembly core could not be loaded: ${cause}. Allow 'wasm-unsafe-eval' in the page's script-src, and see that core.wasm is served.`,
      cause,
    });
  }
}
