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
}

/** Make this month's and next month's partition of the trail, where missing. */
export async function ensureAuditPartitions(db: Queryable): Promise<void> {
  await db.query({
    name: 'audit_partitions',
    text: `select audit_partition_ensure(curfew_now()), audit_partition_ensure(curfew_now() + interval '1 month')`,
  });
}
