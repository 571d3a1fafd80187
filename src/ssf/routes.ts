import type { Context, Middleware } from 'koa';
import { readJson } from '../http/json_body.ts';
import type { Answer, Handler } from './call.ts';
import { replaceStream, updateStream } from './change_stream.ts';
import { createStream } from './create_stream.ts';
import { deleteStream } from './delete_stream.ts';
import type { SsfDependencies } from './dependencies.ts';
import { describeTransmitter } from './metadata.ts';
import { paths } from './paths.ts';
import { pollEvents } from './poll_events.ts';
import { readStream } from './read_stream.ts';
import { readStatus, updateStatus } from './stream_status.ts';
import { addSubject, removeSubject } from './subjects.ts';
import { verifyStream } from './verify_stream.ts';

type Scope = 'ssf.read' | 'ssf.manage';

interface Route {
  method: string;
  path: string;
  /** `ssf.manage` opens what `ssf.read` does. */
  scope: Scope;
  handle: Handler;
}

/** Every route that takes a token (SSF 1.0 §8.1, RFC 8936); polling acknowledges, but changes no stream. */
export const routes: readonly Route[] = [
  { method: 'POST', path: paths.streams, scope: 'ssf.manage', handle: createStream },
  { method: 'GET', path: paths.streams, scope: 'ssf.read', handle: readStream },
  { method: 'PATCH', path: paths.streams, scope: 'ssf.manage', handle: updateStream },
  { method: 'PUT', path: paths.streams, scope: 'ssf.manage', handle: replaceStream },
  { method: 'DELETE', path: paths.streams, scope: 'ssf.manage', handle: deleteStream },
  { method: 'GET', path: paths.status, scope: 'ssf.read', handle: readStatus },
  { method: 'POST', path: paths.status, scope: 'ssf.manage', handle: updateStatus },
  { method: 'POST', path: paths.addSubject, scope: 'ssf.manage', handle: addSubject },
  { method: 'POST', path: paths.removeSubject, scope: 'ssf.manage', handle: removeSubject },
  { method: 'POST', path: paths.verification, scope: 'ssf.manage', handle: verifyStream },
  { method: 'POST', path: paths.poll, scope: 'ssf.read', handle: pollEvents },
];

const longestBody = 256 * 1024;

/** The routes of the transmitter. */
export function ssfRoutes(dependencies: SsfDependencies): Middleware {
  return async (ctx, next) => {
    if (ctx.path === paths.metadata || ctx.path === paths.keys) {
      if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return refuseMethod(ctx, ['GET', 'HEAD']);
      ctx.body =
        ctx.path === paths.keys ? { keys: dependencies.keys() } : describeTransmitter(dependencies.issuer);
      return;
    }
    const [path, polled] = readPath(ctx.path);
    const here = routes.filter((route) => route.path === path);
    if (here.length === 0) return await next();
    const route = here.find(({ method }) => method === ctx.method);
    if (!route)
      return refuseMethod(
        ctx,
        here.map(({ method }) => method),
      );
    const query = new URLSearchParams(polled === undefined ? ctx.querystring : { stream_id: polled });
    send(ctx, await handle(dependencies, ctx, route, query));
  };
}

/** The path of a route, and the stream that a polling one names. */
function readPath(path: string): [path: string, streamId?: string] {
  const isPoll = path.startsWith(paths.poll) && path !== paths.poll;
  return isPoll ? [paths.poll, path.slice(paths.poll.length)] : [path];
}

async function handle(
  dependencies: SsfDependencies,
  ctx: Context,
  { scope, handle: run }: Route,
  query: URLSearchParams,
): Promise<Answer> {
  const token = /^bearer ([\w.~+/=-]+)$/i.exec(ctx.get('Authorization'))?.[1];
  if (token === undefined) return refuseToken(ctx, 401);
  const bearer = await dependencies.readBearer(token);
  if (!bearer) return refuseToken(ctx, 401, { error: 'invalid_token' });
  const canManage = bearer.scopes.includes('ssf.manage');
  if (!canManage && !bearer.scopes.includes(scope)) {
    return refuseToken(ctx, 403, { error: 'insufficient_scope', scope });
  }
  const body = ctx.method === 'GET' || ctx.method === 'DELETE' ? undefined : await readJson(ctx, longestBody);
  const { clientId } = bearer;
  const signal = AbortSignal.any([dependencies.stopping, whenClosed(ctx)]);
  return await run(dependencies, { clientId, canManage, query, body, origin: ctx.state.origin, signal });
}

function whenClosed(ctx: Context): AbortSignal {
  const closed = new AbortController();
  ctx.res.once('close', () => closed.abort());
  return closed.signal;
}

/** RFC 6750 §3: without a token no error is named. */
function refuseToken(ctx: Context, status: number, challenge: Record<string, string> = {}): Answer {
  const parts = Object.entries(challenge).map(([name, value]) => `${name}="${value}"`);
  ctx.set('WWW-Authenticate', ['Bearer', parts.join(', ')].join(' ').trim());
  const { error = 'invalid_token' } = challenge;
  const message = status === 403 ? 'The token does not open this.' : 'A valid access token is needed.';
  return { status, body: { error, error_description: message } };
}

function refuseMethod(ctx: Context, methods: readonly string[]): void {
  ctx.set('Allow', methods.join(', '));
  send(ctx, { status: 405, body: { error: 'invalid_request', error_description: 'Not this method.' } });
}

function send(ctx: Context, { status, body }: Answer): void {
  ctx.set('Cache-Control', 'no-store');
  ctx.status = status;
  if (body !== undefined) ctx.body = body;
}
