const unitSeconds = { s: 1, m: 60, h: 3600, d: 86400 } as const;
type Unit = keyof typeof unitSeconds;

/** 50 years: longer than any limit that still means something, and an integer of 32 bits. */
export const longestDuration = 50 * 365 * unitSeconds.d;

/** Seconds of `90s`, `15m`, `8h`, `30d`; undefined when the text is anything else, 0 included only as `0s`, `0m`, … */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,10})([smhd])$/.exec(text);
  if (!match) return undefined;
  const seconds = Number(match[1]) * unitSeconds[match[2] as Unit];
  return seconds <= longestDuration ? seconds : undefined;
}

/** The shortest text that `parseDuration` reads back as the same seconds: 5400 is `90m`. */
export function formatDuration(seconds: number): string {
  for (const unit of ['d', 'h', 'm'] as const) {
    if (seconds > 0 && seconds % unitSeconds[unit] === 0) return `${seconds / unitSeconds[unit]}${unit}`;
  }
  return `${seconds}s`;
}

/** A duration for people: `30 minutes`, `1 hour`, `1 minute 30 seconds`; the largest units, four say all. */
export function describeDuration(seconds: number, mostUnits = 2): string {
  const parts: string[] = [];
  let rest = seconds;
  for (const [unit, word] of [
    ['d', 'day'],
    ['h', 'hour'],
    ['m', 'minute'],
    ['s', 'second'],
  ] as const) {
    const count = Math.floor(rest / unitSeconds[unit]);
    rest -= count * unitSeconds[unit];
    if (count > 0) parts.push(`${count} ${word}${count === 1 ? '' : 's'}`);
  }
  return parts.slice(0, mostUnits).join(' ') || '0 seconds';
}
