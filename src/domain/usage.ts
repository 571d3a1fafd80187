import type { DurationField } from './policies.ts';

/** How long something lasted, counted by size. */
export interface Bucket {
  count: number;
  /** What they last together: the mean of a bucket is exact. */
  seconds: number;
}
/** By the number of the bucket. */
export type Histogram = ReadonlyMap<number, Bucket>;

/**
 * Durations are kept in buckets of fixed edges: bucket `n` holds what is longer than the edge before and no
 * longer than 900 · 2^(n/16) seconds. So 15 minutes, and what is half or twice as long, and so on, are edges,
 * and a duration told by an edge is at most 4.5 % off. The first holds all up to 7 s, the last all of 30 days
 * and more.
 */
export function usageBucket(seconds: number): number {
  if (seconds <= usageEdge(firstBucket)) return firstBucket;
  const exact = Math.log2(seconds / anchor) * perOctave;
  // A duration that is an edge belongs below it, whatever the logarithm rounds to; and there is no bucket -0.
  return Math.min(lastBucket, Math.ceil(exact - 1e-9) + 0);
}

/** The longest duration of a bucket, in seconds. */
export function usageEdge(bucket: number): number {
  return anchor * 2 ** (bucket / perOctave);
}

const anchor = 900;
const perOctave = 16;
const firstBucket = -112;
const lastBucket = 192;

/** What is counted in one line of the roll-ups: alike in all of this. */
export interface UsageGroup {
  of: 'session' | 'family';
  /** The limit that rules, or ended, them. */
  field: DurationField;
  policy: string;
  /** 0: the built-in default. */
  policyVersion: number;
  /** Seconds. */
  limit: number;
  /** Empty: a session. */
  clientId: string;
  /** In the order of their names. */
  roles: readonly string[];
}

/**
 * Every measure of the roll-ups. Those of limits that ended something go to the group of that limit, all others
 * to the group of the idle limit.
 */
export const usageMeasures = {
  span: 'Sessions and families that are over; how long they were open.',
  gap: 'From one activity to the next.',
  idle: 'Gaps and tails longer than an app in use lets pass between two refreshes.',
  tail: 'From the last activity to an end that was not by the idle limit.',
  return: 'From the last activity, over an end by the idle limit, to the next sign-in for the same client.',
  gone: 'Ends by the idle limit that no sign-in followed within a day; from the last activity to the end.',
  end: 'Ends by the limit; how long after the last activity.',
  back: 'From such an end to the next sign-in of the same account for the same client, within a day.',
  background: 'Such ends while the app went on without its user; from the last activity to its last refresh.',
  step_up: 'Such ends beside a second factor that was asked for; from the last activity to the end.',
  workflow: 'Such ends of what ran by itself; how long it had run.',
  unrefreshed:
    'Families over without one refresh, though an access token had expired; how long they were open.',
  polling: 'Families whose last refreshes all said that nobody was there; for how long.',
  regular: 'Families that were refreshed like clockwork to the very end, for an hour or more; for how long.',
  outlived: 'Sessions and families that were still open after their account had lost a role; for how long.',
} as const;
export type UsageMeasure = keyof typeof usageMeasures;

/** How long after an end a sign-in is still waited for, in seconds. */
export const returnHorizon = 86_400;
/** By default, an end is premature if its account is back within so many seconds. */
export const prematureWithin = 900;

/** How many hours open for nobody one interruption weighs, from 0.000001 to 999999.999999; undefined: it is no such number. */
export function parseWeight(text: string): number | undefined {
  const hours = /^\d{1,6}(\.\d{1,6})?$/.test(text) ? Number(text) : 0;
  return hours > 0 ? hours : undefined;
}
