import type { Context } from 'koa';
import { renderSVG } from 'uqr';
import { describeRefusedCode, describeWait } from '../http/describe_refused_code.ts';
import { readField } from '../http/forms.ts';
import { seeOther } from '../http/see_other.ts';
import { sendPage } from '../http/send_page.ts';
import { findAccountById } from '../store/accounts.ts';
import { listTotpFactors, mostTotpFactors } from '../store/second_factors.ts';
import { enrolTotpPage } from '../../views/enrol_totp.ts';
import { Html } from '../../views/html.ts';
import type { AccountDependencies } from './dependencies.ts';
import { finishAdding } from './finish_adding.ts';
import { refuseUninvited } from './refuse_uninvited.ts';
import { securityPath } from './security_page.ts';
import type { Visit } from '../domain/visit.ts';

/** Set up a first authenticator or a further one; the secret stays the same until a code confirms it. */
export async function showAddApp(
  ctx: Context,
  dependencies: AccountDependencies,
  visit: Visit,
): Promise<void> {
  await render(ctx, dependencies, visit, {});
}

export async function submitAddApp(
  ctx: Context,
  dependencies: AccountDependencies,
  visit: Visit,
): Promise<void> {
  const {
    accountId,
    origin,
    session: { sessionId },
  } = visit;
  const [code, name] = [readField(ctx, 'code', 40), readField(ctx, 'name', 60).trim()];
  const verdict = await dependencies.authenticators.confirmEnrolment(
    { accountId, sessionId, code, name },
    origin,
  );
  if (!verdict.enrolled) {
    if (verdict.reason === 'none_pending') return seeOther(ctx, securityPath);
    if (verdict.reason === 'not_invited') return await render(ctx, dependencies, visit, {});
    if (verdict.reason === 'blocked') {
      const error = `Too many codes were wrong. ${describeWait(verdict.until)}`;
      return await render(ctx, dependencies, visit, { error, name }, 429);
    }
    return await render(ctx, dependencies, visit, { error: describeRefusedCode(verdict.reason), name }, 422);
  }
  await finishAdding(ctx, dependencies, visit, { what: 'app', recoveryCodes: verdict.recoveryCodes });
}

async function render(
  ctx: Context,
  dependencies: AccountDependencies,
  visit: Visit,
  state: { error?: string; name?: string },
  status = 200,
): Promise<void> {
  const { database, authenticators, pageContext } = dependencies;
  const {
    accountId,
    csrfToken,
    session: { sessionId },
  } = visit;
  const account = await findAccountById(database, accountId);
  const others = (await listTotpFactors(database, accountId)).length;
  if (!account || others >= mostTotpFactors) return seeOther(ctx, securityPath);
  if (await refuseUninvited(ctx, dependencies, visit, account.username)) return;
  const context = pageContext();
  const { username } = account;
  const issuer = context.branding.name;
  const label = { issuer, account: username };
  const { secret, otpauthUri } = await authenticators.beginEnrolment({ accountId, sessionId }, label);
  const page = enrolTotpPage(context, {
    action: `${securityPath}/apps/new`,
    csrfToken,
    otpauthUri,
    qrSvg: new Html(renderSVG(otpauthUri)),
    secretGroups: secret.match(/.{1,4}/g) ?? [],
    issuer,
    username,
    error: state.error,
    deviceName: state.name,
    account: { hasOthers: others > 0 },
  });
  sendPage(ctx, page, status);
}
