import type { Finding } from './finding.ts';

/** A line each, and another one that says what to do. */
export function describeFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ area }) => area.length));
  return findings
    .map(({ area, state, message, advice }) => {
      const line = `${state.padEnd(8)} ${area.padEnd(width)}  ${message}\n`;
      return advice === undefined ? line : `${line}${' '.repeat(width + 11)}→ ${advice}\n`;
    })
    .join('');
}
