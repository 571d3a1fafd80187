import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { Problem } from '../../domain/problems.ts';
import type { ProblemCode } from '../../domain/problems.ts';
import { readJson } from '../../http/json_body.ts';
import type { Queryable } from '../../store/database.ts';
import { actAsOperator, changeConfigured } from '../change_configured.ts';
import type { AdminDependencies } from '../dependencies.ts';
import { pathReader } from '../path_reader.ts';
import { authorize } from './guard.ts';
import { answerOnce } from './answer_once.ts';
import { describeApi } from './openapi.ts';
import { ApiProblem, apiProblems, describeApiProblem } from './problem.ts';
import type { ApiProblemCode } from './problem.ts';
import type { Answer, Route } from './route.ts';
import { routes } from './routes.ts';

export const apiRoot = '/admin/v1';
const usualLongestBody = 256 * 1024;

/** Everything under `/admin/v1`. */
export function adminApi(dependencies: AdminDependencies): Middleware {
  const description = describeApi(dependencies.issuer, routes);
  const matchers = routes.map((route) => ({ route, read: pathReader(apiRoot + route.path) }));
  return async (ctx, next) => {
    if (ctx.path !== apiRoot && !ctx.path.startsWith(`${apiRoot}/`)) return await next();
    ctx.set('Cache-Control', 'no-store');
    ctx.state.describeFailure = (status: number, requestId: string) =>
      describeFailure(ctx, status, requestId);
    try {
      if (ctx.path === `${apiRoot}/openapi.json`) return sendDescription(ctx);
      const here = matchers.flatMap(({ route, read }) => {
        const path = read(ctx.path);
        return path ? [{ route, path }] : [];
      });
      if (here.length === 0) throw new ApiProblem('not_found', 'There is nothing at this address.');
      const found = here.find(({ route }) => route.method === ctx.method);
      if (!found) {
        const methods = here.map(({ route }) => route.method).join(', ');
        throw new ApiProblem('method_not_allowed', `Here: ${methods}.`, { headers: { Allow: methods } });
      }
      await serve(ctx, found.route, found.path);
    } catch (error) {
      const problem = readProblem(error);
      if (!problem) throw error;
      ctx.set(problem.headers);
      sendProblem(ctx, problem.code, problem.message, problem.members);
    }
  };

  function sendDescription(ctx: Context): void {
    if (ctx.method !== 'GET')
      throw new ApiProblem('method_not_allowed', 'Here: GET.', { headers: { Allow: 'GET' } });
    ctx.body = description;
  }

  async function serve(ctx: Context, route: Route, path: Record<string, string>): Promise<void> {
    const inForce = await dependencies.configuration();
    const administrator = await authorize(dependencies, inForce, ctx.get('Authorization'), route.scope);
    const call = {
      administrator,
      origin: actAsOperator(ctx.state.origin, administrator.accountId),
      path: parse(route.params, path, 'path'),
      query: parse(route.query ?? z.strictObject({}), readQuery(ctx), 'query'),
      body: route.body ? parse(route.body, await readBody(ctx, route), 'body') : undefined,
      ifMatch: readIfMatch(ctx),
    };
    if (route.scope === 'curfew:read')
      return send(
        ctx,
        route,
        await route.handle({ ...call, tx: dependencies.database, configuration: inForce }, dependencies),
      );
    const change = (tx: Queryable) =>
      changeConfigured(tx, dependencies, (configuration) =>
        route.handle({ ...call, tx, configuration }, dependencies),
      );
    const key = route.isIdempotent ? readIdempotencyKey(ctx) : undefined;
    const answer = await dependencies.database.transaction((tx) =>
      key === undefined
        ? change(tx)
        : answerOnce(tx, { key, caller: administrator, request: [route.operationId, path, call.body] }, () =>
            change(tx),
          ),
    );
    send(ctx, route, answer);
  }
}

function send(ctx: Context, route: Route, { body, status, version }: Answer<unknown>): void {
  ctx.status = status ?? route.status ?? 200;
  if (version !== undefined) ctx.set('ETag', `"${version}"`);
  if (route.type !== undefined) ctx.type = route.type;
  ctx.body = route.type === undefined ? route.answer.parse(body) : body;
}

function parse(schema: z.ZodType | undefined, value: unknown, where: string): never {
  if (!schema) return {} as never;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data as never;
  const errors = parsed.error.issues.map(({ path, message }) => ({
    pointer: `/${[where, ...path.map(String)].join('/')}`,
    detail: message,
  }));
  const [first] = errors;
  throw new ApiProblem('invalid_request', `${first?.pointer ?? where}: ${first?.detail ?? 'is not valid'}`, {
    members: { errors },
  });
}

/** A name that is given twice is a list, which no schema takes unawares. */
function readQuery(ctx: Context): Record<string, unknown> {
  return { ...ctx.query };
}

async function readBody(
  ctx: Context,
  { longestBody = usualLongestBody, isBodyOptional = false }: Route,
): Promise<unknown> {
  const hasBody = ctx.get('Transfer-Encoding') !== '' || (ctx.request.length ?? 0) > 0;
  if (isBodyOptional && !hasBody) return {};
  if (!ctx.is('json')) throw new ApiProblem('unsupported_media_type', 'Send application/json.');
  const body = await readJson(ctx, longestBody);
  if (body === undefined) throw new ApiProblem('invalid_request', '/body: is not JSON');
  return body;
}

function readIfMatch(ctx: Context): string | undefined {
  const header = ctx.get('If-Match');
  if (header === '' || header === '*') return undefined;
  const tag = /^"([^"]{1,50})"$/.exec(header)?.[1];
  if (tag === undefined)
    throw new ApiProblem('invalid_request', 'If-Match: must be one strong ETag of this API.');
  return tag;
}

function readIdempotencyKey(ctx: Context): string | undefined {
  const header = ctx.get('Idempotency-Key');
  if (header === '') return undefined;
  if (!/^[\x21-\x7e]{8,200}$/.test(header))
    throw new ApiProblem('invalid_request', 'Idempotency-Key: must be 8 to 200 visible ASCII characters.');
  return header;
}

/** Where an operation says what a person can mend. */
const codeOf: Partial<Record<ProblemCode, ApiProblemCode>> = {
  account_unknown: 'not_found',
  session_unknown: 'not_found',
  client_unknown: 'not_found',
  notice_unknown: 'not_found',
  version_unknown: 'not_found',
  policy_unknown: 'not_found',
  scope_unknown: 'not_found',
  resource_unknown: 'not_found',
  key_unknown: 'not_found',
  key_in_use: 'conflict',
  question_empty: 'invalid_request',
  last_administrator: 'last_administrator',
  account_exists: 'conflict',
  client_exists: 'conflict',
  client_secret: 'conflict',
  policy_in_use: 'conflict',
  key_not_public: 'conflict',
  verification_running: 'conflict',
  role_unknown: 'invalid_request',
  month_invalid: 'invalid_request',
  configuration_invalid: 'invalid_request',
};

function readProblem(error: unknown): ApiProblem | undefined {
  if (error instanceof ApiProblem) return error;
  const code = error instanceof Problem ? codeOf[error.code] : undefined;
  return code && new ApiProblem(code, (error as Problem).message);
}

function sendProblem(
  ctx: Context,
  code: ApiProblemCode,
  detail: string,
  members: Readonly<Record<string, unknown>> = {},
): void {
  [ctx.status] = apiProblems[code];
  ctx.body = describeApiProblem(code, detail, members);
  ctx.type = 'application/problem+json';
}

/** What the one place that catches faults answers here. */
function describeFailure(ctx: Context, status: number, requestId: string): void {
  const code = (Object.entries(apiProblems).find(([, [own]]) => own === status)?.[0] ??
    'invalid_request') as ApiProblemCode;
  sendProblem(ctx, code, apiProblems[code][1], { request_id: requestId });
}
