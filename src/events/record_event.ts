import type { Origin } from '../domain/origin.ts';
import { insertAuditEvent } from '../store/audit_events.ts';
import type { Queryable } from '../store/database.ts';
import type { EventName } from './catalogue.ts';

/** Whom and what an event is about. */
export interface EventSubject {
  accountId?: string | undefined;
  clientId?: string | undefined;
  sessionId?: string | undefined;
  familyId?: string | undefined;
}

/** Append an event to the trail, in the caller's transaction. `detail` never holds a secret. */
export async function recordEvent(
  tx: Queryable,
  name: EventName,
  subject: EventSubject,
  origin: Origin,
  detail: Record<string, unknown> = {},
): Promise<void> {
  const { accountId, clientId, sessionId, familyId } = subject;
  await insertAuditEvent(tx, {
    name,
    accountId,
    clientId,
    sessionId,
    familyId,
    requestId: origin.requestId,
    address: origin.address,
    detail: origin.actor ? { ...detail, actor: origin.actor } : detail,
  });
}
