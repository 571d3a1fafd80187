import type { Instant } from '../domain/instants.ts';
import type { Queryable } from './database.ts';

/** An event of one account, with the sign-in that it belongs to where that is known and still stored. */
export interface AccountEvent {
  eventId: string;
  at: Instant;
  name: string;
  clientId: string | null;
  address: string | null;
  detail: Record<string, unknown>;
  /** What its browser said of itself, and the address of that sign-in. */
  userAgent: string | null;
  sessionAddress: string | null;
}

/** A sign-in and the session that it begins are two events: so many of the account may lie between them. */
const mostBetween = 20;

/** At most `most` events of an account before `before`, the newest first, refreshes left out. Costs no more however long the trail is. */
export async function listAccountEvents(
  db: Queryable,
  accountId: string,
  { before, most }: { before?: string | undefined; most: number },
): Promise<AccountEvent[]> {
  return await db.query<AccountEvent>(
    {
      name: 'account_events',
      text: `
        select e.event_id as "eventId", to_micros(e.occurred_at) as at, e.name, e.client_id as "clientId", e.address,
          e.detail, s.user_agent as "userAgent", s.address as "sessionAddress"
        from (
          select * from audit_events
          where account_id = $1 and name not like 'refresh.%' and event_id < $2
          order by event_id desc limit $3) e
        left join lateral (
          select b.session_id from (
            select n.name, n.session_id, n.occurred_at from audit_events n
            where n.account_id = $1 and n.name not like 'refresh.%' and n.event_id > e.event_id
            order by n.event_id limit ${mostBetween}) b
          where b.name in ('session.started', 'session.renewed') and b.occurred_at < e.occurred_at + interval '15 minutes'
          limit 1) begun on e.name = 'sign_in.succeeded'
        left join sessions s on s.session_id = coalesce(e.session_id, begun.session_id) and s.account_id = $1
        order by e.event_id desc`,
    },
    [accountId, before ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff', most],
  );
}
