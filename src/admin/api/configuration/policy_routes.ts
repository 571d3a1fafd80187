import { z } from 'zod';
import { nameSchema } from '../../../config/schema/names.ts';
import { policySchema } from '../../../config/schema/policies.ts';
import type { Configuration } from '../../../domain/configuration.ts';
import { builtInDefaultPolicy } from '../../../domain/policies.ts';
import type { Policy } from '../../../domain/policies.ts';
import { applyConfiguration, mergeConfigurations } from '../../../operations/apply_configuration.ts';
import { countOrEstimateEnds } from '../../../operations/count_or_estimate_ends.ts';
import { estimateEnds } from '../../../operations/estimate_ends.ts';
import { isWalked } from '../../../store/check_walks.ts';
import { desirePolicy } from '../../desire_policy.ts';
import { pageByName, pageOf, pageQuery } from '../page.ts';
import { ApiProblem } from '../problem.ts';
import { defineRoute } from '../route.ts';
import { describeEndCounts, endCounts, exactQuery } from './end_counts.ts';

const policyPath = z.object({ name: nameSchema });
const limitValues = z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])).meta({
  description: 'Durations in seconds.',
});
const storedPolicy = z.object({
  name: z.string(),
  version: z.number().int(),
  limits: limitValues,
  baselines: z.array(z.string()),
});
export const listPolicies = defineRoute({
  method: 'GET',
  path: '/policies',
  operationId: 'listPolicies',
  summary: 'Policies in the order of their names.',
  scope: 'curfew:read',
  query: pageQuery,
  answer: pageOf(storedPolicy),
  async handle({ configuration, query }) {
    return { body: pageByName(configuration.policies, query, (_, policy) => describePolicy(policy)) };
  },
});

export const readPolicy = defineRoute({
  method: 'GET',
  path: '/policies/{name}',
  operationId: 'readPolicy',
  summary: 'One policy.',
  scope: 'curfew:read',
  params: policyPath,
  answer: storedPolicy,
  isVersioned: true,
  async handle({ configuration, path }) {
    const policy = getPolicy(configuration, path.name);
    return { body: describePolicy(policy), version: policy.version };
  },
});

export const previewPolicy = defineRoute({
  method: 'POST',
  path: '/policies/{name}/preview',
  operationId: 'previewPolicy',
  summary: 'What would end if this were the policy, without a change.',
  scope: 'curfew:read',
  params: policyPath,
  body: policySchema,
  query: exactQuery,
  answer: z.object(endCounts),
  async handle({ tx, configuration, path, query, body }) {
    const next = mergeConfigurations(configuration, desirePolicy(configuration, path.name, body));
    const change = { current: configuration, next, isWalked: await isWalked(tx) };
    const ends = await countOrEstimateEnds(tx, change, query.exact === 'true');
    return { body: describeEndCounts(ends) };
  },
});

export const writePolicy = defineRoute({
  method: 'PUT',
  path: '/policies/{name}',
  operationId: 'writePolicy',
  summary: 'Create a policy or make its next version. What is already over under the old one ends first.',
  scope: 'curfew:write',
  params: policyPath,
  body: policySchema,
  answer: storedPolicy.extend(endCounts),
  isVersioned: true,
  async handle({ tx, configuration, path, body, ifMatch, origin }) {
    assertVersion(configuration.policies.get(path.name), ifMatch);
    const desired = desirePolicy(configuration, path.name, body);
    const before = { current: configuration, isWalked: await isWalked(tx) };
    await applyConfiguration(tx, desired, { origin, current: configuration });
    const next = mergeConfigurations(configuration, desired);
    const policy = getPolicy(next, path.name);
    const stored = configuration.policies.get(path.name);
    const isSame =
      stored && JSON.stringify(describePolicy(stored)) === JSON.stringify(describePolicy(policy));
    const version = policy.version + (isSame ? 0 : 1);
    const ends = await estimateEnds(tx, { ...before, next });
    return { body: { ...describePolicy({ ...policy, version }), ...describeEndCounts(ends) }, version };
  },
});

export const deletePolicy = defineRoute({
  method: 'DELETE',
  path: '/policies/{name}',
  operationId: 'deletePolicy',
  summary: 'Delete a policy that nothing names.',
  scope: 'curfew:write',
  params: policyPath,
  answer: z.object({}),
  problems: ['conflict'],
  isVersioned: true,
  async handle({ tx, configuration, path, ifMatch, origin }) {
    assertVersion(getPolicy(configuration, path.name), ifMatch);
    if (path.name === builtInDefaultPolicy.name)
      throw new ApiProblem('conflict', 'The policy default is always there.');
    const policies = new Map(configuration.policies);
    policies.delete(path.name);
    await applyConfiguration(tx, { policies }, { origin, current: configuration });
    return { body: {} };
  },
});

function getPolicy(configuration: Configuration, name: string): Policy {
  const policy = configuration.policies.get(name);
  if (!policy) throw new ApiProblem('not_found', `There is no policy ${name}.`);
  return policy;
}

function assertVersion(policy: Policy | undefined, ifMatch: string | undefined): void {
  if (ifMatch === undefined || ifMatch === String(policy?.version)) return;
  throw new ApiProblem('precondition_failed', 'The policy was changed since it was read. Read it again.');
}

function describePolicy({ name, version, limits, baselines }: Policy): z.input<typeof storedPolicy> {
  return { name, version, limits: { ...limits }, baselines: [...baselines] };
}
