// The end of a program that listens: at the first Ctrl-C it stops by itself, at the second one it is ended.

/** Resolves at the first signal that asks for the end. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const signals = ['SIGINT', 'SIGTERM'] as const;
    const stop = () => {
      for (const signal of signals) process.off(signal, stop);
      resolve();
    };
    for (const signal of signals) process.on(signal, stop);
  });
}
