import type { ResourceDefinition, Role, ScopeDefinition } from '../domain/configuration.ts';
import type { Deviation } from '../domain/deviations.ts';
import type { Policy } from '../domain/policies.ts';
import type { Queryable } from './database.ts';

/** Lock the configuration: one change at a time. Returns what was applied at a start, if anything. */
export async function lockConfiguration(
  tx: Queryable,
): Promise<{ digest?: string; version: number; appliedVersion?: number }> {
  const [row] = await tx.query<{
    version: number;
    applied_digest: string | null;
    applied_version: number | null;
  }>({
    name: 'configuration_lock',
    text: `select version::float8 as version, applied_digest, applied_version::float8 as applied_version
           from configuration_state for update`,
  });
  if (!row) throw new Error('The configuration row is missing.');
  return {
    version: row.version,
    ...(row.applied_digest === null ? {} : { digest: row.applied_digest }),
    ...(row.applied_version === null ? {} : { appliedVersion: row.applied_version }),
  };
}

/** Who makes a version of the configuration, and what they say to it. */
export interface VersionAuthor {
  author: string;
  accountId?: string | undefined;
  message?: string | undefined;
  /** The version that this one re-establishes. */
  revertsTo?: number | undefined;
}

/**
 * Make a new version of the configuration; every decision in flight that rested on the old one is made again.
 * What changes in the same transaction, before or after, is kept in the history as this version's.
 */
export async function bumpConfigurationVersion(
  tx: Queryable,
  { author, accountId, message, revertsTo }: VersionAuthor,
): Promise<number> {
  const [row] = await tx.query<{ version: number }>(
    {
      name: 'configuration_bump',
      text: `
        with made as (
          insert into configuration_versions (version, author, account_id, message, reverts_to)
          select version + 1, $1, $2, $3, $4 from configuration_state
        )
        update configuration_state set version = version + 1 returning version::float8 as version`,
    },
    [author, accountId ?? null, message ?? null, revertsTo ?? null],
  );
  return row?.version ?? 0;
}

export async function rememberAppliedFile(tx: Queryable, digest: string): Promise<void> {
  await tx.query(
    {
      name: 'configuration_remember',
      text: 'update configuration_state set applied_digest = $1, applied_version = version',
    },
    [digest],
  );
}

/** Store one of the sections that are a single entry. */
export async function writeSettings(
  tx: Queryable,
  section: 'branding' | 'rate_limits' | 'delivery' | 'audit' | 'keys',
  value: object,
): Promise<void> {
  await tx.query({ name: `${section}_write`, text: `update configuration_state set ${section} = $1` }, [
    JSON.stringify(value),
  ]);
}

/** Store a policy as its next version, and that version for ever. */
export async function writePolicy(
  tx: Queryable,
  policy: Pick<Policy, 'name' | 'limits' | 'baselines'>,
  author: string,
): Promise<void> {
  await tx.query(
    {
      name: 'policy_write',
      text: `
        with next as (
          select coalesce(max(version), 0) + 1 as version from policy_versions where name = $1
        ), kept as (
          insert into policy_versions (name, version, limits, baselines, created_by)
          select $1, next.version, $2::jsonb, $3::text[], $4 from next
        )
        insert into policies (name, version, limits, baselines) select $1, next.version, $2::jsonb, $3::text[] from next
        on conflict (name) do update set version = excluded.version, limits = excluded.limits,
          baselines = excluded.baselines`,
    },
    [policy.name, JSON.stringify(policy.limits), policy.baselines, author],
  );
}

export async function deletePolicy(tx: Queryable, name: string, author: string): Promise<void> {
  await tx.query(
    {
      name: 'policy_removed',
      text: `insert into policy_versions (name, version, limits, baselines, created_by, removed)
             select $1, max(version) + 1, '{}', '{}', $2, true from policy_versions where name = $1`,
    },
    [name, author],
  );
  await tx.query({ name: 'policy_delete', text: 'delete from policies where name = $1' }, [name]);
}

export async function writeRole(tx: Queryable, role: Role): Promise<void> {
  await tx.query(
    {
      name: 'role_write',
      text: `insert into roles (name, policy) values ($1, $2) on conflict (name) do update set policy = excluded.policy`,
    },
    [role.name, role.policy ?? null],
  );
}

export async function writeScope(tx: Queryable, scope: ScopeDefinition): Promise<void> {
  await tx.query(
    {
      name: 'scope_write',
      text: `insert into scopes (name, description, roles, policy, step_up, mfa_max_age)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (name) do update set description = excluded.description, roles = excluded.roles,
               policy = excluded.policy, step_up = excluded.step_up, mfa_max_age = excluded.mfa_max_age`,
    },
    [
      scope.name,
      scope.description,
      scope.roles ?? null,
      scope.policy ?? null,
      scope.stepUp !== undefined,
      scope.stepUp?.mfaMaxAge ?? null,
    ],
  );
}

export async function writeResource(tx: Queryable, resource: ResourceDefinition): Promise<void> {
  await tx.query(
    {
      name: 'resource_write',
      text: `insert into resources (identifier, scopes, policy) values ($1, $2, $3)
             on conflict (identifier) do update set scopes = excluded.scopes, policy = excluded.policy`,
    },
    [resource.identifier, resource.scopes, resource.policy ?? null],
  );
}

export async function writeDeviation(tx: Queryable, deviation: Deviation): Promise<void> {
  await tx.query(
    {
      name: 'deviation_write',
      text: `insert into deviations (name, requirement, policy, reason, until) values ($1, $2, $3, $4, $5::date)
             on conflict (name) do update set requirement = excluded.requirement, policy = excluded.policy,
               reason = excluded.reason, until = excluded.until`,
    },
    [deviation.name, deviation.requirement, deviation.policy ?? null, deviation.reason, deviation.until],
  );
}

const keyColumns = {
  roles: 'name',
  scopes: 'name',
  resources: 'identifier',
  clients: 'client_id',
  deviations: 'name',
} as const;

/** Remove a row of one of the sections whose rows nothing else points to. */
export async function deleteConfigured(
  tx: Queryable,
  table: keyof typeof keyColumns,
  key: string,
): Promise<void> {
  await tx.query({ name: `${table}_delete`, text: `delete from ${table} where ${keyColumns[table]} = $1` }, [
    key,
  ]);
}
