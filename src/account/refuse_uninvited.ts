import type { Context } from 'koa';
import { invitationNeededPage } from '../../views/invitation_needed.ts';
import type { Visit } from '../domain/visit.ts';
import { sendPage } from '../http/send_page.ts';
import { maySetUpFirst } from '../operations/may_set_up_first.ts';
import { hasSecondFactor } from '../store/second_factors.ts';
import type { AccountDependencies } from './dependencies.ts';

/** Answers in the place of a first second factor's form where that takes an invitation; true: it has answered. */
export async function refuseUninvited(
  ctx: Context,
  { database, pageContext }: AccountDependencies,
  { accountId, session: { sessionId } }: Visit,
  username: string,
): Promise<boolean> {
  if (await hasSecondFactor(database, accountId)) return false;
  if (await maySetUpFirst(database, { accountId, sessionId })) return false;
  sendPage(ctx, invitationNeededPage(pageContext(), { username }), 403);
  return true;
}
