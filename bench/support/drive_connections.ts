import { setTimeout as wait } from 'node:timers/promises';

/** How long and how often at most. */
export interface Effort {
  seconds: number;
  /** Most repetitions, over all connections. */
  most: number;
  /** Ends the drive with an error. */
  signal: AbortSignal;
  /** Repetitions a second, over all connections; absent: as many as there can be. */
  perSecond?: number;
}

/** What came of one drive. */
export interface Drive {
  count: number;
  /** From the first start to the last end. */
  seconds: number;
  /** Milliseconds of each repetition, ascending. */
  latencies: number[];
}

/**
 * Repeat each connection's work, one after the other on each, all connections side by side; at a given pace
 * they take turns.
 */
export async function driveConnections(
  works: readonly (() => Promise<void>)[],
  { seconds, most, signal, perSecond }: Effort,
): Promise<Drive> {
  const latencies: number[] = [];
  const startedAt = performance.now();
  const endAt = startedAt + seconds * 1000;
  let begun = 0;

  const turn = perSecond === undefined ? 0 : 1000 / perSecond;
  async function repeat(work: () => Promise<void>, index: number): Promise<void> {
    let at = await pause(startedAt + turn * index);
    while (at < endAt && begun < most) {
      signal.throwIfAborted();
      begun += 1;
      await work();
      const doneAt = performance.now();
      latencies.push(doneAt - at);
      at = turn === 0 ? doneAt : await pause(at + turn * works.length);
    }
  }

  async function pause(until: number): Promise<number> {
    await wait(Math.max(0, until - performance.now()));
    return performance.now();
  }

  await Promise.all(works.map(repeat));
  return {
    count: latencies.length,
    seconds: (performance.now() - startedAt) / 1000,
    latencies: latencies.toSorted((a, b) => a - b),
  };
}
