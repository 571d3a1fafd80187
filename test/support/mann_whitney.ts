/**
 * How likely two samples as different as these, or more, are when they come from one distribution: the
 * Mann–Whitney U test, two-sided, by its normal approximation with ties counted (good from some twenty
 * values each). It goes by ranks, so that the rare slow answer of a busy machine weighs as much as any other.
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): number {
  const [m, n] = [first.length, second.length];
  const all = [
    ...first.map((value) => ({ value, isFirst: true })),
    ...second.map((value) => ({ value, isFirst: false })),
  ].toSorted((one, other) => one.value - other.value);
  let rankSum = 0;
  let ties = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to]?.value === all[from]?.value) to += 1;
    const size = to - from;
    // Equal values share the middle of their ranks, which count from 1.
    const rank = (from + 1 + to) / 2;
    rankSum += rank * all.slice(from, to).filter(({ isFirst }) => isFirst).length;
    ties += size ** 3 - size;
    from = to;
  }
  const total = m + n;
  const distance = Math.abs(rankSum - (m * (m + 1)) / 2 - (m * n) / 2);
  const variance = ((m * n) / 12) * (total + 1 - ties / (total * (total - 1)));
  if (variance === 0) return 1;
  return upperTail(Math.max(0, distance - 0.5) / Math.sqrt(variance)) * 2;
}

/** Of the normal distribution, from `z` ≥ 0 on: the continued fraction beyond 3, the series before. */
function upperTail(z: number): number {
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z > 3) {
    let fraction = 0;
    for (let step = 60; step > 0; step -= 1) fraction = step / (z + fraction);
    return density / (z + fraction);
  }
  let [term, sum] = [z, z];
  for (let step = 1; step < 60; step += 1) {
    term *= (z * z) / (2 * step + 1);
    sum += term;
  }
  return 0.5 - density * sum;
}
