import { setTimeout as pause } from 'node:timers/promises';

/** Resolves when `holds` does; asks at most for 10 seconds. */
export async function waitUntil(holds: () => boolean | Promise<boolean>, otherwise: string): Promise<void> {
  const giveUpAt = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error(`After 10 seconds ${otherwise}.`);
    await pause(20);
  }
}
