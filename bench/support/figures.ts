/** What several measurements of one thing gave. */
export interface Spread {
  median: number;
  least: number;
  most: number;
}

/** Throws for an empty list. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: percentile(sorted, 0.5), least: percentile(sorted, 0), most: percentile(sorted, 1) };
}

/** The value at `share` (0 to 1) of an ascending list, between its neighbours where it falls between two. */
export function percentile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) throw new Error('There are no figures.');
  return below + (above - below) * (at - Math.floor(at));
}
