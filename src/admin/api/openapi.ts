import { z } from 'zod';
import { apiProblems, commonProblems } from './problem.ts';
import type { ApiProblemCode } from './problem.ts';
import type { Route } from './route.ts';

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 document of these routes. */
export function describeApi(issuer: string, routes: readonly Route[]): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const item = (paths[route.path] ??= {});
    item[route.method.toLowerCase()] = describeRoute(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Curfew admin API',
      version: '1',
      description:
        'Who has access, and why it has not ended. Takes access tokens of this server for the resource ' +
        `\`${issuer}/admin\`; a change needs a fresh second factor, and is answered by the challenge of RFC 9470 ` +
        'without one.',
    },
    servers: [{ url: `${issuer}/admin/v1` }],
    paths,
    components: {
      securitySchemes: {
        curfew: {
          type: 'openIdConnect',
          openIdConnectUrl: `${issuer}/.well-known/openid-configuration`,
        },
      },
      schemas: { Problem: problemSchema },
    },
  };
}

const problemSchema: Json = {
  type: 'object',
  description: 'RFC 9457.',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string', enum: Object.keys(apiProblems).map((code) => `urn:curfew:problem:${code}`) },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    request_id: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
      },
    },
  },
};

function describeRoute(route: Route): Json {
  const { operationId, summary, scope, status = 200, body, answer, type = 'application/json' } = route;
  return {
    operationId,
    summary,
    security: [{ curfew: [scope] }],
    parameters: describeParameters(route),
    ...(body
      ? {
          requestBody: {
            required: !route.isBodyOptional,
            content: { 'application/json': { schema: schemaOf(body, 'input') } },
          },
        }
      : {}),
    responses: {
      [status]: {
        description: 'Done.',
        ...(route.isVersioned ? { headers: { ETag: { schema: { type: 'string' } } } } : {}),
        content: { [type]: { schema: schemaOf(answer, 'output') } },
      },
      ...describeProblems(listProblems(route)),
    },
  };
}

/** Every problem that a route may answer. */
export function listProblems(route: Route): ApiProblemCode[] {
  return [
    ...commonProblems,
    ...(route.scope === 'curfew:write' ? (['insufficient_user_authentication'] as const) : []),
    ...(route.params ? (['not_found'] as const) : []),
    ...(route.body ? (['content_too_large', 'unsupported_media_type'] as const) : []),
    ...(route.isIdempotent ? (['idempotency_key_reused'] as const) : []),
    ...(route.isVersioned && route.scope === 'curfew:write' ? (['precondition_failed'] as const) : []),
    ...(route.problems ?? []),
  ];
}

function describeProblems(codes: readonly ApiProblemCode[]): Json {
  const byStatus = new Map<number, string[]>();
  for (const code of new Set(codes)) {
    const [status, title] = apiProblems[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), `\`${code}\`: ${title}`]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, own]) => [
      String(status),
      {
        description: own.join(' '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}

function describeParameters({ params, query, isIdempotent, isVersioned, scope }: Route): Json[] {
  const header = (name: string, description: string): Json => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  });
  return [
    ...describeMembers('path', params),
    ...describeMembers('query', query),
    ...(isIdempotent
      ? [header('Idempotency-Key', 'Asked again with the same key within a day, it is done once.')]
      : []),
    ...(isVersioned && scope === 'curfew:write'
      ? [header('If-Match', 'The ETag that was read: another version is not changed.')]
      : []),
  ];
}

function describeMembers(where: 'path' | 'query', schema: z.ZodObject | undefined): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, own]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: own,
  }));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...own } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return own;
}
