import type { Instant } from '../domain/instants.ts';
import type { UsageGroup, UsageMeasure } from '../domain/usage.ts';
import type { Queryable } from './database.ts';
import { deleteOldEventCounts } from './usage_events.ts';
import { addRecentUsage } from './usage_recent.ts';

/** How far the sealed trail was followed; undefined while another instance follows it. Locked until the transaction ends. */
export async function lockUsageProgress(tx: Queryable): Promise<number | undefined> {
  const [row] = await tx.query<{ sealNumber: number }>({
    name: 'usage_progress_lock',
    text: `select seal_number::float8 as "sealNumber" from usage_progress for update skip locked`,
  });
  return row?.sealNumber;
}

export async function writeUsageProgress(tx: Queryable, sealNumber: number): Promise<void> {
  await tx.query({ name: 'usage_progress_write', text: 'update usage_progress set seal_number = $1' }, [
    sealNumber,
  ]);
}

/** The last of the next seals that together hold at most so many events; at least one seal, if there is one. */
export async function findUsageStop(
  tx: Queryable,
  after: number,
  mostEvents: number,
): Promise<number | undefined> {
  const [row] = await tx.query<{ stop: number | null }>(
    {
      name: 'usage_stop',
      text: `select max(seal_number)::float8 as stop from (
               select seal_number, sum(event_count) over w as events, row_number() over w as place
               from (select seal_number, event_count from audit_seals
                     where seal_number > $1 order by seal_number limit 1000) next
               window w as (order by seal_number)) counted
             where events <= $2 or place = 1`,
    },
    [after, mostEvents],
  );
  return row?.stop ?? undefined;
}

/** A sealed event of the roll-ups, its person and what it names under pseudonyms. */
export interface SealedStep {
  event_id: string;
  at: Instant;
  name: string;
  subject: string | null;
  client_id: string | null;
  session: string | null;
  family: string | null;
  detail: Record<string, unknown>;
}

const names = (
  'account.created account.roles_changed account.erased configuration.applied consent.granted sign_in.succeeded ' +
  'mfa.passed mfa.failed session.started session.renewed session.extended session.ended code.exchanged ' +
  'lease.granted refresh.granted refresh.downscoped refresh.retried refresh.refused family.ended'
).split(' ');

/** A name that leads nowhere once the account's key is gone. */
const veiled = (column: string) =>
  `encode(substring(sha256(p.key || convert_to(${column}::text, 'UTF8')) for 12), 'base64')`;

/** What the seals after `after` up to `stop` cover, in their order: each event once, whichever clock it had. */
export async function listSealedSteps(tx: Queryable, after: number, stop: number): Promise<SealedStep[]> {
  return await tx.query<SealedStep>(
    {
      name: 'usage_sealed_steps',
      text: `
        select e.event_id, to_micros(e.occurred_at) as at, e.name,
          coalesce(p.pseudonym::text, substring(e.account_id from '^erased:(.*)$')) as subject, e.client_id,
          ${veiled('e.session_id')} as session, ${veiled('e.family_id')} as family, e.detail
        from audit_seals s
        cross join lateral unnest(s.event_ids) with ordinality u (event_id, place)
        join audit_events e on e.event_id = u.event_id
          and e.occurred_at >= s.month::timestamp at time zone 'UTC'
          and e.occurred_at < (s.month + interval '1 month') at time zone 'UTC'
        left join audit_subjects p on p.account_id = e.account_id
        where s.seal_number > $1 and s.seal_number <= $2 and e.name = any($3)
        order by s.seal_number, u.place`,
    },
    [after, stop, names],
  );
}

/** A person as kept, and the roles of now for whom nothing is kept. */
export interface KeptPerson {
  subject: string;
  state: unknown;
  roles: string[];
}

export async function loadUsagePeople(tx: Queryable, subjects: readonly string[]): Promise<KeptPerson[]> {
  return await tx.query<KeptPerson>(
    {
      name: 'usage_people_load',
      text: `select s.subject::text as subject, k.state, array(
               select r.role from audit_subjects p join account_roles r using (account_id)
               where p.pseudonym = s.subject order by r.role) as roles
             from unnest($1::uuid[]) s (subject) left join usage_people k using (subject)`,
    },
    [subjects],
  );
}

/** People of whom something that ended is waited for no longer, at most so many. */
export async function listDueUsage(
  tx: Queryable,
  limit: number,
): Promise<{ subject: string; state: unknown; now: Instant }[]> {
  return await tx.query(
    {
      name: 'usage_people_due',
      text: `select subject::text as subject, state, to_micros(curfew_now()) as now from usage_people
             where due_at < (select curfew_now()) order by due_at limit $1`,
    },
    [limit],
  );
}

/** Keep people, or, without a state, forget them. */
export async function saveUsagePeople(
  tx: Queryable,
  people: readonly { subject: string; state: unknown; dueAt: Instant | undefined }[],
): Promise<void> {
  const kept = people.filter(({ state }) => state !== undefined);
  const forgotten = people.filter(({ state }) => state === undefined);
  if (kept.length > 0)
    await tx.query(
      {
        name: 'usage_people_save',
        text: `insert into usage_people (subject, due_at, state)
               select subject, from_micros(due_at), state
               from unnest($1::uuid[], $2::float8[], $3::jsonb[]) p (subject, due_at, state)
               on conflict (subject) do update set due_at = excluded.due_at, state = excluded.state`,
      },
      [
        kept.map(({ subject }) => subject),
        kept.map(({ dueAt }) => dueAt ?? null),
        kept.map(({ state }) => JSON.stringify(state)),
      ],
    );
  if (forgotten.length > 0)
    await tx.query(
      { name: 'usage_people_forget', text: 'delete from usage_people where subject = any($1::uuid[])' },
      [forgotten.map(({ subject }) => subject)],
    );
}

export interface UsageCount {
  /** `YYYY-MM-DD` in UTC. */
  day: string;
  group: UsageGroup;
  measure: UsageMeasure;
  bucket: number;
  count: number;
  seconds: number;
}

/** Add to the days; no two of the counts are of the same line. */
export async function addUsage(tx: Queryable, counts: readonly UsageCount[]): Promise<void> {
  if (counts.length === 0) return;
  const rows = counts.map(({ group, ...rest }) => ({
    ...rest,
    of: group.of,
    field: group.field,
    policy: group.policy,
    policy_version: group.policyVersion,
    limit_seconds: group.limit,
    client_id: group.clientId,
    roles: group.roles,
  }));
  const values: [json: string] = [JSON.stringify(rows)];
  await tx.query(
    {
      name: 'usage_groups_ensure',
      text: `insert into usage_groups (of, field, policy, policy_version, limit_seconds, client_id, roles)
             select distinct of, field, policy, policy_version, limit_seconds, client_id, roles
             from jsonb_to_recordset($1::jsonb) c (of text, field text, policy text, policy_version integer,
               limit_seconds integer, client_id text, roles text[])
             where not exists (select from usage_groups g where g.of = c.of and g.field = c.field
               and g.policy = c.policy and g.policy_version = c.policy_version
               and g.limit_seconds = c.limit_seconds and g.client_id = c.client_id and g.roles = c.roles)
             on conflict do nothing`,
    },
    values,
  );
  await tx.query(
    {
      name: 'usage_days_add',
      text: `insert into usage_days as d (day, group_id, measure, bucket, count, seconds)
             select c.day, g.group_id, c.measure, c.bucket, c.count, c.seconds
             from jsonb_to_recordset($1::jsonb) c (day date, of text, field text, policy text,
               policy_version integer, limit_seconds integer, client_id text, roles text[], measure text,
               bucket smallint, count bigint, seconds double precision)
             join usage_groups g using (of, field, policy, policy_version, limit_seconds, client_id, roles)
             on conflict (day, group_id, measure, bucket)
             do update set count = d.count + excluded.count, seconds = d.seconds + excluded.seconds`,
    },
    values,
  );
  await addRecentUsage(tx, values);
}

/** Delete the days that lie longer back than `keepSeconds`, and the groups that nothing counts any more. */
export async function deleteOldUsage(tx: Queryable, keepSeconds: number): Promise<void> {
  await tx.query(
    {
      name: 'usage_days_delete',
      text: `delete from usage_days
             where day < ((curfew_now() - make_interval(secs => $1)) at time zone 'UTC')::date`,
    },
    [keepSeconds],
  );
  await tx.query(
    {
      name: 'usage_recent_stale',
      text: `update usage_progress set recent_from = null
             where recent_from < ((curfew_now() - make_interval(secs => $1)) at time zone 'UTC')::date`,
    },
    [keepSeconds],
  );
  await deleteOldEventCounts(tx, keepSeconds);
  await tx.query({
    name: 'usage_groups_delete',
    text: `delete from usage_groups g where not exists (select from usage_days d where d.group_id = g.group_id)`,
  });
}
