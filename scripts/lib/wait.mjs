// Bounded waiting: the last thing seen is part of the message when the time is over.

/**
 * Calls `look` until it returns something other than undefined, null or false, and returns that.
 * A `look` that throws counts as not seen yet.
 * @template T
 * @param {string} what what is waited for, as the end of "did not see ..."
 * @param {() => Promise<T> | T} look
 * @param {{ withinMs?: number, everyMs?: number }} options
 * @returns {Promise<T>}
 */
export async function waitFor(what, look, { withinMs = 20_000, everyMs = 100 } = {}) {
  const deadline = Date.now() + withinMs;
  let last = 'nothing';
  for (;;) {
    try {
      const value = await look();
      if (value !== undefined && value !== null && value !== false) return value;
      last = String(value);
    } catch (error) {
      last = error.message;
    }
    if (Date.now() >= deadline) throw new Error(`did not see ${what} within ${withinMs / 1000} s (last: ${last})`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
