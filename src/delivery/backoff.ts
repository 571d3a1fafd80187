const longestSeconds = 60;

/**
 * Seconds to wait after the `failures`th failure in a row (from 1): doubling from one second to a
 * minute, of which `jitter` (0 to 1) takes up to half, so that receivers that fell together do not return together.
 */
export function backoffSeconds(failures: number, jitter: number): number {
  const full = Math.min(longestSeconds, 2 ** Math.min(failures - 1, 16));
  return full * (1 - jitter / 2);
}
