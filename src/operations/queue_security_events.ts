import { randomUUID } from 'node:crypto';
import { toEpochSeconds } from '../domain/instants.ts';
import type { Instant } from '../domain/instants.ts';
import type { NewNotice } from '../domain/notices.ts';
import type { Origin } from '../domain/origin.ts';
import { securityEventTypes, streamReceiver } from '../domain/security_events.ts';
import type { SecurityEventNotice, SecurityEventType } from '../domain/security_events.ts';
import type { Queryable } from '../store/database.ts';
import { insertNotices } from '../store/notices.ts';
import type { NamedSession } from '../store/sessions.ts';
import { listListeners } from '../store/ssf_streams.ts';
import type { Listener } from '../store/ssf_streams.ts';

/** Something that happened to an account, or to one of its sessions. */
export interface SecurityEvent {
  type: SecurityEventType;
  accountId: string;
  session?: NamedSession | undefined;
  /** When it happened, by whom, and why for an operator (CAEP 1.0 §2); undefined at: now. */
  at?: Instant | undefined;
  by: 'admin' | 'user' | 'policy' | 'system';
  reason: string;
  /** The members of this type of event. */
  members?: Readonly<Record<string, unknown>>;
}

/** Queue events for every stream that wants them, in the transaction of what they tell. */
export async function queueSecurityEvents(
  tx: Queryable,
  { requestId }: Origin,
  events: readonly SecurityEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const listeners = await listListeners(tx, [...new Set(events.map(({ accountId }) => accountId))]);
  const notices = events.flatMap((event) => {
    // One cause is one transaction of the receiver's, however many streams and sessions it touches.
    const txn = requestId ?? randomUUID();
    return listeners.flatMap((listener) => noticesFor(listener, event, txn));
  });
  await insertNotices(tx, notices);
}

function noticesFor(listener: Listener, event: SecurityEvent, txn: string): NewNotice[] {
  const { streamId, eventsRequested, removedAccountIds, now } = listener;
  const type = securityEventTypes[event.type];
  if (eventsRequested && !eventsRequested.includes(type)) return [];
  if (removedAccountIds.includes(event.accountId)) return [];
  const { accountId, session, at = now, by, reason, members } = event;
  const common = { event_timestamp: toEpochSeconds(at), initiating_entity: by, reason_admin: { en: reason } };
  return sessionNames(listener, session).map((sid) => {
    const payload: SecurityEventNotice = {
      streamId,
      type,
      accountId,
      ...(sid === undefined ? {} : { sid }),
      members: { ...common, ...members },
      txn,
      issuedAt: toEpochSeconds(now),
    };
    return { kind: 'security_event', receiver: streamReceiver(streamId), payload: { ...payload } };
  });
}

/**
 * By which names a receiver is told of a session: a client in it by the `sid` of its own tokens. An API
 * behind the clients knows the `sid` of each of them. undefined: only the account is named.
 */
function sessionNames(
  { clientId, subjectFormat }: Listener,
  session: SecurityEvent['session'],
): (string | undefined)[] {
  if (!session || subjectFormat === 'iss_sub') return [undefined];
  const { sessionId, clientIds, authorizations } = session;
  const sidAt = (client: string) => (clientIds.includes(client) ? authorizations[client]?.sid : undefined);
  const own = sidAt(clientId);
  if (own !== undefined) return [own];
  const sids = clientIds.flatMap((client) => sidAt(client) ?? []);
  return sids.length > 0 ? sids : [sessionId];
}
