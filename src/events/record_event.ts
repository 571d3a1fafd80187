import type { Origin } from '../domain/origin.ts';
import { insertAuditEvents } from '../store/audit_events.ts';
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
  await recordEvents(tx, name, origin, [{ subject, detail }]);
}

/** Append several events of one name and origin at once. */
export async function recordEvents(
  tx: Queryable,
  name: EventName,
  { actor, requestId, address }: Origin,
  events: readonly { subject: EventSubject; detail: Record<string, unknown> }[],
): Promise<void> {
  if (events.length === 0) return;
  await insertAuditEvents(
    tx,
    events.map(({ subject: { accountId, clientId, sessionId, familyId }, detail }) => ({
      name,
      accountId,
      clientId,
      sessionId,
      familyId,
      requestId,
      address,
      detail: actor ? { ...detail, actor } : detail,
    })),
  );
}
