import type { Instant } from '../domain/instants.ts';
import type { StreamStatus, SubjectFormat } from '../domain/security_events.ts';
import type { Queryable } from './database.ts';

/** An event stream as it is stored. */
export interface StoredStream {
  streamId: string;
  clientId: string;
  /** null: the receiver polls. */
  pushUrl: string | null;
  /** The `Authorization` of each push, sealed. */
  pushAuthorizationSealed: string | null;
  /** null: all there are. */
  eventsRequested: string[] | null;
  description: string | null;
  subjectFormat: SubjectFormat;
  status: StreamStatus;
  statusReason: string | null;
}

/** A stream of one client: what no other client can name. */
export interface StreamReference {
  clientId: string;
  streamId: string;
}

const columns = `stream_id as "streamId", client_id as "clientId", push_url as "pushUrl",
  push_authorization_sealed as "pushAuthorizationSealed", events_requested as "eventsRequested", description,
  subject_format as "subjectFormat", status, status_reason as "statusReason"`;

/** The client may have streams now: neither disabled, nor without the scopes for it. */
const mayListen = `c.disabled_at is null
  and string_to_array(c.metadata ->> 'scope', ' ') && array['ssf.read', 'ssf.manage']`;

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export async function findStream(
  db: Queryable,
  { clientId, streamId }: StreamReference,
): Promise<StoredStream | undefined> {
  if (!uuid.test(streamId)) return undefined;
  const statement = {
    name: 'ssf_stream',
    text: `select ${columns} from ssf_streams where client_id = $1 and stream_id = $2`,
  };
  const [stream] = await db.query<StoredStream>(statement, [clientId, streamId]);
  return stream;
}

/** Likewise, and lock it: whoever changes it, or queues events for it, waits. */
export async function lockStream(
  tx: Queryable,
  { clientId, streamId }: StreamReference,
): Promise<StoredStream | undefined> {
  if (!uuid.test(streamId)) return undefined;
  const statement = {
    name: 'ssf_stream_lock',
    text: `select ${columns} from ssf_streams where client_id = $1 and stream_id = $2 for update`,
  };
  const [stream] = await tx.query<StoredStream>(statement, [clientId, streamId]);
  return stream;
}

/** The stream that a notice is for, while its client may have it. */
export async function findStreamToSend(db: Queryable, streamId: string): Promise<StoredStream | undefined> {
  const [stream] = await db.query<StoredStream>(
    {
      name: 'ssf_stream_to_send',
      text: `select ${columns} from ssf_streams s where stream_id = $1
             and exists (select from clients c where c.client_id = s.client_id and ${mayListen})`,
    },
    [streamId],
  );
  return stream;
}

export async function listStreams(db: Queryable, clientId: string): Promise<StoredStream[]> {
  return await db.query<StoredStream>(
    {
      name: 'ssf_streams',
      text: `select ${columns} from ssf_streams where client_id = $1 order by created_at, stream_id`,
    },
    [clientId],
  );
}

/** Lock what a client may have; how many streams it has. */
export async function countStreamsLocked(tx: Queryable, clientId: string): Promise<number> {
  await tx.query({ name: 'ssf_client_lock', text: `select pg_advisory_xact_lock(hashtext('ssf:' || $1))` }, [
    clientId,
  ]);
  return (await listStreams(tx, clientId)).length;
}

/** Make a new stream, or give one of its client's streams these settings. */
export async function writeStream(tx: Queryable, stream: StoredStream): Promise<void> {
  await tx.query(
    {
      name: 'ssf_stream_write',
      text: `insert into ssf_streams (stream_id, client_id, push_url, push_authorization_sealed, events_requested,
               description, subject_format, status, status_reason)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             on conflict (stream_id) do update set push_url = excluded.push_url,
               push_authorization_sealed = excluded.push_authorization_sealed,
               events_requested = excluded.events_requested, description = excluded.description,
               subject_format = excluded.subject_format, status = excluded.status,
               status_reason = excluded.status_reason
             where ssf_streams.client_id = excluded.client_id`,
    },
    [
      stream.streamId,
      stream.clientId,
      stream.pushUrl,
      stream.pushAuthorizationSealed,
      stream.eventsRequested,
      stream.description,
      stream.subjectFormat,
      stream.status,
      stream.statusReason,
    ],
  );
}

export async function deleteStreamRow(
  tx: Queryable,
  { clientId, streamId }: StreamReference,
): Promise<boolean> {
  if (!uuid.test(streamId)) return false;
  const deleted = await tx.query(
    {
      name: 'ssf_stream_delete',
      text: 'delete from ssf_streams where client_id = $1 and stream_id = $2 returning 1',
    },
    [clientId, streamId],
  );
  return deleted.length > 0;
}

/** Note that a verification event was asked for; false, and nothing noted: the last time was too short ago. */
export async function noteVerification(
  tx: Queryable,
  streamId: string,
  leastSeconds: number,
): Promise<boolean> {
  const noted = await tx.query(
    {
      name: 'ssf_stream_verified',
      text: `update ssf_streams set verified_at = curfew_now() where stream_id = $1
             and (verified_at is null or verified_at <= curfew_now() - make_interval(secs => $2)) returning 1`,
    },
    [streamId, leastSeconds],
  );
  return noted.length > 0;
}

/** A stream that listens, and those of the accounts asked about that it does not want to hear of. */
export interface Listener
  extends Pick<StoredStream, 'streamId' | 'clientId' | 'eventsRequested' | 'subjectFormat'> {
  removedAccountIds: string[];
  now: Instant;
}

/** The streams that are not disabled, of clients that may have them; none of them goes before the transaction ends. */
export async function listListeners(tx: Queryable, accountIds: readonly string[]): Promise<Listener[]> {
  return await tx.query<Listener>(
    {
      name: 'ssf_listeners',
      text: `select s.stream_id as "streamId", s.client_id as "clientId", s.events_requested as "eventsRequested",
               s.subject_format as "subjectFormat", to_micros(curfew_now()) as now,
               array(select r.account_id from ssf_removed_subjects r
                     where r.stream_id = s.stream_id and r.account_id = any($1)) as "removedAccountIds"
             from ssf_streams s join clients c on c.client_id = s.client_id
             where s.status <> 'disabled' and ${mayListen} order by s.stream_id for key share of s`,
    },
    [accountIds],
  );
}

/** Leave an account out of a stream; false: it leaves out `most` already. */
export async function insertRemovedSubject(
  tx: Queryable,
  { streamId, accountId, most }: { streamId: string; accountId: string; most: number },
): Promise<boolean> {
  const [row] = await tx.query<{ fits: boolean }>(
    {
      name: 'ssf_subject_remove',
      text: `with there as (select count(*) as count from ssf_removed_subjects where stream_id = $1),
               added as (insert into ssf_removed_subjects (stream_id, account_id)
                         select $1, $2 from there where count < $3 on conflict do nothing)
             select count < $3 as fits from there`,
    },
    [streamId, accountId, most],
  );
  return row?.fits ?? false;
}

export async function deleteRemovedSubject(
  tx: Queryable,
  { streamId, accountId }: { streamId: string; accountId: string },
): Promise<void> {
  await tx.query(
    {
      name: 'ssf_subject_add',
      text: 'delete from ssf_removed_subjects where stream_id = $1 and account_id = $2',
    },
    [streamId, accountId],
  );
}

/**
 * Delete the events that no stream waits for any more: those of streams that are gone, those older than
 * `mostSeconds`, and of one stream all but the newest `most`. Returns how many of which stream.
 */
export async function deleteStaleEvents(
  tx: Queryable,
  { most, mostSeconds }: { most: number; mostSeconds: number },
): Promise<{ receiver: string; count: number }[]> {
  return await tx.query<{ receiver: string; count: number }>(
    {
      name: 'ssf_stale_events',
      text: `with bounds as (
               select r.receiver, s.stream_id is not null as is_wanted, excess.notice_id from notice_receivers r
               left join ssf_streams s on r.receiver = 'ssf:' || s.stream_id
               left join lateral (select n.notice_id from notices n where n.receiver = r.receiver
                                  and n.dead_at is null order by n.notice_id desc offset $1 limit 1) excess on true
               where r.receiver like 'ssf:%'),
             stale as (
               delete from notices n using bounds b where n.receiver = b.receiver and n.dead_at is null
                 and (not b.is_wanted or n.notice_id <= b.notice_id
                      or n.queued_at <= curfew_now() - make_interval(secs => $2))
               returning n.receiver),
             gone as (delete from notice_receivers r using bounds b
                      where r.receiver = b.receiver and not b.is_wanted)
             select receiver, count(*)::integer as count from stale group by receiver`,
    },
    [most, mostSeconds],
  );
}
