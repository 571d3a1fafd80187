import type { Instant } from '../domain/instants.ts';
import type { Limits } from '../domain/policies.ts';
import type { Queryable } from './database.ts';

/** An event that moved a clock, changed a limit, or ended something. */
export interface TrailStep {
  event_id: string;
  at: Instant;
  name: string;
  account_id: string | null;
  client_id: string | null;
  session_id: string | null;
  family_id: string | null;
  detail: Record<string, unknown>;
}

const names = (
  'account.created account.roles_changed configuration.applied consent.granted ' +
  'session.started session.renewed session.extended session.ended ' +
  'code.exchanged lease.granted refresh.granted refresh.downscoped refresh.retried family.ended'
).split(' ');

const beforeAll = '00000000-0000-0000-0000-000000000000';

/** The next steps after an event, at most `limit`, in the order of the trail. */
export async function listTrailSteps(
  tx: Queryable,
  after: string | undefined,
  limit: number,
): Promise<TrailStep[]> {
  return await tx.query<TrailStep>(
    {
      name: 'trail_steps',
      text: `select event_id, to_micros(occurred_at) as at, name, account_id, client_id, session_id, family_id, detail
             from audit_events where name = any($1) and event_id > $2 order by event_id limit $3`,
    },
    [names, after ?? beforeAll, limit],
  );
}

/** How many events the trail has, as the statistics of the database know: for progress alone. */
export async function estimateTrail(tx: Queryable): Promise<number> {
  const [row] = await tx.query<{ count: number }>({
    name: 'trail_estimate',
    text: `select coalesce(sum(greatest(c.reltuples, 0)), 0)::float8 as count from pg_inherits i
           join pg_class c on c.oid = i.inhrelid where i.inhparent = 'audit_events'::regclass`,
  });
  return row?.count ?? 0;
}

/** The roles that each account had when the trail begins: what its first change replaced, else those of now. */
export async function listFirstRoles(tx: Queryable): Promise<Map<string, readonly string[]>> {
  const now = await tx.query<{ id: string; roles: string[] }>({
    name: 'trail_roles_now',
    text: 'select account_id as id, array_agg(role order by role) as roles from account_roles group by account_id',
  });
  const before = await tx.query<{ id: string; roles: string[] }>({
    name: 'trail_roles_before',
    text: `select distinct on (account_id) account_id as id,
             array(select jsonb_array_elements_text(detail -> 'from')) as roles
           from audit_events where name = 'account.roles_changed' and account_id is not null
           order by account_id, event_id`,
  });
  return new Map([...now, ...before].map(({ id, roles }) => [id, roles]));
}

export interface StoredPolicyVersion {
  name: string;
  version: number;
  limits: Partial<Limits>;
  removed: boolean;
}

/** Every version of every policy, the oldest of each first. */
export async function listPolicyVersions(tx: Queryable): Promise<StoredPolicyVersion[]> {
  return await tx.query<StoredPolicyVersion>({
    name: 'policy_versions_all',
    text: 'select name, version, limits, removed from policy_versions order by name, version',
  });
}

/** Every change of the configuration, the oldest first. */
export async function listConfigurationChanges(
  tx: Queryable,
): Promise<{ event_id: string; differences: StoredDifference[] }[]> {
  return await tx.query({
    name: 'configuration_changes',
    text: `select event_id, coalesce(detail -> 'differences', '[]') as differences
           from audit_events where name = 'configuration.applied' order by event_id`,
  });
}

export interface StoredDifference {
  section: string;
  name: string;
  kind: 'added' | 'changed' | 'removed';
  fields: { field: string; from?: unknown; to?: unknown }[];
}
