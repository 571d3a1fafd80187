import type { NewNotice, NoticeKind } from '../domain/notices.ts';
import type { Queryable } from './database.ts';

export interface Notice extends NewNotice {
  noticeId: string;
  /** The number of this try: 1 for the first. */
  tries: number;
  /** Seconds since it was queued. */
  ageSeconds: number;
  /** How often in a row its receiver has been found down. */
  receiverFailures: number;
}

/** Queue notices in the transaction of what they tell. */
export async function insertNotices(tx: Queryable, notices: readonly NewNotice[]): Promise<void> {
  if (notices.length === 0) return;
  const receivers = [...new Set(notices.map(({ receiver }) => receiver))].toSorted();
  await tx.query(
    {
      name: 'notice_receivers_insert',
      text: `insert into notice_receivers (receiver) select unnest($1::text[]) on conflict do nothing`,
    },
    [receivers],
  );
  await tx.query(
    {
      name: 'notices_insert',
      text: `insert into notices (kind, receiver, payload) select * from unnest($1::text[], $2::text[], $3::jsonb[])`,
    },
    [
      notices.map(({ kind }) => kind),
      notices.map(({ receiver }) => receiver),
      notices.map(({ payload }) => JSON.stringify(payload)),
    ],
  );
}

/** Forget what would be mailed to an account, also what could not be. */
export async function deleteMailsTo(tx: Queryable, accountId: string): Promise<void> {
  await tx.query(
    {
      name: 'notices_mail_delete',
      text: `delete from notices where kind = 'mail' and payload ->> 'accountId' = $1`,
    },
    [accountId],
  );
}

export interface NoticeClaim {
  kinds: readonly NoticeKind[];
  /** Receivers left out: this instance is at them already. */
  busy: readonly string[];
  /** Only of this receiver. */
  only?: string | undefined;
  /** How many receivers, notices for one of them, and notices altogether. */
  mostReceivers: number;
  mostForOne: number;
  most: number;
  /** Another instance may take over what is not settled after so many seconds. */
  forSeconds: number;
}

const isDue = `n.dead_at is null and n.kind = any($6) and n.due_at <= (select at from clock)`;

/**
 * Take due notices in hand, oldest first, and count the try. Of a receiver that is down only one, its
 * newest: what it has refused before stands further back. The others wait until it answers again.
 */
export async function claimNotices(db: Queryable, claim: NoticeClaim): Promise<Notice[]> {
  return await db.query<Notice>(
    {
      name: 'notices_claim',
      text: `
        with clock as materialized (select curfew_now() as at, set_config('synchronous_commit', 'off', true)),
        lanes as materialized (
          select r.receiver, r.failures from notice_receivers r
          cross join lateral (
            select n.due_at from notices n where n.receiver = r.receiver and ${isDue}
            order by n.due_at limit 1) first
          where not r.held and r.retry_at <= (select at from clock) and r.receiver <> all($1) and ($7::text is null or r.receiver = $7)
          order by first.due_at limit $2),
        oldest as (
          select one.*, 0 as failures from lanes
          cross join lateral (
            select n.notice_id, n.due_at from notices n where n.receiver = lanes.receiver and ${isDue}
            order by n.due_at, n.notice_id limit $3 for update skip locked) one
          where lanes.failures = 0),
        newest as (
          select one.*, lanes.failures from lanes
          cross join lateral (
            select n.notice_id, n.due_at from notices n where n.receiver = lanes.receiver and ${isDue}
            order by n.due_at desc, n.notice_id desc limit 1 for update skip locked) one
          where lanes.failures > 0),
        claimed as (select * from oldest union all select * from newest order by due_at limit $4)
        update notices n set due_at = curfew_now() + make_interval(secs => $5), tries = n.tries + 1
        from claimed where n.notice_id = claimed.notice_id
        returning n.notice_id as "noticeId", n.kind, n.receiver, n.payload, n.tries,
          claimed.failures as "receiverFailures", extract(epoch from curfew_now() - n.queued_at)::float8 as "ageSeconds"`,
    },
    [
      claim.busy,
      claim.mostReceivers,
      claim.mostForOne,
      claim.most,
      claim.forSeconds,
      claim.kinds,
      claim.only ?? null,
    ],
  );
}

export async function deleteNotices(tx: Queryable, noticeIds: readonly string[]): Promise<void> {
  if (noticeIds.length === 0) return;
  await tx.query({ name: 'notices_delete', text: 'delete from notices where notice_id = any($1::uuid[])' }, [
    noticeIds,
  ]);
}

/** Try these again after so many seconds. */
export async function delayNotices(
  tx: Queryable,
  delays: readonly { noticeId: string; seconds: number; error: string }[],
): Promise<void> {
  if (delays.length === 0) return;
  await tx.query(
    {
      name: 'notices_delay',
      text: `update notices n set due_at = curfew_now() + make_interval(secs => d.seconds), last_error = d.error
             from unnest($1::uuid[], $2::float8[], $3::text[]) as d (id, seconds, error) where n.notice_id = d.id`,
    },
    [
      delays.map(({ noticeId }) => noticeId),
      delays.map(({ seconds }) => seconds),
      delays.map(({ error }) => error),
    ],
  );
}

/** Give back notices that were claimed and not tried: they keep their place. */
export async function releaseNotices(tx: Queryable, noticeIds: readonly string[]): Promise<void> {
  if (noticeIds.length === 0) return;
  await tx.query(
    {
      name: 'notices_release',
      text: 'update notices set due_at = queued_at, tries = tries - 1 where notice_id = any($1::uuid[])',
    },
    [noticeIds],
  );
}

/** Keep these and try them no more. */
export async function buryNotices(
  tx: Queryable,
  dead: readonly { noticeId: string; error: string }[],
): Promise<void> {
  if (dead.length === 0) return;
  await tx.query(
    {
      name: 'notices_bury',
      text: `update notices n set dead_at = curfew_now(), last_error = d.error
             from unnest($1::uuid[], $2::text[]) as d (id, error) where n.notice_id = d.id`,
    },
    [dead.map(({ noticeId }) => noticeId), dead.map(({ error }) => error)],
  );
}

/** What waits for a receiver that fetches its notices itself, oldest first, whenever it was to be tried again. */
export async function listWaitingNotices(
  db: Queryable,
  receiver: string,
  most: number,
): Promise<{ noticeId: string; payload: Record<string, unknown> }[]> {
  return await db.query(
    {
      name: 'notices_waiting',
      text: `select notice_id as "noticeId", payload from notices where receiver = $1 and dead_at is null
             order by notice_id limit $2`,
    },
    [receiver, most],
  );
}

/** Those of these ids that are notices which wait for the receiver. */
export async function filterWaitingNotices(
  tx: Queryable,
  receiver: string,
  noticeIds: readonly string[],
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    {
      name: 'notices_waiting_ids',
      text: `select notice_id as id from notices where receiver = $1 and dead_at is null
             and notice_id::text = any($2) for update`,
    },
    [receiver, noticeIds],
  );
  return rows.map(({ id }) => id);
}
