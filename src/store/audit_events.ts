import type { Instant } from '../domain/instants.ts';
import type { Queryable } from './database.ts';

export interface NewAuditEvent {
  name: string;
  accountId?: string | undefined;
  clientId?: string | undefined;
  sessionId?: string | undefined;
  familyId?: string | undefined;
  requestId?: string | undefined;
  address?: string | undefined;
  detail: Record<string, unknown>;
}

/** Append events, in one statement. */
export async function insertAuditEvents(tx: Queryable, events: readonly NewAuditEvent[]): Promise<void> {
  await tx.query(
    {
      name: 'audit_events_insert',
      text: `insert into audit_events (name, account_id, client_id, session_id, family_id, request_id, address, detail)
             select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::text[],
                                  $8::jsonb[])`,
    },
    [
      events.map(({ name }) => name),
      events.map(({ accountId }) => accountId ?? null),
      events.map(({ clientId }) => clientId ?? null),
      events.map(({ sessionId }) => sessionId ?? null),
      events.map(({ familyId }) => familyId ?? null),
      events.map(({ requestId }) => requestId ?? null),
      events.map(({ address }) => address ?? null),
      events.map(({ detail }) => JSON.stringify(detail)),
    ],
  );
  tx.tell(events);
}

/** Make this month's and next month's partition of the trail, where missing. */
export async function ensureAuditPartitions(db: Queryable): Promise<void> {
  await db.query({
    name: 'audit_partitions',
    text: `select audit_partition_ensure(curfew_now()), audit_partition_ensure(curfew_now() + interval '1 month')`,
  });
}

/** Make the partition of the month of `at`, where missing. */
export async function ensureAuditPartition(db: Queryable, at: Instant): Promise<void> {
  await db.query({ name: 'audit_partition_of', text: 'select audit_partition_ensure(from_micros($1))' }, [
    at,
  ]);
}

/** Whether an event of this name is among the first thousand of the trail. */
export async function beginsWithEvent(db: Queryable, name: string): Promise<boolean> {
  const [row] = await db.query<{ found: boolean }>(
    {
      name: 'audit_begins_with',
      text: `select exists (
               select from (select name from audit_events order by event_id limit 1000) first where first.name = $1) as found`,
    },
    [name],
  );
  return row?.found ?? false;
}

/** An event as people read it. */
export interface ListedEvent {
  event_id: string;
  occurred_at: string;
  name: string;
  account_id: string | null;
  client_id: string | null;
  session_id: string | null;
  family_id: string | null;
  request_id: string | null;
  address: string | null;
  detail: Record<string, unknown>;
}

export interface EventFilter {
  accountId?: string | undefined;
  name?: string | undefined;
  /** The longest age, in seconds. */
  maxAge?: number | undefined;
}

const eventColumns = `
  event_id, to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as occurred_at,
  name, account_id, client_id, session_id, family_id, request_id, address, detail`;

const leastId = '00000000-0000-0000-0000-000000000000';
const greatestId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * Of one account there is an index without its refreshes, which serves where none are asked for: then nothing is
 * looked at but what is the account's.
 */
function sourceOf(accountId: string | undefined, name: string | undefined, withoutRefreshes = false): Source {
  const isIndexed =
    withoutRefreshes || (name !== undefined && !name.startsWith('refresh.') && !'refresh.'.startsWith(name));
  return accountId !== undefined && isIndexed
    ? { key: 'account_', where: `account_id = $ACCOUNT and name not like 'refresh.%'` }
    : { key: '', where: '($ACCOUNT::text is null or account_id = $ACCOUNT)' };
}

interface Source {
  /** For the name of the statement. */
  key: string;
  where: string;
}

/** Events in the order of their ids, from `after` on upwards, or from the newest or before `before` downwards; at most so many. */
export async function listAuditEvents(
  db: Queryable,
  { accountId, name, maxAge }: EventFilter,
  page: { after: string | undefined; limit: number } | { newest: number; before?: string | undefined },
): Promise<ListedEvent[]> {
  const isUpwards = 'after' in page;
  const { key, where } = sourceOf(accountId, name);
  return await db.query<ListedEvent>(
    {
      name: `audit_events_${key}${isUpwards ? 'after' : 'newest'}`,
      text: `select ${eventColumns}
             from audit_events
             where ${where.replaceAll('$ACCOUNT', '$1')} and ($2::text is null or name = $2)
               and ($3::float8 is null or occurred_at >= curfew_now() - make_interval(secs => $3))
               ${
                 isUpwards
                   ? 'and event_id > $5 order by event_id'
                   : 'and event_id < $5 order by event_id desc'
               } limit $4`,
    },
    [
      accountId ?? null,
      name ?? null,
      maxAge ?? null,
      ...(isUpwards ? [page.limit, page.after ?? leastId] : [page.newest, page.before ?? greatestId]),
    ],
  );
}

/** Which events, within what is looked at. */
export interface WindowFilter {
  accountId?: string | undefined;
  /** A name of the catalogue, or what names begin with: `session.`. */
  name?: string | undefined;
  /** A name, and none that begins so. */
  exactName?: string | undefined;
  /** ISO 8601; `from` inclusive, `to` exclusive. */
  from?: string | undefined;
  to?: string | undefined;
  /** Of an account's events, which are then found however few they are. */
  withoutRefreshes?: boolean;
}

export interface EventWindow {
  events: ListedEvent[];
  /** The event that was looked at last, where there may be older ones. */
  next?: string;
  /** Not everything was looked at, although the page is not full. */
  isCut: boolean;
}

/** So many events are looked at for one page, however rare those are that it is about. */
const windowSize = 10_000;

/** The newest events of a kind before `before`: what this costs does not grow with the trail. */
export async function listAuditWindow(
  db: Queryable,
  { accountId, name, exactName, from, to, withoutRefreshes }: WindowFilter,
  { before, most }: { before?: string | undefined; most: number },
): Promise<EventWindow> {
  const { key, where } = sourceOf(accountId, name, withoutRefreshes);
  const own = where.replaceAll('$ACCOUNT', '$2');
  const start = before ?? (to === undefined ? greatestId : firstIdAfter(to));
  const events = await db.query<ListedEvent>(
    {
      name: `audit_events_${key}window`,
      text: `select ${eventColumns}
             from (select * from audit_events where event_id < $1 ${key && `and ${own}`}
                   order by event_id desc limit ${windowSize}) looked_at
             where ${own} and ($3::text is null or starts_with(name, $3))
               and ($7::text is null or name = $7)
               and ($4::timestamptz is null or occurred_at >= $4) and ($5::timestamptz is null or occurred_at < $5)
             order by event_id desc limit $6`,
    },
    [start, accountId ?? null, name ?? null, from ?? null, to ?? null, most + 1, exactName ?? null],
  );
  const shown = events.slice(0, most);
  const last = shown.at(-1);
  if (events.length > most && last) return { events: shown, next: last.event_id, isCut: false };
  const [end] = await db.query<{ event_id: string; occurred_at: Date }>(
    {
      name: `audit_events_${key}window_end`,
      text: `select event_id, occurred_at from audit_events where event_id < $1 ${key && `and ${own}`}
             order by event_id desc offset ${windowSize - 1} limit 1`,
    },
    key ? [start, accountId] : [start],
  );
  const isPast = end !== undefined && from !== undefined && end.occurred_at < new Date(from);
  return end && !isPast
    ? { events: shown, next: end.event_id, isCut: true }
    : { events: shown, isCut: false };
}

/** Ids begin with the time at which they were made, which may differ a little from that of the event. */
const idSlackMilliseconds = 600_000;

function firstIdAfter(moment: string): string {
  const milliseconds = Math.max(0, Date.parse(moment) + idSlackMilliseconds);
  const hex = milliseconds.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-0000-0000-000000000000`;
}
