import type { Bucket, Histogram, UsageMeasure } from '../domain/usage.ts';
import { usageEdge } from '../domain/usage.ts';
import type { UsageLine } from '../store/usage_days.ts';

/** What is told apart from the rest: one limit of one policy, and, if asked for, one client or role. */
export type UsageSubject = Pick<UsageLine, 'of' | 'field' | 'policy' | 'policyVersion' | 'limit' | 'key'>;

/** All lines of one subject. */
export interface GatheredUsage {
  subject: UsageSubject;
  /** By measure; of what was never counted, an empty one. */
  histogram(measure: UsageMeasure): Histogram;
  sum(measure: UsageMeasure): Bucket;
}

/** Lines that come in the order of their subjects, gathered by them. */
export function gatherUsage(lines: readonly UsageLine[]): GatheredUsage[] {
  const gathered: { subject: UsageSubject; measures: Map<UsageMeasure, Histogram> }[] = [];
  for (const line of lines) {
    const last = gathered.at(-1);
    const own = last && isSame(last.subject, line) ? last : { subject: line, measures: new Map() };
    if (own !== last) gathered.push(own);
    const buckets = line.buckets.map(([bucket, count, seconds]) => [bucket, { count, seconds }] as const);
    own.measures.set(line.measure, new Map(buckets));
  }
  return gathered.map(({ subject, measures }) => {
    const histogram = (measure: UsageMeasure) => measures.get(measure) ?? new Map<number, Bucket>();
    return { subject, histogram, sum: (measure) => addUp(histogram(measure)) };
  });
}

const isSame = (a: UsageSubject, b: UsageSubject): boolean =>
  a.of === b.of &&
  a.field === b.field &&
  a.policy === b.policy &&
  a.policyVersion === b.policyVersion &&
  a.limit === b.limit &&
  a.key === b.key;

export function addUp(histogram: Histogram): Bucket {
  const sum = { count: 0, seconds: 0 };
  for (const { count, seconds } of histogram.values()) {
    sum.count += count;
    sum.seconds += seconds;
  }
  return sum;
}

/** The edge below which the share lies, at most 4.5 % too long; null: there is nothing. */
export function findQuantile(histogram: Histogram, share: number): number | null {
  const { count: all } = addUp(histogram);
  let below = 0;
  for (const [bucket, { count }] of [...histogram].toSorted(([a], [b]) => a - b)) {
    below += count;
    if (below >= all * share) return usageEdge(bucket);
  }
  return null;
}
