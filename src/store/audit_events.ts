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

export async function insertAuditEvent(tx: Queryable, event: NewAuditEvent): Promise<void> {
  await tx.query(
    {
      name: 'audit_event_insert',
      text: `insert into audit_events (name, account_id, client_id, session_id, family_id, request_id, address, detail)
             values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    },
    [
      event.name,
      event.accountId ?? null,
      event.clientId ?? null,
      event.sessionId ?? null,
      event.familyId ?? null,
      event.requestId ?? null,
      event.address ?? null,
      JSON.stringify(event.detail),
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
