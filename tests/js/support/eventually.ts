// Waits for a fact, on a machine that may do other things meanwhile, and by the real clock whatever clock a test has set.
const { setTimeout: later } = globalThis;
const LONG_MS = 45_000;

/** Resolves when `check` throws no more; rejects with what it threw last. */
export async function eventually<Value>(check: () => Value): Promise<Value> {
  const started = performance.now();
  for (;;) {
    try {
      return check();
    } catch (error) {
      if (performance.now() - started > LONG_MS) throw error;
      await new Promise((resolve) => later(resolve, 10));
    }
  }
}
