import { trailEventColumns, unsealedIds } from './audit_seals.ts';
import type { Head, Seal, TrailEvent } from './audit_seals.ts';
import type { Database, Queryable, Transaction } from './database.ts';

/** Run `work` on one snapshot of everything, for as long as it takes. */
export async function readTrail<Result>(
  database: Database,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  return await database.transaction(async (tx) => {
    await tx.query({
      name: 'audit_read_only',
      text: 'set transaction isolation level repeatable read, read only',
    });
    await tx.query({ name: 'audit_no_timeout', text: 'set local statement_timeout = 0' });
    await tx.query({
      name: 'audit_no_idle_timeout',
      text: 'set local idle_in_transaction_session_timeout = 0',
    });
    return await work(tx);
  });
}

/** The head with the code of the seal that it names; undefined where it is gone. */
export async function readHead(tx: Queryable): Promise<{ head: Head; lastMac: Buffer | null } | undefined> {
  const [row] = await tx.query<Head & { lastMac: Buffer | null }>({
    name: 'audit_head',
    text: `select h.seal_number::float8 as "sealNumber", h.snapshot::text as snapshot, h.key_id as "keyId", h.mac,
             l.mac as "lastMac"
           from audit_head h left join audit_seals l on l.seal_number = h.seal_number`,
  });
  if (!row) return undefined;
  const { lastMac, ...head } = row;
  return { head, lastMac };
}

/** The next seals of the chain, at most `limit`. */
export async function listSeals(tx: Queryable, after: number, limit: number): Promise<Seal[]> {
  return await tx.query<Seal>(
    {
      name: 'audit_seals',
      text: `select seal_number::float8 as "sealNumber", coalesce(to_char(month, 'YYYY-MM-DD'), month::text) as month,
               event_count as "eventCount", content_digest as "contentDigest", event_ids as "eventIds", digests,
               commitments, to_micros(sealed_at) as "sealedAt", ids_from as "idsFrom", began::text as began,
               key_id as "keyId", mac
             from audit_seals where seal_number > $1 order by seal_number limit $2`,
    },
    [after, limit],
  );
}

/** The events of a seal that still stand in its month. */
export async function listSealedEvents(tx: Queryable, { eventIds, month }: Seal): Promise<TrailEvent[]> {
  return await tx.query<TrailEvent>(
    {
      name: 'audit_sealed_events',
      text: `select ${trailEventColumns}
             where e.event_id = any($1) and e.occurred_at >= $2::date::timestamp at time zone 'UTC'
               and e.occurred_at < ($2::date + interval '1 month') at time zone 'UTC'`,
    },
    [eventIds, month],
  );
}

export interface RemovalEvent {
  eventId: string;
  name: string;
  accountId: string | null;
  detail: Record<string, unknown>;
  occurredAt: string;
  /** The key of the account that it calls erased is still there. */
  keyRemains: boolean;
}

/** What the trail itself says was removed from it: erased accounts, dropped months, a cut end. */
export async function listRemovals(tx: Queryable): Promise<RemovalEvent[]> {
  return await tx.query<RemovalEvent>({
    name: 'audit_removals',
    text: `select e.event_id as "eventId", e.name, e.account_id as "accountId", e.detail,
             (extract(epoch from e.occurred_at) * 1000000)::text as "occurredAt",
             exists (select from audit_subjects s where 'erased:' || s.pseudonym = e.account_id) as "keyRemains"
           from audit_events e where e.name in ('account.erased', 'trail.month_dropped', 'trail.cut') order by e.event_id`,
  });
}

/**
 * What a sealing should have covered: it was there, or it says a moment before its transaction began. That
 * is the moment of the last sealing that began earlier; where the clock was set back since, nothing is said.
 */
const isAdded = `not isfinite(e.occurred_at) or pg_visible_in_snapshot(e.xact, h.snapshot)
  or coalesce((select s.sealed_at > e.occurred_at and s.sealed_at <= curfew_now() from audit_seals s
               where s.began < e.xact order by s.seal_number desc limit 1), false)`;

export interface Unsealed {
  /** How many wait for the next sealing. */
  count: number;
  oldestSeconds: number;
  /** Those that a sealing should have covered. */
  added: { eventId: string; name: string; occurredAt: string }[];
}

/** Everything that is in no seal of its month; at most `mostAdded` of what was added where seals stood. */
export async function inspectUnsealed(tx: Queryable, mostAdded: number): Promise<Unsealed> {
  const [row] = await tx.query<Unsealed>(
    {
      name: 'audit_unsealed_all',
      text: `
        with unsealed as materialized (${unsealedIds}),
        judged as materialized (
          select e.event_id, e.name, e.occurred_at, coalesce(${isAdded}, false) as added
          from unsealed u
          join audit_events e on e.event_id = u.event_id
            and date_trunc('month', e.occurred_at at time zone 'UTC')::date = u.month
          left join audit_head h on true)
        select count(*) filter (where not added)::float8 as count,
          coalesce(greatest(0, extract(epoch from curfew_now() - min(occurred_at) filter (where not added))), 0)::float8
            as "oldestSeconds",
          coalesce((select json_agg(a) from (
            select event_id as "eventId", name, (extract(epoch from occurred_at) * 1000000)::text as "occurredAt"
            from judged where added order by event_id limit $1) a), '[]') as added
        from judged`,
    },
    [mostAdded],
  );
  return row ?? { count: 0, oldestSeconds: 0, added: [] };
}
