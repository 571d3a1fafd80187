import type { Configuration } from '../domain/configuration.ts';
import type { DurationField } from '../domain/policies.ts';
import { returnHorizon, usageBucket, usageEdge } from '../domain/usage.ts';
import type { UsageMeasure } from '../domain/usage.ts';
import { longestAllowed } from '../policy/baselines/longest_allowed.ts';
import { readTrail } from '../store/audit_verification.ts';
import { loadPolicies } from '../store/configuration.ts';
import type { Database, Queryable } from '../store/database.ts';
import { findUsagePeriod, listUsage } from '../store/usage_days.ts';
import type { UsageKey, UsagePeriod } from '../store/usage_days.ts';
import { addUp, findQuantile, gatherUsage } from './gather_usage.ts';
import type { GatheredUsage, UsageSubject } from './gather_usage.ts';
import { wilsonInterval } from './wilson_interval.ts';

/** With fewer interruptions than this nothing is suggested: one in twenty of them would decide it. */
export const fewestToSuggest = 20;

export interface TimeoutQuestion {
  /** How far back, in seconds; the first day counts whole. */
  since: number;
  /**
   * Within how many seconds after the end a sign-in counts, at most a day. The roll-ups tell durations apart in
   * steps of 4.4 %, of which a quarter of an hour is one: any other is taken up to the next step, as the report says.
   */
  within: number;
  by: UsageKey;
}

/** Ends by one limit of one policy. */
export interface TimeoutRow extends UsageSubject {
  reason: string;
  ends: number;
  /** Followed by a sign-in of the same account for the same client. */
  premature: number;
  /** The share of ends that came too early, and between which shares it is, 95 times of 100. */
  share: number;
  low: number;
  high: number;
  /** Ends while the app went on without its user, beside a second factor, and of what ran by itself. */
  background: number;
  stepUp: number;
  workflow: number;
  /** The limit that would have avoided 95 of 100, in seconds, in whole minutes; undefined: too few to say. */
  suggested?: number;
  /** The baseline of the policy that allows no longer one. */
  cappedBy?: string;
}

export interface TimeoutReport extends TimeoutQuestion {
  rows: TimeoutRow[];
}

/**
 * Ends by a limit, and how many of their users signed in again soon for the same client: those that came too
 * early. Of the roll-ups alone; roles are those that somebody had then.
 */
export async function reportTimeouts(database: Database, question: TimeoutQuestion): Promise<TimeoutReport> {
  return await readTrail(database, async (tx) => {
    const policies = await loadPolicies(tx);
    const period = await findUsagePeriod(tx, question.since);
    const rows = await judgeTimeouts(tx, { ...question, period }, policies);
    const within = Math.min(Math.round(usageEdge(lastBucket(question.within))), returnHorizon);
    return { ...question, within, rows };
  });
}

/** The same of any days. */
export async function judgeTimeouts(
  tx: Queryable,
  { period, by, within }: Omit<TimeoutQuestion, 'since'> & { period: UsagePeriod },
  policies: Configuration['policies'],
): Promise<TimeoutRow[]> {
  const lines = await listUsage(tx, { period, by, bucketed, summed });
  return gatherUsage(lines)
    .map((gathered) =>
      judge(gathered, lastBucket(within), policies.get(gathered.subject.policy)?.baselines ?? []),
    )
    .filter(({ ends }) => ends > 0);
}

/** What is back no later falls into this bucket or one before it. */
const lastBucket = (within: number): number => usageBucket(Math.min(within, returnHorizon));

const bucketed: readonly UsageMeasure[] = ['back'];
const summed: readonly UsageMeasure[] = ['end', 'background', 'step_up', 'workflow'];

const reasons: Partial<Record<DurationField, string>> = {
  session_idle: 'idle_timeout',
  refresh_idle: 'idle_timeout',
  session_absolute: 'absolute_timeout',
  refresh_absolute: 'absolute_timeout',
  lease_max: 'lease_over',
};

function judge(
  { subject, histogram, sum }: GatheredUsage,
  last: number,
  baselines: readonly string[],
): TimeoutRow {
  const { of, field, policy, policyVersion, limit, key } = subject;
  const back = new Map([...histogram('back')].filter(([bucket]) => bucket <= last));
  const [ends, premature] = [sum('end').count, addUp(back).count];
  const row: TimeoutRow = {
    of,
    field,
    policy,
    policyVersion,
    limit,
    key,
    reason: reasons[field] ?? '',
    ends,
    premature,
    share: ends === 0 ? 0 : premature / ends,
    ...wilsonInterval(premature, ends),
    background: sum('background').count,
    stepUp: sum('step_up').count,
    workflow: sum('workflow').count,
  };
  const needed = findQuantile(back, 0.95);
  if (needed === null || premature < fewestToSuggest) return row;
  const suggested = Math.ceil((limit + needed) / 60 - 1e-9) * 60;
  const most = longestAllowed(field, baselines);
  if (!most || suggested <= most.seconds) return { ...row, suggested };
  return { ...row, suggested: most.seconds, cappedBy: most.baseline };
}
