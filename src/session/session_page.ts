import type { Context } from 'koa';
import { describeEnd } from '../domain/describe_end.ts';
import { describeDuration } from '../domain/durations.ts';
import { wholeSecondsBetween } from '../domain/instants.ts';
import { describeFuture } from '../http/describe_moment.ts';
import { readField } from '../http/forms.ts';
import { sendPage } from '../http/send_page.ts';
import type { JudgedSession } from '../operations/judge_session.ts';
import { staySignedIn } from '../operations/stay_signed_in.ts';
import { sessionPage } from '../../views/session.ts';
import { findCallersSession } from './caller.ts';
import type { SessionDependencies } from './dependencies.ts';

/** `GET /session/view`: when the session ends, for people without script. Looking at it is no activity. */
export async function showSessionPage(ctx: Context, dependencies: SessionDependencies): Promise<void> {
  const judged = await findCallersSession(ctx, dependencies);
  const { pageContext, csrf, findUsername } = dependencies;
  if (!judged || judged.life.over) {
    const reason = judged?.life.over ? describeEnd(judged.life.end) : undefined;
    return sendPage(ctx, sessionPage(pageContext(), { signedIn: false, reason }));
  }
  const { session, limits, now, life } = judged;
  const page = sessionPage(pageContext(), {
    signedIn: true,
    username: (await findUsername(session.accountId)) ?? '',
    left: describeDuration(wholeSecondsBetween(now, life.idleEndAt)),
    idle: describeFuture(life.idleEndAt, now),
    absolute: describeFuture(life.absoluteEndAt, now),
    idleLimit: describeDuration(limits.session_idle.value),
    isLast: life.idleEndAt === life.absoluteEndAt,
    action: '/session/view',
    csrfToken: csrf.issue(formSubject(judged)),
  });
  sendPage(ctx, page);
}

/** The form of that page: the user is there. Its answer is the page anew, whatever became of the session. */
export async function submitStay(ctx: Context, dependencies: SessionDependencies): Promise<void> {
  const judged = await findCallersSession(ctx, dependencies);
  if (judged && !judged.life.over) {
    if (!dependencies.csrf.check(formSubject(judged), readField(ctx, 'csrf', 100))) ctx.throw(403);
    const { database, configurations } = dependencies;
    const { sessionId } = judged.session;
    const presence = { sessionId, inactiveFor: 0, origin: ctx.state.origin };
    await staySignedIn(database, (version) => configurations.atLeast(version), presence);
  }
  ctx.status = 303;
  ctx.redirect('/session/view');
}

const formSubject = ({ session }: JudgedSession) => `session ${session.sessionId}`;
