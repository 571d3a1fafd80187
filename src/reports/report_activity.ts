import type { Configuration } from '../domain/configuration.ts';
import type { Queryable } from '../store/database.ts';
import { countTrail } from '../store/trail_counts.ts';
import type { TrailCount } from '../store/trail_counts.ts';
import { countLiveSessions } from './count_live_sessions.ts';

/** How often something happened. */
export interface ActivityRow {
  label: string;
  /** In the last 24 hours, and in the last seven times 24. */
  day: number;
  week: number;
}

export interface ActivityReport {
  /** Live sessions by the policy of their idle limit, the most first. */
  live: { policy: string; count: number }[];
  /** Ends of sessions by reason, and refused refreshes by theirs; the most frequent first. */
  ends: ActivityRow[];
  refusals: ActivityRow[];
  /** Second factors that were proved, by days: the first of seven is the oldest, the last ends now. */
  stepUps: number[];
}

const days = 7;
const names = ['session.ended', 'refresh.refused', 'mfa.passed'];

/** What happens and what happened lately. Counted where the tables are small, estimated where they are large. */
export async function reportActivity(db: Queryable, configuration: Configuration): Promise<ActivityReport> {
  const live = await countLiveSessions(db, configuration);
  const counts = await countTrail(db, { names, days });
  const of = (name: string) => counts.filter((count) => count.name === name);
  return {
    live: [...live]
      .map(([policy, count]) => ({ policy, count }))
      .toSorted((a, b) => b.count - a.count || (a.policy < b.policy ? -1 : 1)),
    ends: sumByReason(of('session.ended')),
    refusals: sumByReason(of('refresh.refused')),
    stepUps: Array.from({ length: days }, (_, at) =>
      sum(of('mfa.passed').filter(({ daysAgo }) => daysAgo === days - 1 - at)),
    ),
  };
}

function sumByReason(counts: readonly TrailCount[]): ActivityRow[] {
  return [...new Set(counts.map(({ reason }) => reason))]
    .map((label) => {
      const own = counts.filter(({ reason }) => reason === label);
      return { label, day: sum(own.filter(({ daysAgo }) => daysAgo === 0)), week: sum(own) };
    })
    .toSorted((a, b) => b.week - a.week || (a.label < b.label ? -1 : 1));
}

function sum(counts: readonly TrailCount[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}
