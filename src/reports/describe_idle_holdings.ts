import { formatDuration } from '../domain/durations.ts';
import type { IdleHolding } from './report_idle_holdings.ts';

/** Lines for a terminal, below the report of usage; none where nothing is live. */
export function renderIdleHoldingsText(holdings: readonly IdleHolding[]): string {
  if (holdings.length === 0) return '';
  const lines = holdings.map(
    ({ policy, limit, sessions, idle, rows, bytes }) =>
      `${policy}  session_idle ${formatDuration(limit)}  ${idle} of ${sessions} sessions: ${rows} rows, ${describeBytes(bytes)}`,
  );
  return `Unused now for more than half of their idle limit, and what is kept for them:\n${lines.join('\n')}\n`;
}

const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** `1.5 MB`. */
export function describeBytes(bytes: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power] ?? ''}`;
}
