import type { Instant } from '../domain/instants.ts';
import type { Limits } from '../domain/policies.ts';
import type { Queryable } from './database.ts';

/** An event that moved a clock, changed a limit, or ended something. */
export interface TrailStep {
  /** Of a change of the configuration alone. */
  event_id: string | null;
  at: Instant;
  name: string;
  account_id: string | null;
  client_id: string | null;
  session_id: string | null;
  family_id: string | null;
  /** null: it tells nothing more. */
  detail: Record<string, unknown> | null;
}

const names = (
  'account.created account.roles_changed configuration.applied consent.granted ' +
  'session.started session.renewed session.extended session.ended ' +
  'code.exchanged lease.granted refresh.granted refresh.downscoped refresh.retried family.ended'
).split(' ');

/** Of these, which are most of a trail, no more is read than moves a clock. */
const refreshes = `name in ('refresh.granted', 'refresh.retried')`;

/**
 * All steps in the order of the trail, page by page, within the caller's transaction: each call brings at most
 * so many, and none at the end. One at a time for a transaction.
 */
export async function openTrailSteps(tx: Queryable): Promise<(limit: number) => Promise<TrailStep[]>> {
  await tx.query({
    name: 'trail_steps',
    text: `declare trail_steps no scroll cursor for
             select case when name = 'configuration.applied' then e.event_id end as event_id,
               to_micros(occurred_at) as at, name, family_id, nullif(detail, '{}') as detail,
               case when not ${refreshes} then account_id end as account_id,
               case when not ${refreshes} then client_id end as client_id,
               case when not ${refreshes} then session_id end as session_id
             from audit_events e where name in (${names.map((name) => `'${name}'`).join(', ')}) order by e.event_id`,
  });
  return async (limit) =>
    await tx.query<TrailStep>({ name: `trail_steps_${limit}`, text: `fetch ${limit} from trail_steps` });
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
