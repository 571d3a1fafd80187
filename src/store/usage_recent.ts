import { usageMeasures } from '../domain/usage.ts';
import type { Queryable } from './database.ts';

/** Add counts, as JSON of what `addUsage` adds to the days, to the recent days as far as they are among them. */
export async function addRecentUsage(tx: Queryable, values: [json: string]): Promise<void> {
  await tx.query(
    {
      name: 'usage_recent_add',
      text: `insert into usage_recent as r (group_id, measure, bucket, count, seconds)
             select g.group_id, c.measure, c.bucket, sum(c.count), sum(c.seconds)
             from jsonb_to_recordset($1::jsonb) c (day date, of text, field text, policy text,
               policy_version integer, limit_seconds integer, client_id text, roles text[], measure text,
               bucket smallint, count bigint, seconds double precision)
             join usage_groups g using (of, field, policy, policy_version, limit_seconds, client_id, roles)
             where c.day >= (select recent_from from usage_progress)
             group by g.group_id, c.measure, c.bucket
             on conflict (group_id, measure, bucket)
             do update set count = r.count + excluded.count, seconds = r.seconds + excluded.seconds`,
    },
    values,
  );
  await tx.query(
    {
      name: 'usage_recent_policies_add',
      text: `insert into usage_recent_policies as r
               (of, field, policy, policy_version, limit_seconds, measure, bucket, count, seconds)
             select c.of, c.field, c.policy, c.policy_version, c.limit_seconds, c.measure, c.bucket,
               sum(c.count), sum(c.seconds)
             from jsonb_to_recordset($1::jsonb) c (day date, of text, field text, policy text,
               policy_version integer, limit_seconds integer, measure text, bucket smallint, count bigint,
               seconds double precision)
             where c.day >= (select recent_from from usage_progress)
             group by c.of, c.field, c.policy, c.policy_version, c.limit_seconds, c.measure, c.bucket
             on conflict (policy, policy_version, of, field, limit_seconds, measure, bucket)
             do update set count = r.count + excluded.count, seconds = r.seconds + excluded.seconds`,
    },
    values,
  );
}

/** How many days before today the recent ones begin: those that a report looks at unless it is asked for others. */
const recentDays = 30;

/**
 * Let the recent days begin with those of now: what is no longer among them is taken off, once a day. Where they
 * were never made, they are added up day by day, so that no statement takes long. Whoever calls this holds the progress.
 */
export async function renewRecentUsage(tx: Queryable): Promise<void> {
  const [{ first, before, last } = { first: '', before: '', last: '' }] = await tx.query<{
    first: string;
    before: string | null;
    last: string;
  }>(
    {
      name: 'usage_recent_due',
      text: `select p.recent_from::text as before, span.first::text as first,
               coalesce((select max(day) from usage_days), span.first)::text as last
             from usage_progress p, lateral (
               select ((curfew_now() - make_interval(days => $1)) at time zone 'UTC')::date as first) span`,
    },
    [recentDays],
  );
  if (before === first) return;
  if (before !== null && before < first) {
    for (const day of listDays(before, first).slice(0, -1)) await addDay(tx, day, -1);
    await forgetNothings(tx);
  } else {
    await tx.query({ name: 'usage_recent_empty', text: 'delete from usage_recent' });
    await tx.query({ name: 'usage_recent_policies_empty', text: 'delete from usage_recent_policies' });
    for (const day of listDays(first, last)) await addDay(tx, day, 1);
  }
  await tx.query({ name: 'usage_recent_from', text: 'update usage_progress set recent_from = $1' }, [first]);
}

/** From one `YYYY-MM-DD` to another, both with it. */
function listDays(from: string, to: string): string[] {
  const days = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += 86_400_000)
    days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

async function addDay(tx: Queryable, day: string, sign: 1 | -1): Promise<void> {
  for (const measure of Object.keys(usageMeasures)) await addMeasure(tx, day, sign, measure);
}

async function addMeasure(tx: Queryable, day: string, sign: 1 | -1, measure: string): Promise<void> {
  await tx.query(
    {
      name: 'usage_recent_add_day',
      text: `insert into usage_recent as r (group_id, measure, bucket, count, seconds)
             select group_id, measure, bucket, $2 * count, $2 * seconds from usage_days where day = $1 and measure = $3
             on conflict (group_id, measure, bucket)
             do update set count = r.count + excluded.count, seconds = r.seconds + excluded.seconds`,
    },
    [day, sign, measure],
  );
  await tx.query(
    {
      name: 'usage_recent_policies_add_day',
      text: `insert into usage_recent_policies as r
               (of, field, policy, policy_version, limit_seconds, measure, bucket, count, seconds)
             select of, field, policy, policy_version, limit_seconds, measure, bucket, $2 * sum(count), $2 * sum(seconds)
             from usage_days join usage_groups using (group_id) where day = $1 and measure = $3
             group by of, field, policy, policy_version, limit_seconds, measure, bucket
             on conflict (policy, policy_version, of, field, limit_seconds, measure, bucket)
             do update set count = r.count + excluded.count, seconds = r.seconds + excluded.seconds`,
    },
    [day, sign, measure],
  );
}

async function forgetNothings(tx: Queryable): Promise<void> {
  await tx.query({ name: 'usage_recent_forget', text: 'delete from usage_recent where count <= 0' });
  await tx.query({
    name: 'usage_recent_policies_forget',
    text: 'delete from usage_recent_policies where count <= 0',
  });
}
