import { nameSchema } from '../../config/schema/names.ts';
import type { Configuration } from '../../domain/configuration.ts';
import { seeOther } from '../../http/see_other.ts';
import { sendPage } from '../../http/send_page.ts';
import { baselineCatalogue } from '../../policy/baselines/catalogue.ts';
import { describeLimitValue, labelOf, limitFields } from '../../reports/describe_limit.ts';
import { findHeldRoles } from '../../store/held_roles.ts';
import {
  consoleNewPolicyPage,
  consolePoliciesPage,
  consolePolicyPage,
} from '../../../views/console/policies.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { meaningOf } from './policy_fields.ts';
import { readQuery } from './query.ts';
import { consoleRoot, describeShell } from './visit.ts';
import type { ConsoleVisit } from './visit.ts';

export const policiesPath = `${consoleRoot}/policies`;
export const policyPath = (name: string): string => `${policiesPath}/${encodeURIComponent(name)}`;

/** All policies and roles. */
export async function showPolicies(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { policies, roles } = visit.configuration;
  const held = await findHeldRoles(dependencies.database, [...roles.keys()]);
  const shell = await describeShell(dependencies, visit);
  const page = consolePoliciesPage(shell, {
    policies: [...policies.values()]
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, version, limits, baselines }) => ({
        name,
        url: policyPath(name),
        version,
        idle: describeLimitValue('session_idle', limits) ?? 'Not set',
        absolute: describeLimitValue('session_absolute', limits) ?? 'Not set',
        secondFactor: describeLimitValue('mfa', limits) ?? 'Not set',
        baselines,
      })),
    roles: [...roles.values()]
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, policy }) => ({
        name,
        policy,
        url: policy === undefined ? undefined : policyPath(policy),
        isHeld: held.has(name),
      })),
  });
  sendPage(visit.ctx, page);
}

/** One policy, and what names it. */
export async function showPolicy(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { configuration, ctx } = visit;
  const policy = configuration.policies.get(visit.path.name ?? '');
  if (!policy) return ctx.throw(404);
  const { name, version, limits, baselines } = policy;
  const shell = await describeShell(dependencies, visit);
  const page = consolePolicyPage(shell, {
    name,
    version,
    limits: limitFields.map((field) => ({
      label: labelOf(field),
      value: describeLimitValue(field, limits),
      hint: meaningOf(field),
    })),
    baselines,
    uses: listUses(configuration, name),
    editUrl: `${policyPath(name)}/edit`,
  });
  sendPage(ctx, page);
}

const mostUses = 100;

function listUses(configuration: Configuration, policy: string): string[] {
  const kinds = [
    ['Role', configuration.roles],
    ['Scope', configuration.scopes],
    ['Resource', configuration.resources],
    ['App', configuration.clients],
  ] as const;
  const uses = kinds.flatMap(([kind, entries]) =>
    [...entries].flatMap(([name, entry]) => (entry.policy === policy ? [`${kind} ${name}`] : [])),
  );
  const more = uses.length - mostUses;
  return more > 0 ? [...uses.slice(0, mostUses), `and ${more} more`] : uses;
}

/** A name for a new policy, and what it begins with; then its form. */
export async function showNewPolicy(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { ctx, configuration } = visit;
  const name = readQuery(ctx, 'name');
  const isTaken = configuration.policies.has(name);
  if (nameSchema.safeParse(name).success && !isTaken) {
    const from = encodeURIComponent(readQuery(ctx, 'from'));
    return seeOther(ctx, `${policyPath(name)}/edit?from=${from}`);
  }
  const shell = await describeShell(dependencies, visit);
  const complaint = isTaken ? 'There is a policy of that name.' : 'This cannot be a name.';
  const page = consoleNewPolicyPage(shell, {
    error: ctx.query.name === undefined ? undefined : complaint,
    origins: [
      ...[...baselineCatalogue.values()].map(({ id, source }) => ({
        value: `baseline:${id}`,
        label: `${id}: ${source}`,
      })),
      ...[...configuration.policies.keys()].map((own) => ({
        value: `policy:${own}`,
        label: `Policy ${own}`,
      })),
    ],
  });
  sendPage(ctx, page, ctx.query.name === undefined ? 200 : 422);
}
