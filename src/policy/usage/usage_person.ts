import type { Instant } from '../../domain/instants.ts';
import type { UsageGroup, UsageMeasure } from '../../domain/usage.ts';

/** An event of the trail about one person; sessions and families by whatever names them. */
export interface UsageStep {
  name: string;
  at: Instant;
  clientId: string | undefined;
  session: string | undefined;
  family: string | undefined;
  /** As the trail has it; moments are instants. */
  detail: Readonly<Record<string, unknown>>;
}

/** What is known of one person: only of what is open, or ended within the last day. */
export interface UsagePerson {
  /** Undefined: the trail told nothing of them yet. */
  roles?: readonly string[] | undefined;
  /** When a second factor was last asked for and answered, rightly or not. */
  factorAt?: Instant | undefined;
  spans: Record<string, UsageSpan>;
}

/** A session or a family. */
export interface UsageSpan {
  of: 'session' | 'family';
  /** Of a family its one client, of a session all that signed in through it. */
  clients: readonly string[];
  /** Of a bound family: its session. */
  session?: string;
  scopes?: readonly string[];
  resources?: readonly string[];
  leased?: boolean;
  startedAt: Instant;
  activeAt: Instant;
  refreshes: number;
  refreshedAt?: Instant;
  /** Seconds between the last two refreshes, and since which refresh they were alike. */
  interval?: number;
  regularFrom?: Instant;
  regularCount?: number;
  lostRoleAt?: Instant;
  end?: UsageEnd;
}

/** An end by a limit: it is waited for who comes back. */
export interface UsageEnd {
  at: Instant;
  isIdle: boolean;
  group: UsageGroup;
  idleGroup: UsageGroup;
  sawBackground?: boolean;
  sawFactor?: boolean;
  signedIn?: boolean;
}

/** Add one to a measure, with the seconds it lasted, on the day of `at`. */
export type CountUsage = (group: UsageGroup, at: Instant, measure: UsageMeasure, seconds: number) => void;

/** Never negative. */
export const secondsBetween = (from: Instant, to: Instant): number => Math.max(0, (to - from) / 1e6);
