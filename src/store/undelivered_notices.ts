import type { Queryable } from './database.ts';

/**
 * Keep those that have waited for so long, and try them no more; returns how many, and one of the errors.
 * A held receiver's wait for it.
 */
export async function buryStaleNotices(
  tx: Queryable,
  { ageSeconds, most }: { ageSeconds: number; most: number },
): Promise<{ kind: string; receiver: string; count: number; error: string | null }[]> {
  return await tx.query(
    {
      name: 'notices_bury_stale',
      text: `
        with stale as (
          select notice_id from notices
          where dead_at is null and queued_at < (select curfew_now()) - make_interval(secs => $1)
            and receiver <> all(array(select r.receiver from notice_receivers r where r.held))
          order by queued_at limit $2 for update skip locked),
        buried as (
          update notices n set dead_at = curfew_now() from stale where n.notice_id = stale.notice_id
          returning n.kind, n.receiver, n.last_error)
        select kind, receiver, count(*)::int as count, max(last_error) as error from buried group by 1, 2`,
    },
    [ageSeconds, most],
  );
}

/** A notice as an operator sees it; instants as ISO 8601. */
export interface ListedNotice {
  noticeId: string;
  kind: string;
  receiver: string;
  queuedAt: string;
  tries: number;
  lastError: string | null;
  /** null: still being tried. */
  deadAt: string | null;
}

const isoInstant = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Notices not delivered yet, oldest first: those tried no more, or all. */
export async function listNotices(
  db: Queryable,
  { deadOnly, most }: { deadOnly: boolean; most: number },
): Promise<ListedNotice[]> {
  return await db.query<ListedNotice>(
    {
      name: 'notices_list',
      text: `select notice_id as "noticeId", kind, receiver, ${isoInstant('queued_at')} as "queuedAt", tries,
               last_error as "lastError", ${isoInstant('dead_at')} as "deadAt"
             from notices where not $1 or dead_at is not null order by queued_at, notice_id limit $2`,
    },
    [deadOnly, most],
  );
}

/** Try dead notices again from the beginning: these, or all. Returns how many. */
export async function reviveNotices(tx: Queryable, noticeIds: readonly string[] | 'all'): Promise<number> {
  const revived = await tx.query<{ receiver: string }>(
    {
      name: 'notices_revive',
      text: `update notices set dead_at = null, due_at = curfew_now(), queued_at = curfew_now(), tries = 0
             where dead_at is not null and ($1::uuid[] is null or notice_id = any($1)) returning receiver`,
    },
    [noticeIds === 'all' ? null : noticeIds],
  );
  await tx.query(
    {
      name: 'notice_receivers_revive',
      text: `update notice_receivers set failures = 0, retry_at = '-infinity' where receiver = any($1)`,
    },
    [[...new Set(revived.map(({ receiver }) => receiver))]],
  );
  return revived.length;
}

export interface OutboxFacts {
  /** Counts go to 10,000. */
  waiting: number;
  /** Age of the oldest that waits, in seconds. */
  oldestSeconds: number;
  /** Those that any server should have tried by now, and since when the first of them, in seconds. */
  overdue: number;
  overdueSeconds: number;
  /** Given up. */
  dead: number;
}

/** What waits in the outbox. What is due to a receiver that is held, or waited for, is not overdue. */
export async function measureDelivery(db: Queryable): Promise<OutboxFacts> {
  const [row] = await db.query<OutboxFacts>({
    name: 'notices_measure_delivery',
    text: `
      with waiting as materialized (
        select n.queued_at, n.due_at,
          n.due_at <= curfew_now() and not coalesce(r.held or r.retry_at > curfew_now(), false) as is_due
        from notices n left join notice_receivers r using (receiver)
        where n.dead_at is null order by n.queued_at limit 10000)
      select count(*)::float8 as waiting, count(*) filter (where is_due)::float8 as overdue,
        coalesce(extract(epoch from curfew_now() - min(queued_at)), 0)::float8 as "oldestSeconds",
        coalesce(extract(epoch from curfew_now() - min(due_at) filter (where is_due)), 0)::float8 as "overdueSeconds",
        (select count(*)::float8 from (select from notices where dead_at is not null limit 10000) d) as dead
      from waiting`,
  });
  if (!row) throw new Error('The outbox cannot be measured.');
  return row;
}
