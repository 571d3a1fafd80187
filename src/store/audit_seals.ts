import { sqlState } from './database.ts';
import type { Database, Queryable } from './database.ts';

/** An event as the seals cover it: every column, exactly, as text that no setting of the connection changes. */
export interface TrailEvent {
  eventId: string;
  /** Microseconds since the epoch. */
  occurredAt: string;
  /** Its first day, in UTC. */
  month: string;
  name: string;
  accountId: string | null;
  clientId: string | null;
  sessionId: string | null;
  familyId: string | null;
  requestId: string | null;
  address: string | null;
  detail: string;
  xact: string;
  /** What stands for the account; null where there is none, or its row is gone. */
  pseudonym: string | null;
  subjectKey: Buffer | null;
}

export const trailEventColumns = `
  e.event_id as "eventId", (extract(epoch from e.occurred_at) * 1000000)::text as "occurredAt",
  to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM-01') as month, e.name, e.account_id as "accountId",
  e.client_id as "clientId", e.session_id as "sessionId", e.family_id as "familyId", e.request_id as "requestId",
  e.address, e.detail::text as detail, e.xact::text as xact, p.pseudonym, p.key as "subjectKey"
  from audit_events e left join audit_subjects p on p.account_id = e.account_id`;

/** The lists are null once their month was dropped. */
export interface Seal {
  sealNumber: number;
  month: string;
  eventCount: number;
  contentDigest: Buffer;
  eventIds: string[] | null;
  digests: Buffer[] | null;
  commitments: (Buffer | null)[] | null;
  /** Microseconds since the epoch. */
  sealedAt: number;
  idsFrom: string;
  began: string;
  keyId: string;
  mac: Buffer;
}

export interface Head {
  sealNumber: number;
  snapshot: string;
  keyId: string;
  mac: Buffer;
}

/** Where a sealing starts: the head, and the present it will reach. */
export interface SealingState {
  head: Head;
  /** The code of the seal that the head names, if that is there. */
  lastMac: Buffer | null;
  /** This transaction's own. */
  snapshot: string;
  /** Only events with a later id can be unsealed. */
  after: string;
  /** The database was moved to a cluster whose transaction numbers are behind. */
  countedAnew: boolean;
}

const nilId = '00000000-0000-0000-0000-000000000000';

/** What is new has later ids than those at the last seal before the oldest transaction that ended since. */
const idsFrom = `
  (select s.ids_from from audit_seals s
   where s.began < (
     select least(pg_snapshot_xmax(h.snapshot), min(x)) from pg_snapshot_xip(h.snapshot) x
     where pg_visible_in_snapshot(x, pg_current_snapshot()))
   order by s.seal_number desc limit 1)`;
const countedAnew = `pg_snapshot_xmax(pg_current_snapshot()) < pg_snapshot_xmax(h.snapshot)`;

/** A moment, an id and the number of a transaction, in this order. */
export interface Present {
  sealedAt: number;
  idsFrom: string;
  began: string;
}

/** The present, if anything waits to be sealed: the newest event most often does. The id leaves ten seconds for a clock set back. */
export async function lookForUnsealed(db: Queryable): Promise<Present | undefined> {
  const [row] = await db.query<Omit<Present, 'began'> & { found: boolean }>({
    name: 'audit_unsealed_exist',
    text: `select to_micros(curfew_now()) as "sealedAt", uuidv7('-10 seconds') as "idsFrom", coalesce((
             select ${countedAnew} or (
               select true from audit_events e where e.event_id > coalesce(${idsFrom}, '${nilId}')
                 and not pg_visible_in_snapshot(e.xact, h.snapshot) order by e.event_id desc limit 1) is not null
             from audit_head h), true) as found`,
  });
  if (!row?.found) return undefined;
  const [number] = await db.query<{ began: string }>({
    name: 'audit_seal_began',
    text: 'select pg_current_xact_id()::text as began',
  });
  return { sealedAt: row.sealedAt, idsFrom: row.idsFrom, began: number?.began ?? '' };
}

/**
 * Run `work` as the only sealer, all of it on one snapshot, which is taken once nobody else seals or
 * erases. undefined where somebody does.
 */
export async function sealAlone<Result>(
  database: Database,
  work: (tx: Queryable) => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await database.transaction(async (tx) => {
      await tx.query({ name: 'audit_isolation', text: 'set transaction isolation level repeatable read' });
      await tx.query({
        name: 'audit_seal_lock',
        text: 'lock table audit_head in share row exclusive mode nowait',
      });
      return await work(tx);
    });
  } catch (error) {
    if (sqlState(error) === '55P03') return undefined;
    throw error;
  }
}

/** Let nobody seal until this transaction ends; returns whether somebody ever did. */
export async function holdSealing(tx: Queryable): Promise<boolean> {
  await tx.query({
    name: 'audit_sealing_hold',
    text: 'lock table audit_head in share row exclusive mode',
  });
  const [row] = await tx.query<{ sealed: boolean }>({
    name: 'audit_sealed_ever',
    text: 'select exists (select from audit_seals) as sealed',
  });
  return row?.sealed ?? false;
}

/** undefined where the head is gone. */
export async function readSealingState(tx: Queryable, present: Present): Promise<SealingState | undefined> {
  const [row] = await tx.query<Omit<SealingState, 'head'> & Head & { current: string }>(
    {
      name: 'audit_sealing_state',
      text: `select h.seal_number::float8 as "sealNumber", h.snapshot::text as snapshot, h.key_id as "keyId", h.mac,
               l.mac as "lastMac", pg_current_snapshot()::text as current, ${countedAnew} as "countedAnew",
               case when f.ids_from <= $1::uuid and not ${countedAnew} then f.ids_from else '${nilId}' end as after
             from audit_head h left join audit_seals l on l.seal_number = h.seal_number
             cross join lateral (select ${idsFrom} as ids_from) f`,
    },
    [present.idsFrom],
  );
  if (!row) return undefined;
  const { sealNumber, snapshot, keyId, mac, lastMac, current, after } = row;
  return {
    head: { sealNumber, snapshot, keyId, mac },
    lastMac,
    snapshot: current,
    after,
    countedAnew: row.countedAnew,
  };
}

/** Committed events that no seal covers, by id, at most `limit`. */
export async function listUnsealed(
  tx: Queryable,
  { head, snapshot, countedAnew: byIds }: SealingState,
  after: string,
  limit: number,
): Promise<TrailEvent[]> {
  if (byIds) return await listMissingInSeals(tx, after, limit);
  return await tx.query<TrailEvent>(
    {
      name: 'audit_unsealed',
      text: `select ${trailEventColumns}
             where e.event_id > $1 and isfinite(e.occurred_at)
               and not pg_visible_in_snapshot(e.xact, $2::pg_snapshot)
               and pg_visible_in_snapshot(e.xact, $3::pg_snapshot)
             order by e.event_id limit $4`,
    },
    [after, head.snapshot, snapshot, limit],
  );
}

/** By comparing everything: however many there are, once through each. */
export const unsealedIds = `
  select e.event_id, date_trunc('month', e.occurred_at at time zone 'UTC')::date as month from audit_events e
  except
  select u.event_id, s.month from audit_seals s cross join unnest(s.event_ids) u (event_id)`;

/** Where transactions are counted anew, their numbers say nothing: what is in no seal is unsealed. */
async function listMissingInSeals(tx: Queryable, after: string, limit: number): Promise<TrailEvent[]> {
  return await tx.query<TrailEvent>(
    {
      name: 'audit_missing_in_seals',
      text: `with unsealed as materialized (${unsealedIds})
             select ${trailEventColumns}
             where e.event_id in (select event_id from unsealed) and e.event_id > $1 and isfinite(e.occurred_at)
             order by e.event_id limit $2`,
    },
    [after, limit],
  );
}

/** Make what stands for these accounts, where missing, and return it by account. */
export async function ensureAuditSubjects(
  tx: Queryable,
  accountIds: readonly string[],
): Promise<Map<string, { pseudonym: string; key: Buffer }>> {
  const rows = await tx.query<{ accountId: string; pseudonym: string; key: Buffer }>(
    {
      name: 'audit_subjects_ensure',
      text: `insert into audit_subjects (account_id) select distinct unnest($1::text[])
             returning account_id as "accountId", pseudonym, key`,
    },
    [accountIds],
  );
  return new Map(rows.map(({ accountId, ...subject }) => [accountId, subject]));
}

/** Remove a deleted account from the trail, however long that takes. Returns how many events there were. */
export async function eraseFromTrail(tx: Queryable, accountId: string): Promise<number> {
  await tx.query({ name: 'audit_erase_timeout', text: 'set local statement_timeout = 0' });
  const [row] = await tx.query<{ events: number }>(
    { name: 'audit_erase', text: 'select audit_erase($1) as events' },
    [accountId],
  );
  return row?.events ?? 0;
}

/** Deleted accounts of whom the trail speaks again: requests were under way, or tokens are still tried. */
export async function listErasable(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ account_id: string }>({
    name: 'audit_erasable',
    text: `select account_id from audit_subjects join accounts using (account_id) where deleted_at is not null`,
  });
  return rows.map((row) => row.account_id);
}

/**
 * Drop the oldest month that ended longer ago than `keepSeconds`. Returns those that were due and looked
 * at, and whether they went; none where somebody seals for so long meanwhile that it is left to the next time.
 */
export async function dropMonth(
  database: Database,
  keepSeconds: number,
): Promise<{ month: string; dropped: boolean }[]> {
  const work = async (tx: Queryable): Promise<{ month: string; dropped: boolean }[]> => {
    await tx.query({ name: 'audit_drop_timeout', text: 'set local statement_timeout = 0' });
    return await tx.query(
      {
        name: 'audit_drop_months',
        text: `select to_char(month, 'YYYY-MM') as month, dropped from audit_drop_months(make_interval(secs => $1))`,
      },
      [keepSeconds],
    );
  };
  try {
    return await database.transaction(work);
  } catch (error) {
    if (sqlState(error) === '55P03') return [];
    throw error;
  }
}

export async function insertSeal(tx: Queryable, seal: Seal): Promise<void> {
  await tx.query(
    {
      name: 'audit_seal_insert',
      text: `insert into audit_seals (seal_number, month, event_count, content_digest, event_ids, digests, commitments,
               sealed_at, ids_from, began, key_id, mac)
             values ($1, $2, $3, $4, $5, $6, $7, from_micros($8), $9, $10, $11, $12)`,
    },
    [
      seal.sealNumber,
      seal.month,
      seal.eventCount,
      seal.contentDigest,
      seal.eventIds,
      seal.digests,
      seal.commitments,
      seal.sealedAt,
      seal.idsFrom,
      seal.began,
      seal.keyId,
      seal.mac,
    ],
  );
}

export async function writeHead(tx: Queryable, head: Head): Promise<void> {
  await tx.query(
    {
      name: 'audit_head_write',
      text: 'update audit_head set seal_number = $1, snapshot = $2, key_id = $3, mac = $4',
    },
    [head.sealNumber, head.snapshot, head.keyId, head.mac],
  );
}

export interface SealingFacts {
  /** Committed events that wait for a seal, counted to 10,000, and the age of the oldest in seconds. */
  unsealed: number;
  oldestSeconds: number;
  /** Age of the last seal, in seconds; undefined where there is none. */
  sealedSeconds: number | undefined;
  /** The database was moved to a cluster whose transaction numbers are behind: what waits is not known. */
  isCountedAnew: boolean;
}

/** Whether somebody seals; what it costs does not grow with the trail. */
export async function measureSealing(db: Queryable): Promise<SealingFacts> {
  const [row] = await db.query<Omit<SealingFacts, 'sealedSeconds'> & { sealedSeconds: number | null }>({
    name: 'audit_measure_sealing',
    text: `
      with head as materialized (
        select h.snapshot, ${countedAnew} as is_counted_anew, coalesce(${idsFrom}, '${nilId}') as ids_from from audit_head h),
      unsealed as materialized (
        select e.occurred_at from head h cross join lateral (
          select e.occurred_at from audit_events e
          where e.event_id > h.ids_from and not pg_visible_in_snapshot(e.xact, h.snapshot) and isfinite(e.occurred_at)
          limit 10000) e)
      select (select count(*)::float8 from unsealed) as unsealed,
        coalesce((select extract(epoch from curfew_now() - min(occurred_at))::float8 from unsealed), 0) as "oldestSeconds",
        (select extract(epoch from curfew_now() - s.sealed_at)::float8 from audit_seals s
         order by s.seal_number desc limit 1) as "sealedSeconds",
        coalesce((select is_counted_anew from head), false) as "isCountedAnew"`,
  });
  if (!row) throw new Error('The sealing cannot be measured.');
  return { ...row, sealedSeconds: row.sealedSeconds ?? undefined };
}
