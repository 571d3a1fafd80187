import { setTimeout as pause } from 'node:timers/promises';

/** Resolves when `holds` does; asks for half a minute, which only a failure takes. */
export async function waitUntil(holds: () => boolean | Promise<boolean>, otherwise: string): Promise<void> {
  const giveUpAt = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error(`After 30 seconds ${otherwise}.`);
    await pause(20);
  }
}
