import type { DurationField } from '../domain/policies.ts';
import type { Bucket, UsageMeasure } from '../domain/usage.ts';
import { usageEdge } from '../domain/usage.ts';
import { longestAllowed } from '../policy/baselines/longest_allowed.ts';
import { defaultStretch, suggestLimit } from '../policy/suggest_limit.ts';
import type { AwayTimes, LimitSuggestion } from '../policy/suggest_limit.ts';
import { readTrail } from '../store/audit_verification.ts';
import { loadConfiguration } from '../store/configuration.ts';
import type { Database } from '../store/database.ts';
import { listUsage } from '../store/usage_days.ts';
import type { UsageKey, UsageLine } from '../store/usage_days.ts';

export interface UsageQuestion {
  /** How far back, in seconds; the first day counts whole. */
  since: number;
  by: UsageKey;
  /** How many hours open for nobody one interruption weighs as much as. */
  weight: number;
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

type Measured = Map<UsageMeasure, Map<number, Bucket>>;

/** What idle limits cost, and which would cost less: of the roll-ups alone. */
export async function reportUsage(database: Database, question: UsageQuestion): Promise<UsageReport> {
  return await readTrail(database, async (tx) => {
    const { policies } = await loadConfiguration(tx);
    const groups = gather(await listUsage(tx, question.since, question.by));
    const rows = groups.map(([line, measured]) =>
      describeRow(line, measured, question.weight, policies.get(line.policy)?.baselines ?? []),
    );
    return { ...question, rows: rows.filter(({ spans }) => spans > 0) };
  });
}

function gather(lines: readonly UsageLine[]): [UsageLine, Measured][] {
  const groups = new Map<string, [UsageLine, Measured]>();
  for (const line of lines) {
    if (line.field !== 'refresh_idle' && line.field !== 'session_idle') continue;
    const { of, field, policy, policyVersion, limit, key } = line;
    const name = JSON.stringify([of, field, policy, policyVersion, limit, key]);
    const [, measured] = groups.get(name) ?? [line, new Map() as Measured];
    const { measure, bucket, count, seconds } = line;
    measured.set(
      measure,
      (measured.get(measure) ?? new Map<number, Bucket>()).set(bucket, { count, seconds }),
    );
    groups.set(name, [line, measured]);
  }
  return [...groups.values()];
}

function describeRow(
  { of, field, policy, policyVersion, limit, key }: UsageLine,
  measured: Measured,
  weight: number,
  baselines: readonly string[],
): UsageRow {
  const sum = (measure: UsageMeasure) => addUp(measured.get(measure));
  const away: AwayTimes = {
    spans: sum('span').count,
    gaps: merge(measured.get('gap'), measured.get('return')),
    tails: measured.get('tail') ?? new Map<number, Bucket>(),
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

function addUp(histogram: ReadonlyMap<number, Bucket> = new Map()): Bucket {
  const sum = { count: 0, seconds: 0 };
  for (const { count, seconds } of histogram.values()) {
    sum.count += count;
    sum.seconds += seconds;
  }
  return sum;
}

function merge(...histograms: (ReadonlyMap<number, Bucket> | undefined)[]): Map<number, Bucket> {
  const merged = new Map<number, Bucket>();
  for (const histogram of histograms)
    for (const [bucket, { count, seconds }] of histogram ?? []) {
      const before = merged.get(bucket) ?? { count: 0, seconds: 0 };
      merged.set(bucket, { count: before.count + count, seconds: before.seconds + seconds });
    }
  return merged;
}

/** The edge below which the share lies: at most 4.5 % too long. */
function findQuantile(histogram: ReadonlyMap<number, Bucket>, share: number): number | null {
  const { count: all } = addUp(histogram);
  let below = 0;
  for (const [bucket, { count }] of [...histogram].toSorted(([a], [b]) => a - b)) {
    below += count;
    if (below >= all * share) return usageEdge(bucket);
  }
  return null;
}
