import type { DurationField } from '../domain/policies.ts';
import { longestAllowed } from '../policy/baselines/longest_allowed.ts';
import { readTrail } from '../store/audit_verification.ts';
import { loadConfiguration } from '../store/configuration.ts';
import type { Database } from '../store/database.ts';
import { listTimeouts } from '../store/trail_timeouts.ts';
import type { TimeoutGroup, TimeoutQuestion } from '../store/trail_timeouts.ts';
import { wilsonInterval } from './wilson_interval.ts';

/** With fewer interruptions than this nothing is suggested: one in twenty of them would decide it. */
export const fewestToSuggest = 20;

export interface TimeoutRow extends TimeoutGroup {
  /** The share of ends that came too early, and between which shares it is, 95 times of 100. */
  share: number;
  low: number;
  high: number;
  /** The limit that would have avoided 95 of 100, in seconds, in whole minutes; undefined: too few to say. */
  suggested?: number;
  /** The baseline of the policy that allows no longer one. */
  cappedBy?: string;
}

export interface TimeoutReport extends TimeoutQuestion {
  rows: TimeoutRow[];
}

/** Ends by a limit whose users signed in again at once, for the same client: those that came too early. */
export async function reportTimeouts(database: Database, question: TimeoutQuestion): Promise<TimeoutReport> {
  return await readTrail(database, async (tx) => {
    const { policies } = await loadConfiguration(tx);
    const groups = await listTimeouts(tx, question);
    const rows = groups.map((group) => judgeGroup(group, policies.get(group.policy ?? '')?.baselines ?? []));
    return { ...question, rows };
  });
}

/** The limit of the file that a reason speaks of. A bound family's idle limit may be its session's: baselines know both alike. */
const fields: Readonly<Record<string, DurationField>> = {
  idle_timeout: 'refresh_idle',
  absolute_timeout: 'refresh_absolute',
  lease_over: 'lease_max',
};

function judgeGroup(group: TimeoutGroup, baselines: readonly string[]): TimeoutRow {
  const { ends, premature, needed, reason } = group;
  const row = { ...group, share: premature / ends, ...wilsonInterval(premature, ends) };
  if (needed === null || premature < fewestToSuggest) return row;
  const suggested = Math.ceil(needed / 60) * 60;
  const field = fields[reason];
  const most = field && longestAllowed(field, baselines);
  if (!most || suggested <= most.seconds) return { ...row, suggested };
  return { ...row, suggested: most.seconds, cappedBy: most.baseline };
}
