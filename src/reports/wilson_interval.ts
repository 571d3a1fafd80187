/** Standard deviations either side for 95 of 100. */
const z = 1.96;

/**
 * Between which shares the true one lies, 95 times of 100, where `hits` of `all` were seen: Wilson's score
 * interval, which holds for few and for extreme ones too. Nothing seen: anything from 0 to 1.
 */
export function wilsonInterval(hits: number, all: number): { low: number; high: number } {
  if (all === 0) return { low: 0, high: 1 };
  const share = hits / all;
  const spread = z * Math.sqrt((share * (1 - share)) / all + z ** 2 / (4 * all ** 2));
  const middle = share + z ** 2 / (2 * all);
  const scale = 1 + z ** 2 / all;
  return { low: Math.max(0, (middle - spread) / scale), high: Math.min(1, (middle + spread) / scale) };
}
