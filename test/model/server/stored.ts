import { sqlOne } from '../../support/sql.ts';
import type { Real } from './real.ts';

export interface StoredEnd {
  end_reason: string | null;
  end_at: number | null;
  end_limit: number | null;
  end_source: string | null;
}

export interface StoredFamily extends StoredEnd {
  id: string;
  session: string;
  bound: boolean;
  scopes: string[];
  resources: string[];
  jkt: string | null;
  started: number;
  active: number;
  mfa: number | null;
  passkey: number | null;
  tokens: number;
  live_tokens: number;
}

export interface StoredSession extends StoredEnd {
  id: string;
  clients: string[];
  started: number;
  active: number;
  mfa: number | null;
  passkey: number | null;
}

export interface StoredEvent {
  event: string;
  name: string;
  account: string;
  client: string | null;
  session: string | null;
  family: string | null;
  detail: Record<string, unknown>;
}

interface Stored {
  families: StoredFamily[];
  sessions: StoredSession[];
  events: StoredEvent[];
}

const ends = (alias: string) => `
  'end_reason', ${alias}.end_reason, 'end_at', to_micros(${alias}.ended_at), 'end_limit', ${alias}.end_limit,
  'end_source', ${alias}.end_policy || ' ' || ${alias}.end_policy_version`;

const everything = `
  select
    coalesce((select jsonb_agg(jsonb_build_object('id', f.family_id, 'session', f.session_id, 'bound', f.bound,
        'scopes', f.scopes, 'resources', f.resources, 'jkt', f.jkt, 'started', to_micros(f.started_at),
        'active', to_micros(f.last_activity_at), 'mfa', to_micros(f.mfa_at),
        'passkey', to_micros(f.phr_at), ${ends('f')},
        'tokens', (select count(*) from refresh_tokens t where t.family_id = f.family_id),
        'live_tokens', (select count(*) from refresh_tokens t where t.family_id = f.family_id and t.rotated_at is null)
      ) order by f.family_id) from families f where f.account_id = any($1)), '[]') as families,
    coalesce((select jsonb_agg(jsonb_build_object('id', s.session_id, 'clients', s.client_ids,
        'started', to_micros(s.started_at), 'active', to_micros(s.last_activity_at), 'mfa', to_micros(s.mfa_at),
        'passkey', to_micros(s.phr_at), ${ends('s')}
      )) from sessions s where s.account_id = any($1)), '[]') as sessions,
    coalesce((select jsonb_agg(jsonb_build_object('event', e.event_id, 'name', e.name, 'account', e.account_id,
        'client', e.client_id, 'session', e.session_id, 'family', e.family_id, 'detail', e.detail
      ) order by e.event_id) from audit_events e where e.account_id = any($1) and e.event_id > $2
        -- What a guesser makes wait is no part of the gate.
        and e.name <> 'account.unlocked'), '[]') as events`;

/** All that is stored of the run's accounts, and the events since the last look. */
export async function readStored({ people, stage, lastEvent }: Real): Promise<Stored> {
  const accountIds = [...people.values()].map(({ accountId }) => accountId);
  return await sqlOne<Stored>(stage.database, everything, accountIds, lastEvent);
}
