import { z } from 'zod';
import type { ClientDefinition } from '../../../domain/configuration.ts';
import { pageByName, pageOf, pageQuery } from '../page.ts';
import { ApiProblem } from '../problem.ts';
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

const clientSchema = z.object({
  client_id: z.string(),
  metadata: z
    .record(z.string(), z.unknown())
    .meta({ description: 'Under its registered names, without secrets.' }),
  policy: policyName,
  trusted: z.boolean(),
  refresh_rotation: z.boolean(),
  web_origins: z.array(z.string()),
  disabled: z.boolean(),
});

export const listClients = defineRoute({
  method: 'GET',
  path: '/clients',
  operationId: 'listClients',
  summary: 'Clients in the order of their ids.',
  scope: 'curfew:read',
  query: pageQuery,
  answer: pageOf(clientSchema),
  async handle({ configuration, query }) {
    return { body: pageByName(configuration.clients, query, (_, client) => describeClient(client)) };
  },
});

export const readClient = defineRoute({
  method: 'GET',
  path: '/clients/{client_id}',
  operationId: 'readClient',
  summary: 'One client.',
  scope: 'curfew:read',
  params: z.object({ client_id: z.string().min(1).max(200) }),
  answer: clientSchema,
  async handle({ configuration, path }) {
    const client = configuration.clients.get(path.client_id);
    if (!client) throw new ApiProblem('not_found', 'There is no such client.');
    return { body: describeClient(client) };
  },
});

function describeClient(client: ClientDefinition): z.input<typeof clientSchema> {
  const { clientId, metadata, policy, trusted, refreshRotation, webOrigins, disabled } = client;
  return {
    client_id: clientId,
    metadata,
    ...named(policy),
    trusted,
    refresh_rotation: refreshRotation,
    web_origins: [...webOrigins],
    disabled,
  };
}

function named(policy: string | undefined): { policy?: string } {
  return policy === undefined ? {} : { policy };
}
