import type { Queryable } from './database.ts';
import type { UsagePeriod } from './usage_days.ts';

/** What is counted by day and reason; see `countedEvents`. */
export interface EventCount {
  /** `YYYY-MM-DD` in UTC, of the event itself. */
  day: string;
  name: string;
  reason: string;
  count: number;
}

/** Events that are counted, and where in their detail the reason is. */
export const countedEvents: Readonly<Record<string, string>> = {
  'session.ended': 'reason',
  'family.ended': 'reason',
  'refresh.refused': 'code',
};

/** Add to the days; no two of the counts are alike in day, name and reason. */
export async function addEventCounts(tx: Queryable, counts: readonly EventCount[]): Promise<void> {
  if (counts.length === 0) return;
  await tx.query(
    {
      name: 'usage_events_add',
      text: `insert into usage_events as e (day, name, reason, count)
             select day, name, reason, count
             from jsonb_to_recordset($1::jsonb) c (day date, name text, reason text, count bigint)
             on conflict (day, name, reason) do update set count = e.count + excluded.count`,
    },
    [JSON.stringify(counts)],
  );
}

/** Sums over the days, the most frequent first. */
export async function sumEventCounts(
  db: Queryable,
  { from, to }: Pick<UsagePeriod, 'from' | 'to'>,
): Promise<Omit<EventCount, 'day'>[]> {
  return await db.query(
    {
      name: 'usage_events_sum',
      text: `select name, reason, sum(count)::float8 as count from usage_events
             where day between $1 and $2 group by name, reason order by count desc, name, reason`,
    },
    [from, to],
  );
}

export async function deleteOldEventCounts(tx: Queryable, keepSeconds: number): Promise<void> {
  await tx.query(
    {
      name: 'usage_events_delete',
      text: `delete from usage_events
             where day < ((curfew_now() - make_interval(secs => $1)) at time zone 'UTC')::date`,
    },
    [keepSeconds],
  );
}
