import type { Context } from 'koa';
import { staySignedIn } from '../operations/stay_signed_in.ts';
import type { JudgedSession } from '../operations/judge_session.ts';
import { readField } from '../http/forms.ts';
import { readNow } from '../store/sessions.ts';
import { allowAsker, findAsker, mayHear, touchHeader } from './askers.ts';
import type { Asker } from './askers.ts';
import { findCallersSession } from './caller.ts';
import type { SessionDependencies } from './dependencies.ts';
import { describeSession } from './describe_session.ts';

/** `GET /session`: when the caller's session ends, or why it has ended. Never activity. */
export async function showSession(ctx: Context, dependencies: SessionDependencies): Promise<void> {
  const heard = await hear(ctx, dependencies);
  if (!heard) return refuse(ctx, 'This origin is not one of an app that is signed in here.');
  await answer(ctx, dependencies, heard.judged);
}

/**
 * `POST /session/touch`: the user was there, `inactive_for` seconds ago or now. 401 with the reason where
 * the session is over. A form cannot send the header, so that no page but those that are answered touches.
 */
export async function touchSession(ctx: Context, dependencies: SessionDependencies): Promise<void> {
  if (ctx.get(touchHeader) === '') return refuse(ctx, `The header ${touchHeader} is missing.`);
  const heard = await hear(ctx, dependencies);
  if (!heard) return refuse(ctx, 'This origin is not one of an app that is signed in here.');
  const inactiveFor = readInactiveFor(ctx);
  if (inactiveFor === undefined) {
    ctx.status = 400;
    ctx.body = {
      error: 'invalid_request',
      error_description: 'inactive_for is seconds, in at most ten digits.',
    };
    return;
  }
  const { asker, judged } = heard;
  const { database, configurations } = dependencies;
  const touched =
    judged &&
    (await staySignedIn(database, (version) => configurations.atLeast(version), {
      sessionId: judged.session.sessionId,
      inactiveFor,
      origin: ctx.state.origin,
      webOrigin: asker.kind === 'app' ? asker.origin : undefined,
    }));
  if (touched?.life.over !== false) ctx.status = 401;
  await answer(ctx, dependencies, touched);
}

/** The browser asks whether an app may ask: that it is registered is all that can be known yet. */
export function answerPreflight(ctx: Context, { issuer, configurations }: SessionDependencies): void {
  setHeaders(ctx);
  const asker = findAsker(ctx, issuer, configurations.current());
  if (!asker) return refuse(ctx, 'This origin is not one of a registered app.');
  allowAsker(ctx, asker);
  ctx.set({
    'Access-Control-Allow-Methods': 'GET, POST',
    'Access-Control-Allow-Headers': touchHeader,
    'Access-Control-Max-Age': '600',
  });
  ctx.status = 204;
}

interface Heard {
  asker: Asker;
  judged: JudgedSession | undefined;
}

/** Who asks, and the session they may hear of; undefined: they may not. */
async function hear(ctx: Context, dependencies: SessionDependencies): Promise<Heard | undefined> {
  setHeaders(ctx);
  const asker = findAsker(ctx, dependencies.issuer, dependencies.configurations.current());
  if (!asker) return undefined;
  const judged = await findCallersSession(ctx, dependencies);
  const configuration = judged?.configuration ?? dependencies.configurations.current();
  if (!mayHear(asker, configuration, judged?.session.clientIds)) return undefined;
  allowAsker(ctx, asker);
  return { asker, judged };
}

async function answer(
  ctx: Context,
  { database }: SessionDependencies,
  judged: JudgedSession | undefined,
): Promise<void> {
  ctx.body = describeSession(judged, judged?.now ?? (await readNow(database)));
}

function setHeaders(ctx: Context): void {
  ctx.vary('Origin');
  ctx.set({ 'Cache-Control': 'no-store', 'Cross-Origin-Resource-Policy': 'same-origin' });
}

function refuse(ctx: Context, description: string): void {
  setHeaders(ctx);
  ctx.status = 403;
  ctx.body = { error: 'access_denied', error_description: description };
}

/** As at a refresh: digits, at most ten; absent is 0. undefined: anything else. */
function readInactiveFor(ctx: Context): number | undefined {
  const { body } = ctx.request as { body?: Record<string, unknown> };
  if (body?.inactive_for === undefined) return 0;
  const digits = readField(ctx, 'inactive_for', 10);
  return /^\d+$/.test(digits) ? Math.min(Number(digits), 2_147_483_647) : undefined;
}
