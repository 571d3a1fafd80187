import type { Context } from 'koa';
import { hasSecondFactor } from '../store/second_factors.ts';
import { maySetUpFirst } from '../operations/may_set_up_first.ts';
import { invitationNeededPage } from '../../views/invitation_needed.ts';
import { describeRefusedPasskey } from '../http/describe_refused_passkey.ts';
import { longestCredential, readField } from '../http/forms.ts';
import { seeOther } from '../http/see_other.ts';
import { sendPage } from '../http/send_page.ts';
import { findAccountById } from '../store/accounts.ts';
import { addPasskeyPage } from '../../views/add_passkey.ts';
import type { AccountDependencies } from './dependencies.ts';
import { finishAdding } from './finish_adding.ts';
import { securityPath } from './security_page.ts';
import type { Visit } from '../domain/visit.ts';

/** Add a passkey, the first or a further one; each look at the page asks for another. */
export async function showAddPasskey(
  ctx: Context,
  dependencies: AccountDependencies,
  visit: Visit,
): Promise<void> {
  await render(ctx, dependencies, visit, {});
}

export async function submitAddPasskey(
  ctx: Context,
  dependencies: AccountDependencies,
  visit: Visit,
): Promise<void> {
  const {
    accountId,
    origin,
    session: { sessionId },
  } = visit;
  const answer = readField(ctx, 'credential', longestCredential);
  const name = readField(ctx, 'name', 60).trim();
  const verdict = await dependencies.passkeys.register({ accountId, sessionId, answer, name }, origin);
  if (!verdict.registered) {
    const error = describeRefusedPasskey(verdict.reason);
    return await render(ctx, dependencies, visit, { error, name }, 422);
  }
  await finishAdding(ctx, dependencies, visit, { what: 'passkey', recoveryCodes: verdict.recoveryCodes });
}

async function render(
  ctx: Context,
  { database, passkeys, pageContext }: AccountDependencies,
  { accountId, csrfToken, session: { sessionId } }: Visit,
  state: { error?: string; name?: string },
  status = 200,
): Promise<void> {
  const account = await findAccountById(database, accountId);
  const context = pageContext();
  const serviceName = context.branding.name;
  const request = await passkeys.beginRegistration({ accountId, sessionId }, serviceName);
  if (!account || !request) return seeOther(ctx, securityPath);
  if (
    !(await hasSecondFactor(database, accountId)) &&
    !(await maySetUpFirst(database, { accountId, sessionId }))
  )
    return sendPage(ctx, invitationNeededPage(pageContext(), { username: account.username }), 403);
  const page = addPasskeyPage(context, {
    action: `${securityPath}/passkeys/new`,
    csrfToken,
    username: account.username,
    serviceName,
    request,
    error: state.error,
    passkeyName: state.name,
    account: true,
  });
  sendPage(ctx, page, status);
}
