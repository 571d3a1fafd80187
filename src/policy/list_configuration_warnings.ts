import { builtInScopes } from '../domain/built_in_scopes.ts';
import type { ClientDefinition, Configuration, ScopeDefinition } from '../domain/configuration.ts';
import { describeDuration } from '../domain/durations.ts';
import type { EffectiveLimits } from '../domain/policies.ts';
import { limitsFor } from './effective_limits.ts';

/** What is allowed but hardly meant, and where: a path as people read it. */
export interface ConfigurationWarning {
  path: string;
  message: string;
}

/**
 * What only the whole configuration shows, and who is there: idle limits above absolute ones that another
 * policy sets, scopes that nobody can get, roles that make no difference. `heldRoles` are those of which an
 * enabled account has one.
 */
export function listConfigurationWarnings(
  configuration: Configuration,
  heldRoles: ReadonlySet<string>,
): ConfigurationWarning[] {
  return [
    ...listIdleWarnings(configuration),
    ...[...configuration.scopes.values()].flatMap((scope) => {
      const message = whyUnreachable(configuration, scope, heldRoles);
      return message ? [{ path: `scopes.${scope.name}`, message: `nobody can get it: ${message}` }] : [];
    }),
    ...listRoleWarnings(configuration),
  ];
}

const pairs = [
  ['refresh_idle', 'refresh_absolute'],
  ['session_idle', 'session_absolute'],
] as const;

/** Within one policy, reading the file has said it already. */
function listIdleWarnings(configuration: Configuration): ConfigurationWarning[] {
  return [...configuration.roles.keys()].flatMap((role) => {
    const limits = limitsFor(configuration, { roles: [role] });
    return pairs.flatMap(([idle, absolute]) => {
      const [value, most] = [limits[idle], limits[absolute]];
      if (value.value <= most.value || value.policy === most.policy) return [];
      const told = `${idle} of policy ${value.policy}, ${describeDuration(value.value)}`;
      const ends = `${absolute} of policy ${most.policy}, ${describeDuration(most.value)}, ends it first`;
      return [{ path: `roles.${role}`, message: `${told}, never comes: ${ends}` }];
    });
  });
}

/** The first obstacle that stands in everybody's way. */
function whyUnreachable(
  { clients, resources }: Configuration,
  { name, roles, stepUp }: ScopeDefinition,
  heldRoles: ReadonlySet<string>,
): string | undefined {
  const isOffered =
    builtInScopes.has(name) || [...resources.values()].some(({ scopes }) => scopes.includes(name));
  if (!isOffered) return 'no resource has it among its scopes';
  const asks = (client: ClientDefinition) => !client.disabled && mayAskFor(client, name);
  const all = [...clients.values()];
  if (!all.some(asks)) return 'no client has it in its scope';
  const isForPeople = roles !== undefined || stepUp !== undefined;
  if (isForPeople && !all.some((client) => servesPeople(client) && asks(client)))
    return 'it is for people, and its clients act for themselves';
  if (roles && !roles.some((role) => heldRoles.has(role)))
    return `no enabled account has ${roles.length === 1 ? 'the role' : 'one of the roles'} ${roles.join(', ')}`;
  return undefined;
}

function mayAskFor({ metadata }: ClientDefinition, scope: string): boolean {
  return typeof metadata.scope === 'string' && metadata.scope.split(' ').includes(scope);
}

function servesPeople({ metadata }: ClientDefinition): boolean {
  const grants = metadata.grant_types;
  return !Array.isArray(grants) || grants.some((grant) => grant !== 'client_credentials');
}

function listRoleWarnings(configuration: Configuration): ConfigurationWarning[] {
  const roles = [...configuration.roles.keys()];
  const values = (limits: EffectiveLimits) =>
    Object.values(limits)
      .map(({ value }) => value)
      .join(' ');
  const different = new Set(roles.map((role) => values(limitsFor(configuration, { roles: [role] }))));
  if (roles.length < 2 || different.size > 1) return [];
  return [{ path: 'roles', message: `all ${roles.length} have the same limits` }];
}
