import { z } from 'zod';
import { pageByName, pageOf, pageQuery } from '../page.ts';
import { defineRoute } from '../route.ts';

const policyName = z.string().exactOptional();

export const listRoles = defineRoute({
  method: 'GET',
  path: '/roles',
  operationId: 'listRoles',
  summary: 'Roles in the order of their names.',
  scope: 'curfew:read',
  query: pageQuery,
  answer: pageOf(z.object({ name: z.string(), policy: policyName })),
  async handle({ configuration, query }) {
    return {
      body: pageByName(configuration.roles, query, (_, { name, policy }) => ({ name, ...named(policy) })),
    };
  },
});

export const listScopes = defineRoute({
  method: 'GET',
  path: '/scopes',
  operationId: 'listScopes',
  summary: 'Scopes beyond those of OpenID Connect.',
  scope: 'curfew:read',
  query: pageQuery,
  answer: pageOf(
    z.object({
      name: z.string(),
      description: z.string(),
      roles: z.array(z.string()).exactOptional(),
      policy: policyName,
      step_up: z.object({ mfa_max_age: z.number().exactOptional() }).exactOptional(),
    }),
  ),
  async handle({ configuration, query }) {
    const body = pageByName(configuration.scopes, query, (name, { description, roles, policy, stepUp }) => ({
      name,
      description,
      ...(roles ? { roles: [...roles] } : {}),
      ...named(policy),
      ...(stepUp ? { step_up: stepUp.mfaMaxAge === undefined ? {} : { mfa_max_age: stepUp.mfaMaxAge } } : {}),
    }));
    return { body };
  },
});

export const listResources = defineRoute({
  method: 'GET',
  path: '/resources',
  operationId: 'listResources',
  summary: 'Resource servers (RFC 8707).',
  scope: 'curfew:read',
  query: pageQuery,
  answer: pageOf(z.object({ identifier: z.string(), scopes: z.array(z.string()), policy: policyName })),
  async handle({ configuration, query }) {
    const body = pageByName(configuration.resources, query, (identifier, { scopes, policy }) => ({
      identifier,
      scopes: [...scopes],
      ...named(policy),
    }));
    return { body };
  },
});

function named(policy: string | undefined): { policy?: string } {
  return policy === undefined ? {} : { policy };
}
