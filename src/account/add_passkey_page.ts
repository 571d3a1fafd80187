import type { Context } from 'koa';
import { describeRefusedPasskey } from '../http/describe_refused_passkey.ts';
import { longestCredential, readField } from '../http/forms.ts';
import { seeOther } from '../http/see_other.ts';
import { sendPage } from '../http/send_page.ts';
import { findAccountById } from '../store/accounts.ts';
import { addPasskeyPage } from '../../views/add_passkey.ts';
import type { AccountDependencies } from './dependencies.ts';
import { finishAdding } from './finish_adding.ts';
import { refuseUninvited } from './refuse_uninvited.ts';
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
  dependencies: AccountDependencies,
  visit: Visit,
  state: { error?: string; name?: string },
  status = 200,
): Promise<void> {
  const { database, passkeys, pageContext } = dependencies;
  const {
    accountId,
    csrfToken,
    session: { sessionId },
  } = visit;
  const account = await findAccountById(database, accountId);
  const context = pageContext();
  const serviceName = context.branding.name;
  const request = await passkeys.beginRegistration({ accountId, sessionId }, serviceName);
  if (!account || !request) return seeOther(ctx, securityPath);
  if (await refuseUninvited(ctx, dependencies, visit, account.username)) return;
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
