import { z } from 'zod';
import type { LimitExplanation } from '../../../policy/explain_limits.ts';
import { explainAccess } from '../../../reports/explain_access.ts';
import type { ExplainedScope } from '../../../reports/explain_access.ts';
import { defineRoute } from '../route.ts';

const limitValue = z
  .union([z.number(), z.string(), z.boolean()])
  .meta({ description: 'Durations in seconds.' });
const candidateSchema = z.object({
  outcome: z.enum(['won', 'less_strict', 'as_strict', 'not_set', 'fallback']).meta({
    description:
      '`as_strict`: as strict as the winner, and named later; `fallback`: the policy default, which counts only where no other sets the limit.',
  }),
  value: limitValue.exactOptional(),
  policy: z.string().exactOptional().meta({ description: 'Absent: the scope itself says so.' }),
  version: z.number().int().exactOptional(),
  sources: z
    .array(z.object({ kind: z.enum(['role', 'client', 'resource', 'scope']), name: z.string() }))
    .meta({ description: 'What brings the policy.' }),
});
const explanationSchema = z.object({
  field: z.string(),
  value: limitValue,
  policy: z.string().exactOptional(),
  version: z.number().int().exactOptional(),
  candidates: z.array(candidateSchema),
});
const scopeSchema = z.object({
  name: z.string(),
  granted: z.boolean(),
  resource: z.string().exactOptional(),
  obstacle: z
    .enum([
      'resource_missing',
      'resource_unclear',
      'not_registered',
      'role_missing',
      'for_clients_alone',
      'for_people_alone',
    ])
    .exactOptional(),
  roles: z.array(z.string()).exactOptional(),
  step_up: explanationSchema
    .exactOptional()
    .meta({ description: 'How long one proof of a second factor serves it.' }),
});
const name = z.string().min(1).max(200);
const several = z.union([name, z.array(name).max(50)]);

export const explainLimits = defineRoute({
  method: 'GET',
  path: '/explain',
  operationId: 'explainLimits',
  summary:
    'Which limits hold for somebody at a client with these scopes, where each comes from, and what lost.',
  scope: 'curfew:read',
  query: z.strictObject({
    username: name.exactOptional().meta({ description: 'Absent: the client acts for itself.' }),
    client_id: name.exactOptional(),
    scope: z.string().max(2000).exactOptional().meta({ description: 'Separated by spaces.' }),
    resource: several.exactOptional().meta({
      description: 'May be repeated; absent: where the scopes belong.',
    }),
  }),
  answer: z.object({
    version: z.number().int().meta({ description: 'Of the configuration.' }),
    account: z
      .object({
        account_id: z.string(),
        username: z.string(),
        roles: z.array(z.string()),
        disabled: z.boolean(),
      })
      .exactOptional(),
    client: z.object({ client_id: z.string(), disabled: z.boolean() }).exactOptional(),
    resources: z.array(z.string()),
    scopes: z.array(scopeSchema),
    session: z.array(explanationSchema),
    tokens: z.array(explanationSchema),
  }),
  problems: ['not_found'],
  async handle({ tx, configuration, query: { username, client_id: clientId, scope = '', resource = [] } }) {
    const resources = typeof resource === 'string' ? [resource] : resource;
    const scopes = scope.split(' ').filter(Boolean);
    const found = await explainAccess(tx, configuration, { username, clientId, scopes, resources });
    const { version, account, client, session, tokens } = found;
    return {
      body: {
        version,
        ...(account
          ? {
              account: {
                account_id: account.accountId,
                username: account.username,
                roles: [...account.roles],
                disabled: account.disabled,
              },
            }
          : {}),
        ...(client ? { client: { client_id: client.clientId, disabled: client.disabled } } : {}),
        resources: found.resources,
        scopes: found.scopes.map(describeScope),
        session: session.map(describeExplanation),
        tokens: tokens.map(describeExplanation),
      },
    };
  },
});

function describeScope({
  name: of,
  obstacle,
  resource,
  roles,
  stepUp,
}: ExplainedScope): z.input<typeof scopeSchema> {
  return {
    name: of,
    granted: obstacle === undefined,
    ...(obstacle === undefined ? {} : { obstacle }),
    ...(resource === undefined ? {} : { resource }),
    ...(roles ? { roles: [...roles] } : {}),
    ...(stepUp ? { step_up: describeExplanation(stepUp) } : {}),
  };
}

function describeExplanation({ candidates, ...limit }: LimitExplanation): z.input<typeof explanationSchema> {
  return {
    ...limit,
    candidates: candidates.map((candidate) => ({ ...candidate, sources: [...candidate.sources] })),
  };
}
