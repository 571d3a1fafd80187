/**
 * Round numbers from one that is no more than `least` to one that is no less than `most`, at most so many steps
 * and one more: where an axis begins and ends, and what it tells between. 0 ≤ `least` < `most`.
 */
export function axisTicks(least: number, most: number, mostSteps = 5): number[] {
  const rough = (most - least) / mostSteps;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((factor) => factor * power >= rough * (1 - 1e-9)) ?? 10) * power;
  const first = Math.floor(least / step + 1e-9);
  const last = Math.ceil(most / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}
