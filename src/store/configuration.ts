import type {
  AuditSettings,
  Branding,
  ClientDefinition,
  Configuration,
  ResourceDefinition,
  Role,
  ScopeDefinition,
} from '../domain/configuration.ts';
import type { Deviation } from '../domain/deviations.ts';
import type { DeliverySettings } from '../domain/notices.ts';
import type { RateLimits } from '../domain/rate_limits.ts';
import type { KeySettings } from '../domain/signing_keys.ts';
import { builtInDefaultPolicy } from '../domain/policies.ts';
import type { Policy } from '../domain/policies.ts';
import type { Queryable } from './database.ts';

export interface LoadedConfiguration extends Configuration {
  deviations: ReadonlyMap<string, Deviation>;
  branding: Branding;
  rateLimits: Partial<RateLimits>;
  delivery: DeliverySettings;
  audit: AuditSettings;
  keys: KeySettings;
}

export interface ConfigurationRow {
  version: number;
  branding: Branding;
  rate_limits: Partial<RateLimits>;
  delivery: DeliverySettings;
  audit: AuditSettings;
  keys: KeySettings;
  policies: Policy[];
  roles: Role[];
  scopes: {
    name: string;
    description: string;
    roles: string[] | null;
    policy: string | null;
    step_up: boolean;
    mfa_max_age: number | null;
  }[];
  resources: { identifier: string; scopes: string[]; policy: string | null }[];
  clients: {
    client_id: string;
    metadata: Record<string, unknown>;
    secret_hash: string | null;
    policy: string | null;
    trusted: boolean;
    refresh_rotation: boolean;
    web_origins: string[];
    disabled: boolean;
  }[];
  former_secrets: { client_id: string; secret_hash: string; ends_at: number }[];
  deviations: Deviation[];
}

const configurationStatement = {
  name: 'configuration_load',
  text: `
    select c.version::float8 as version, c.branding, c.rate_limits, c.delivery, c.audit, c.keys,
      (select coalesce(json_agg(json_build_object('name', name, 'version', version, 'limits', limits,
         'baselines', baselines) order by name), '[]') from policies) as policies,
      (select coalesce(json_agg(json_strip_nulls(json_build_object('name', name, 'policy', policy)) order by name), '[]')
         from roles) as roles,
      (select coalesce(json_agg(row_to_json(s) order by s.name), '[]') from scopes s) as scopes,
      (select coalesce(json_agg(row_to_json(r) order by r.identifier), '[]') from resources r) as resources,
      (select coalesce(json_agg(json_build_object('client_id', client_id, 'metadata', metadata,
         'secret_hash', encode(secret_hash, 'hex'), 'policy', policy, 'trusted', trusted,
         'refresh_rotation', refresh_rotation, 'web_origins', web_origins,
         'disabled', disabled_at is not null) order by client_id), '[]') from clients) as clients,
      (select coalesce(json_agg(json_build_object('client_id', client_id, 'secret_hash', encode(secret_hash, 'hex'),
         'ends_at', to_micros(ends_at)) order by ends_at desc), '[]')
         from former_client_secrets where ends_at > curfew_now()) as former_secrets,
      (select coalesce(json_agg(json_strip_nulls(json_build_object('name', name, 'requirement', requirement,
         'policy', policy, 'reason', reason, 'until', to_char(until, 'YYYY-MM-DD'))) order by name), '[]')
         from deviations) as deviations
    from configuration_state c`,
};

/** Read the whole configuration at one moment: one statement, one snapshot. */
export async function loadConfiguration(db: Queryable): Promise<LoadedConfiguration> {
  const [row] = await db.query<ConfigurationRow>(configurationStatement);
  if (!row) throw new Error('The configuration row is missing.');
  return {
    version: row.version,
    branding: row.branding,
    rateLimits: row.rate_limits,
    delivery: row.delivery,
    audit: row.audit,
    keys: row.keys,
    policies: new Map(row.policies.map((policy) => [policy.name, completeDefault(policy)])),
    roles: new Map(row.roles.map((role) => [role.name, role])),
    scopes: new Map(row.scopes.map((scope) => [scope.name, readScope(scope)])),
    resources: new Map(row.resources.map((resource) => [resource.identifier, readResource(resource)])),
    clients: readClients(row),
    deviations: new Map(row.deviations.map((deviation) => [deviation.name, deviation])),
  };
}

/** The policies alone: what else is configured may be much more. */
export async function loadPolicies(db: Queryable): Promise<ReadonlyMap<string, Policy>> {
  const rows = await db.query<Policy>({
    name: 'policies_load',
    text: 'select name, version, limits, baselines from policies order by name',
  });
  return new Map(rows.map((policy) => [policy.name, completeDefault(policy)]));
}

/** The policy `default` sets every field: those that are not stored come from the built-in one. */
export function completeDefault(policy: Policy): Policy {
  if (policy.name !== builtInDefaultPolicy.name) return policy;
  return { ...policy, limits: { ...builtInDefaultPolicy.limits, ...policy.limits } };
}

export function readScope(row: ConfigurationRow['scopes'][number]): ScopeDefinition {
  return {
    name: row.name,
    description: row.description,
    ...(row.roles ? { roles: row.roles } : {}),
    ...(row.policy ? { policy: row.policy } : {}),
    ...(row.step_up ? { stepUp: row.mfa_max_age === null ? {} : { mfaMaxAge: row.mfa_max_age } } : {}),
  };
}

export function readResource(row: ConfigurationRow['resources'][number]): ResourceDefinition {
  return { identifier: row.identifier, scopes: row.scopes, ...(row.policy ? { policy: row.policy } : {}) };
}

function readClients({ clients, former_secrets: former }: ConfigurationRow): Map<string, ClientDefinition> {
  const read = new Map(clients.map((client) => [client.client_id, readClient(client)]));
  for (const { client_id: clientId, secret_hash: hash, ends_at: endsAt } of former) {
    const client = read.get(clientId);
    if (!client) continue;
    const secret = { hash: Buffer.from(hash, 'hex'), endsAt };
    read.set(clientId, { ...client, formerSecrets: [...(client.formerSecrets ?? []), secret] });
  }
  return read;
}

export function readClient(row: ConfigurationRow['clients'][number]): ClientDefinition {
  return {
    clientId: row.client_id,
    metadata: row.metadata,
    ...(row.secret_hash ? { secretHash: Buffer.from(row.secret_hash, 'hex') } : {}),
    ...(row.policy ? { policy: row.policy } : {}),
    trusted: row.trusted,
    refreshRotation: row.refresh_rotation,
    webOrigins: row.web_origins,
    disabled: row.disabled,
  };
}

/** The version alone: a poll that costs next to nothing. */
export async function readConfigurationVersion(db: Queryable): Promise<number> {
  const [row] = await db.query<{ version: number }>({
    name: 'configuration_version',
    text: 'select version::float8 as version from configuration_state',
  });
  return row?.version ?? 0;
}

/** The file that was applied last, by its digest, the version that made, and the version in force. */
export async function readAppliedFile(
  db: Queryable,
): Promise<{ version: number; appliedDigest: string | null; appliedVersion: number | null }> {
  const [row] = await db.query<{
    version: number;
    appliedDigest: string | null;
    appliedVersion: number | null;
  }>({
    name: 'configuration_applied_file',
    text: `select version::float8 as version, applied_digest as "appliedDigest",
             applied_version::float8 as "appliedVersion" from configuration_state`,
  });
  return row ?? { version: 0, appliedDigest: null, appliedVersion: null };
}
