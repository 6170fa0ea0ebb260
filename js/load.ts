// Loads the C++ core. Nothing of it is fetched before the first call.
import type { CoreModule } from './core.js';
import { createLoader, type LoadOptions } from './loader.js';

/**
 * Loads the core, once per binary; later calls get the same module. A failure is not remembered: the next call tries again.
 * Rejects with CORE_LOAD_FAILED, for instance under a CSP without `'wasm-unsafe-eval'`.
 */
export const loadCore: (options?: LoadOptions) => Promise<CoreModule> = /* @__PURE__ */ createLoader(
  () => import('./start-core.js'),
);
