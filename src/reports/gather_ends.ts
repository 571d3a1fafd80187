import type { TimeoutRow } from './report_timeouts.ts';

/** Ends by a limit, and those of the access of apps that ended with its sessions, by the same limit. */
export type GatheredEnds = TimeoutRow & { with?: TimeoutRow };

/**
 * Access that is bound to a session ends with it, often by its limit: told once, beside it. In the order of the
 * sessions; the rest stands by itself.
 */
export function gatherEnds(rows: readonly TimeoutRow[]): GatheredEnds[] {
  const sessions = rows.filter(({ of }) => of === 'session');
  const partnerOf = (row: TimeoutRow) => (row.of === 'family' ? sessions.find(isAlike(row)) : undefined);
  return rows.flatMap((row) => {
    if (partnerOf(row)) return [];
    const bound = row.of === 'session' ? rows.find((other) => partnerOf(other) === row) : undefined;
    return [bound ? { ...row, with: bound } : row];
  });
}

const isAlike = (a: TimeoutRow) => (b: TimeoutRow) =>
  a.policy === b.policy &&
  a.policyVersion === b.policyVersion &&
  a.field === b.field &&
  a.limit === b.limit &&
  a.key === b.key;
