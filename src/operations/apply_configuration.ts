import type { Configuration, DesiredConfiguration } from '../domain/configuration.ts';
import type { Deviation } from '../domain/deviations.ts';
import { builtInDefaultPolicy } from '../domain/policies.ts';
import { Problem } from '../domain/problems.ts';
import { recordEvent } from '../events/record_event.ts';
import type { Origin } from '../domain/origin.ts';
import { readAuthor } from '../domain/read_author.ts';
import { baselineCatalogue, requirementCatalogue } from '../policy/baselines/catalogue.ts';
import { compareConfigurations } from '../policy/compare_configurations.ts';
import { keepStoredSecrets } from '../policy/keep_stored_secrets.ts';
import type { Difference } from '../policy/compare_configurations.ts';
import { listConfigurationWarnings } from '../policy/list_configuration_warnings.ts';
import type { ConfigurationWarning } from '../policy/list_configuration_warnings.ts';
import { touchesLimits } from '../policy/touches_limits.ts';
import { weighDifferences } from '../policy/weigh_differences.ts';
import { findHeldRoles } from '../store/held_roles.ts';
import { deleteCodesOfClient } from '../store/authorization_codes.ts';
import { beginCheckWalks } from '../store/check_walks.ts';
import { lockExchanges, writeClient } from '../store/clients.ts';
import { loadConfiguration } from '../store/configuration.ts';
import {
  bumpConfigurationVersion,
  deleteConfigured,
  deletePolicy,
  lockConfiguration,
  rememberAppliedFile,
  writeDeviation,
  writePolicy,
  writeResource,
  writeRole,
  writeScope,
  writeSettings,
} from '../store/configuration_write.ts';
import type { Queryable } from '../store/database.ts';
import { deleteGrantsOfClient } from '../store/grants.ts';
import { applyUsers } from './apply_users.ts';
import type { UserDifference } from './apply_users.ts';
import { endClientAccess } from './end_client_access.ts';
import { endOverdue } from './end_overdue.ts';

export interface AppliedConfiguration {
  differences: Difference[];
  users: UserDifference[];
  /** What had already been over, or belonged to removed clients, and was ended first. */
  ended: { sessions: number; families: number };
  /** What is allowed but hardly meant, once this is in force. */
  warnings: ConfigurationWarning[];
}

export interface ApplyOptions {
  origin: Origin;
  /** What the history says to it. */
  message?: string | undefined;
  /** The version that is re-established. */
  revertsTo?: number | undefined;
  /** Of the file that is applied. */
  digest?: string | undefined;
  /** What is in force, for whoever has read it in this transaction, under the lock. */
  current?: Configuration | undefined;
}

/**
 * Make the database match what is wanted, in the caller's transaction. Whatever is over under the old
 * limits ends first. Throws Problem `policy_in_use` when a removed policy is still named, and
 * `configuration_invalid` for a name that neither the file nor the database has.
 */
export async function applyConfiguration(
  tx: Queryable,
  wanted: DesiredConfiguration,
  { origin, digest, message, revertsTo, current: read }: ApplyOptions,
): Promise<AppliedConfiguration> {
  await lockConfiguration(tx);
  const current = read ?? (await loadConfiguration(tx));
  const desired = keepSecrets(current, wanted);
  const next = mergeConfigurations(current, desired);
  const differences = weighDifferences(current, next, compareConfigurations(current, desired));
  assertReferences(next);
  assertBaselines(desired);

  const removed = differences.filter(({ section, kind }) => section === 'clients' && kind === 'removed');
  for (const { name } of removed) await lockExchanges(tx, name);
  const isAboutLimits = differences.some((difference) => touchesLimits(current, difference));
  const ended = isAboutLimits ? await endOverdue(tx, current, origin) : { sessions: 0, families: 0 };
  const made: Record<string, unknown> = {};
  if (differences.length > 0) {
    for (const difference of inWritingOrder(differences)) await writeDifference(tx, next, difference, origin);
    made.version = await bumpConfigurationVersion(tx, { ...readAuthor(origin), message, revertsTo });
    if (message !== undefined) made.message = message;
    if (revertsTo !== undefined) made.reverts_to = revertsTo;
  }
  for (const { name } of removed) {
    ended.families += await endClientAccess(tx, current, name, origin);
    await deleteCodesOfClient(tx, name);
    await deleteGrantsOfClient(tx, name);
  }
  const users = await applyUsers(tx, { old: current, next }, desired.users ?? [], origin);
  if (differences.length > 0)
    await recordEvent(tx, 'configuration.applied', {}, origin, { ...made, differences });
  if (digest) await rememberAppliedFile(tx, digest);
  // Limits may have become shorter: the sweepers begin at once to look for what may be over by now.
  if (isAboutLimits) await beginCheckWalks(tx);
  const warnings = listConfigurationWarnings(next, await findHeldRoles(tx, [...next.roles.keys()]));
  return { differences, users, ended, warnings };
}

function keepSecrets(current: Configuration, wanted: DesiredConfiguration): DesiredConfiguration {
  const { desired, missing } = keepStoredSecrets(current, wanted);
  if (missing.length === 0) return desired;
  const advice =
    'no secret is stored that could stay: give it one by client_secret_env or client_secret_sha256';
  throw new Problem('configuration_invalid', missing.map((name) => `clients.${name}: ${advice}`).join('\n'));
}

/** The configuration as it will be: each wanted section replaces its own; `default` can be changed, not removed. */
export function mergeConfigurations(current: Configuration, desired: DesiredConfiguration): Configuration {
  const policies = new Map(
    [...(desired.policies ?? current.policies)].map(([name, { limits, baselines }]) => [
      name,
      { name, limits, baselines, version: current.policies.get(name)?.version ?? 0 },
    ]),
  );
  const standing = current.policies.get('default');
  if (standing && !policies.has('default')) policies.set('default', standing);
  const clients =
    desired.clients &&
    new Map(
      [...desired.clients].map(([clientId, client]) => [
        clientId,
        { ...client, disabled: current.clients.get(clientId)?.disabled ?? false },
      ]),
    );
  return {
    version: current.version,
    policies,
    roles: desired.roles ?? current.roles,
    scopes: desired.scopes ?? current.scopes,
    resources: desired.resources ?? current.resources,
    clients: clients ?? current.clients,
    deviations: desired.deviations ?? current.deviations ?? new Map<string, Deviation>(),
    branding: desired.branding ?? current.branding ?? {},
    rateLimits: desired.rate_limits ?? current.rateLimits ?? {},
    delivery: desired.delivery ?? current.delivery ?? {},
    audit: desired.audit ?? current.audit ?? {},
    keys: desired.keys ?? current.keys ?? {},
  };
}

/** Every name that one part uses must be in another; all faults at once. */
function assertReferences(next: Configuration): void {
  const faults: string[] = [];
  const isPolicy = (name: string) => name === builtInDefaultPolicy.name || next.policies.has(name);
  for (const section of ['roles', 'scopes', 'resources', 'clients'] as const) {
    for (const [name, { policy }] of next[section]) {
      if (policy !== undefined && !isPolicy(policy))
        faults.push(`${section}.${name}.policy: there is no policy ${policy}`);
    }
  }
  for (const [name, { policy }] of next.deviations ?? []) {
    if (policy !== undefined && !isPolicy(policy))
      faults.push(`deviations.${name}.policy: there is no policy ${policy}`);
  }
  for (const [name, { roles }] of next.scopes) {
    for (const role of roles ?? []) {
      if (!next.roles.has(role)) faults.push(`scopes.${name}.roles: there is no role ${role}`);
    }
  }
  for (const [name, { scopes }] of next.resources) {
    for (const scope of scopes) {
      if (!next.scopes.has(scope)) faults.push(`resources.${name}.scopes: there is no scope ${scope}`);
    }
  }
  if (faults.length === 0) return;
  const onlyPolicies = faults.every((fault) => fault.includes('.policy: '));
  throw new Problem(onlyPolicies ? 'policy_in_use' : 'configuration_invalid', faults.join('\n'));
}

/** What a policy claims, and what a deviation excuses, must be in the catalogue. */
function assertBaselines({ policies, deviations }: DesiredConfiguration): void {
  const faults = [
    ...[...(policies ?? [])].flatMap(([name, { baselines }]) =>
      baselines
        .filter((id) => !baselineCatalogue.has(id))
        .map((id) => `policies.${name}.baselines: there is no baseline ${id}`),
    ),
    ...[...(deviations?.values() ?? [])]
      .filter(({ requirement }) => !requirementCatalogue.has(requirement))
      .map(
        ({ name, requirement }) => `deviations.${name}.requirement: there is no requirement ${requirement}`,
      ),
  ];
  if (faults.length > 0) throw new Problem('configuration_invalid', faults.join('\n'));
}

/** Policies are written before what names them and removed after it. */
function inWritingOrder(differences: readonly Difference[]): Difference[] {
  const isPolicyRemoval = ({ section, kind }: Difference) => section === 'policies' && kind === 'removed';
  return [...differences.filter((entry) => !isPolicyRemoval(entry)), ...differences.filter(isPolicyRemoval)];
}

async function writeDifference(
  tx: Queryable,
  next: Configuration,
  { section, name, kind }: Difference,
  origin: Origin,
): Promise<void> {
  const author = origin.actor ?? 'unknown';
  if (section === 'branding') return await writeSettings(tx, section, next.branding ?? {});
  if (section === 'rate_limits') return await writeSettings(tx, section, next.rateLimits ?? {});
  if (section === 'delivery') return await writeSettings(tx, section, next.delivery ?? {});
  if (section === 'audit') return await writeSettings(tx, section, next.audit ?? {});
  if (section === 'keys') return await writeSettings(tx, section, next.keys ?? {});
  if (kind === 'removed') {
    if (section === 'policies') await deletePolicy(tx, name, author);
    else await deleteConfigured(tx, section, name);
    return;
  }
  switch (section) {
    case 'policies':
      return await writePolicy(tx, required(next.policies.get(name)), author);
    case 'roles':
      return await writeRole(tx, required(next.roles.get(name)));
    case 'scopes':
      return await writeScope(tx, required(next.scopes.get(name)));
    case 'resources':
      return await writeResource(tx, required(next.resources.get(name)));
    case 'clients':
      return await writeClient(tx, required(next.clients.get(name)));
    case 'deviations':
      return await writeDeviation(tx, required(next.deviations?.get(name)));
  }
}

function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('A difference names what the wanted configuration lacks.');
  return value;
}
