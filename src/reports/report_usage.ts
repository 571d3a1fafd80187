import type { Configuration } from '../domain/configuration.ts';
import type { DurationField } from '../domain/policies.ts';
import type { Bucket, Histogram, UsageMeasure } from '../domain/usage.ts';
import { longestAllowed } from '../policy/baselines/longest_allowed.ts';
import { defaultStretch, suggestLimit } from '../policy/suggest_limit.ts';
import type { AwayTimes, LimitSuggestion } from '../policy/suggest_limit.ts';
import { readTrail } from '../store/audit_verification.ts';
import { loadPolicies } from '../store/configuration.ts';
import type { Database, Queryable } from '../store/database.ts';
import { findUsagePeriod, listUsage } from '../store/usage_days.ts';
import type { UsageKey, UsagePeriod } from '../store/usage_days.ts';
import { findQuantile, gatherUsage } from './gather_usage.ts';
import type { GatheredUsage, UsageSubject } from './gather_usage.ts';

export interface UsageQuestion {
  /** How far back, in seconds; the first day counts whole. */
  since: number;
  by: UsageKey;
  /** How many hours open for nobody one interruption weighs as much as. */
  weight: number;
  /** One policy alone; undefined: all. */
  policy?: string | undefined;
}

/** What one idle limit of one policy rules. */
export interface UsageRow extends LimitSuggestion {
  of: 'session' | 'family';
  field: DurationField;
  policy: string;
  policyVersion: number;
  /** Seconds. */
  limit: number;
  /** A client or a role, where they are told apart. */
  key: string | null;
  spans: number;
  /** Hours for which they were open, and those of them in which nobody was there. */
  openHours: number;
  unusedHours: number;
  /** No longer than this were 99 of 100 absences, in seconds; null: there were none. */
  longestUsual: number | null;
  /** How many, and for how many hours together; see `usageMeasures`. */
  found: Record<'unrefreshed' | 'polling' | 'regular' | 'outlived', { count: number; hours: number }>;
  /** The longest limit that a baseline of the policy allows, in seconds. */
  longest?: { seconds: number; baseline: string };
  /** That baseline, where a longer limit would cost less. */
  cappedBy?: string;
}

export interface UsageReport extends UsageQuestion {
  rows: UsageRow[];
}

/** What idle limits cost, and which would cost less: of the roll-ups alone. */
export async function reportUsage(database: Database, question: UsageQuestion): Promise<UsageReport> {
  return await readTrail(database, async (tx) => {
    const policies = await loadPolicies(tx);
    const period = await findUsagePeriod(tx, question.since);
    return { ...question, rows: await judgeUsage(tx, { ...question, period }, policies) };
  });
}

/** The same of any days. */
export async function judgeUsage(
  tx: Queryable,
  { period, by, weight, policy }: Omit<UsageQuestion, 'since'> & { period: UsagePeriod },
  policies: Configuration['policies'],
): Promise<UsageRow[]> {
  const lines = await listUsage(tx, { period, by, bucketed, summed, policy });
  return gatherUsage(lines)
    .filter(({ subject, sum }) => isIdle(subject) && sum('span').count > 0)
    .map((gathered) => describeRow(gathered, weight, policies.get(gathered.subject.policy)?.baselines ?? []));
}

const bucketed: readonly UsageMeasure[] = ['gap', 'return', 'tail'];
const summed: readonly UsageMeasure[] = [
  'span',
  'idle',
  'gone',
  'unrefreshed',
  'polling',
  'regular',
  'outlived',
];

const isIdle = ({ field }: UsageSubject): boolean => field === 'refresh_idle' || field === 'session_idle';

function describeRow(
  { subject, histogram, sum }: GatheredUsage,
  weight: number,
  baselines: readonly string[],
): UsageRow {
  const { of, field, policy, policyVersion, limit, key } = subject;
  const away: AwayTimes = {
    spans: sum('span').count,
    gaps: merge(histogram('gap'), histogram('return')),
    tails: histogram('tail'),
    gone: sum('gone').count,
  };
  const longest = longestAllowed(field, baselines);
  const question = { limit, stretch: defaultStretch, weight, longest: longest?.seconds };
  const suggestion = suggestLimit(away, question);
  const hours = (measure: UsageMeasure) => sum(measure).seconds / 3600;
  const found = (measure: UsageMeasure) => ({ count: sum(measure).count, hours: hours(measure) });
  return {
    of,
    field,
    policy,
    policyVersion,
    limit,
    key,
    spans: away.spans,
    openHours: hours('span'),
    unusedHours: hours('idle'),
    longestUsual: findQuantile(away.gaps, 0.99),
    found: {
      unrefreshed: found('unrefreshed'),
      polling: found('polling'),
      regular: found('regular'),
      outlived: found('outlived'),
    },
    ...suggestion,
    ...(longest ? { longest } : {}),
    ...(longest && suggestion.isCapped ? { cappedBy: longest.baseline } : {}),
  };
}

function merge(...histograms: Histogram[]): Map<number, Bucket> {
  const merged = new Map<number, Bucket>();
  for (const histogram of histograms)
    for (const [bucket, { count, seconds }] of histogram) {
      const before = merged.get(bucket) ?? { count: 0, seconds: 0 };
      merged.set(bucket, { count: before.count + count, seconds: before.seconds + seconds });
    }
  return merged;
}
