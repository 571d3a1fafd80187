import type { Context } from 'koa';
import { renderSVG } from 'uqr';
import { describeRefusedCode, describeWait } from '../http/describe_refused_code.ts';
import { readField } from '../http/forms.ts';
import { sendPage } from '../http/send_page.ts';
import { getRequestContext } from '../provider/request_context.ts';
import { enrolTotpPage } from '../../views/enrol_totp.ts';
import { Html } from '../../views/html.ts';
import { recoveryCodesPage } from '../../views/recovery_codes.ts';
import type { InteractionDependencies } from './dependencies.ts';
import { describeStepUp } from './describe_step_up.ts';
import { assertCsrf, finishInteraction, getInteraction } from './interaction_request.ts';
import { showInvitationNeeded } from './invitation_needed_page.ts';
import { getSecondFactorInteraction, mfaLogin } from './second_factor_interaction.ts';
import type { SecondFactorInteraction } from './second_factor_interaction.ts';

/** Set up a first authenticator: scan, enter a code, keep the recovery codes. */
export async function showEnrolment(ctx: Context, dependencies: InteractionDependencies): Promise<void> {
  const found = await getSecondFactorInteraction(ctx, dependencies);
  if (!(await dependencies.secondFactors.mayEnrol(found))) return await askFirst(ctx, dependencies);
  const owner = { ...found, clientId: found.client.clientId };
  if (!(await dependencies.secondFactors.maySetUpFirst(owner)))
    return showInvitationNeeded(ctx, dependencies, found);
  await renderEnrolment(ctx, dependencies, found, {});
}

/**
 * Back to the request, which asks for the password when its proof has grown too old on this page, and for the
 * factor where there is one.
 */
async function askFirst(ctx: Context, dependencies: InteractionDependencies): Promise<void> {
  await finishInteraction(ctx, dependencies, {});
}

export async function submitEnrolment(ctx: Context, dependencies: InteractionDependencies): Promise<void> {
  const found = await getSecondFactorInteraction(ctx, dependencies);
  assertCsrf(ctx, dependencies, found.interaction);
  const { accountId, sessionId, interaction } = found;
  const { csrf, secondFactors, pageContext, currentProvider } = dependencies;
  if (!(await secondFactors.mayEnrol(found))) return await askFirst(ctx, dependencies);
  const [code, name] = [readField(ctx, 'code', 40), readField(ctx, 'name', 60).trim()];
  const { origin } = getRequestContext();
  const attempt = { accountId, sessionId, clientId: found.client.clientId, code, name };
  const verdict = await secondFactors.confirmEnrolment(attempt, origin);
  if (!verdict.enrolled) {
    if (verdict.reason === 'none_pending') return ctx.redirect(`/interaction/${interaction.uid}`);
    if (verdict.reason === 'not_invited') return showInvitationNeeded(ctx, dependencies, found);
    const error =
      verdict.reason === 'blocked'
        ? `Too many codes were wrong. ${describeWait(verdict.until)}`
        : describeRefusedCode(verdict.reason);
    return await renderEnrolment(
      ctx,
      dependencies,
      found,
      { error, name },
      verdict.reason === 'blocked' ? 429 : 422,
    );
  }
  // The proof is kept now; the page that shows the codes only leads on.
  const result = { login: mfaLogin(found, { mfaAt: verdict.mfaAt, amr: ['otp'] }), mfa: {} };
  await currentProvider().interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: true });
  const page = recoveryCodesPage(pageContext(), {
    codes: verdict.recoveryCodes,
    next: { action: `/interaction/${interaction.uid}/continue`, csrfToken: csrf.issue(interaction.uid) },
  });
  sendPage(ctx, page);
}

/** Go on with what is already established. */
export async function continueInteraction(
  ctx: Context,
  dependencies: InteractionDependencies,
): Promise<void> {
  const { interaction } = await getInteraction(ctx, dependencies);
  assertCsrf(ctx, dependencies, interaction);
  await finishInteraction(ctx, dependencies, interaction.result ?? {});
}

async function renderEnrolment(
  ctx: Context,
  { csrf, pageContext, secondFactors }: InteractionDependencies,
  found: SecondFactorInteraction,
  state: { error?: string; name?: string },
  status = 200,
): Promise<void> {
  const { interaction, accountId, sessionId, account } = found;
  const context = pageContext();
  const issuer = context.branding.name;
  const label = { issuer, account: account.username };
  const { secret, otpauthUri } = await secondFactors.beginEnrolment({ accountId, sessionId }, label);
  const page = enrolTotpPage(context, {
    action: `/interaction/${interaction.uid}/enrol`,
    csrfToken: csrf.issue(interaction.uid),
    why: describeStepUp(found),
    otpauthUri,
    qrSvg: new Html(renderSVG(otpauthUri)),
    secretGroups: secret.match(/.{1,4}/g) ?? [],
    issuer,
    username: account.username,
    error: state.error,
    deviceName: state.name,
  });
  sendPage(ctx, page, status);
}
