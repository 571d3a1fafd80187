/** Milliseconds; npm hands on the Ctrl-C that the terminal has sent to every process of its group already. */
const sameSignal = 500;

/** Resolves at the first SIGINT, SIGTERM or SIGHUP; another one later ends the process at once. */
export function waitForSignal(): Promise<void> {
  return new Promise((resolve) => {
    let askedAt: number | undefined;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        askedAt ??= performance.now();
        if (performance.now() - askedAt > sameSignal) process.exit(1);
        resolve();
      });
    }
  });
}
