import { usageBucket } from '../../src/domain/usage.ts';
import type { UsageGroup, UsageMeasure } from '../../src/domain/usage.ts';
import { addUsage } from '../../src/store/usage_rollup.ts';
import { renewRecentUsage } from '../../src/store/usage_recent.ts';
import type { Database } from '../../src/store/database.ts';
import { sql, sqlOne } from './sql.ts';

/** How often something of one duration was counted. */
export type MeasuredDuration = readonly [measure: UsageMeasure, seconds: number, count: number];

/** Add to the days of the roll-ups what a job would have counted so many days before the database's today. */
export async function storeUsage(
  database: Database,
  group: Partial<UsageGroup>,
  measured: readonly MeasuredDuration[],
  daysAgo = 1,
): Promise<void> {
  const { day } = await sqlOne<{ day: string }>(
    database,
    `select ((curfew_now() - make_interval(days => $1)) at time zone 'UTC')::date::text as day`,
    daysAgo,
  );
  const whole: UsageGroup = {
    of: 'session',
    field: 'session_idle',
    policy: 'member',
    policyVersion: 1,
    limit: 3600,
    clientId: '',
    roles: ['member'],
    ...group,
  };
  const counts = measured.map(([measure, seconds, count]) => ({
    day,
    group: whole,
    measure,
    bucket: usageBucket(seconds),
    count,
    seconds: seconds * count,
  }));
  await database.transaction(async (tx) => {
    // As the job does, which may run meanwhile.
    await sql(tx, 'select from usage_progress for update');
    await addUsage(tx, counts);
    await renewRecentUsage(tx);
  });
}

/** 200 sessions, cut over and over by a limit that is a little shorter than their people's breaks. */
export const interrupted = (limit: number): MeasuredDuration[] => [
  ['span', 4 * limit, 200],
  ['gap', limit / 3, 1000],
  ['return', limit * 1.5, 600],
  ['gone', limit, 40],
  ['end', limit, 640],
  ['back', limit / 2, 600],
];

/** 200 sessions that stay open long after everybody has left, though no break is long. */
export const leftOpen = (limit: number): MeasuredDuration[] => [
  ['span', limit * 1.2, 200],
  ['gap', 600, 1000],
  ['gone', limit, 190],
  ['end', limit, 190],
];
