import type { Context } from 'koa';
import { describeRefusedCode, describeWait } from '../http/describe_refused_code.ts';
import { readField } from '../http/forms.ts';
import { sendPage } from '../http/send_page.ts';
import { getRequestContext } from '../provider/request_context.ts';
import { passkeyPage } from '../../views/passkey.ts';
import { totpPage } from '../../views/totp.ts';
import type { InteractionDependencies } from './dependencies.ts';
import { describeStepUp } from './describe_step_up.ts';
import { showEnrolment } from './enrolment_page.ts';
import { findPasskeyEnrolment, showPasskeyEnrolment } from './passkey_enrolment_page.ts';
import { showRecovery } from './recovery_page.ts';
import { assertCsrf, clientName, finishInteraction } from './interaction_request.ts';
import { getSecondFactorInteraction, mfaLogin, readStepUp } from './second_factor_interaction.ts';
import type { ProvedFactor, SecondFactorInteraction } from './second_factor_interaction.ts';

/** Longest accepted code, spaces included. */
const longestCode = 40;

/** The challenge; where there is no factor to ask for, the enrolment; where none is taken any more, the recovery. */
export async function showSecondFactor(ctx: Context, dependencies: InteractionDependencies): Promise<void> {
  const found = await getSecondFactorInteraction(ctx, dependencies);
  await renderChallenge(ctx, dependencies, found, {});
}

export async function submitTotp(ctx: Context, dependencies: InteractionDependencies): Promise<void> {
  const found = await getSecondFactorInteraction(ctx, dependencies);
  assertCsrf(ctx, dependencies, found.interaction);
  const { origin } = getRequestContext();
  // Not even looked at, and so never used up: it could not serve.
  if (readStepUp(found).phishingResistant && (await dependencies.passkeys.has(found.accountId))) {
    const passkeyError = 'A code is not enough here. Use a passkey.';
    return await renderChallenge(ctx, dependencies, found, { passkeyError }, 422);
  }
  const attempt = { accountId: found.accountId, code: readField(ctx, 'code', longestCode) };
  const verdict = await dependencies.secondFactors.verifyTotp(attempt, origin);
  if (verdict.accepted)
    return await finishWithMfa(ctx, dependencies, found, { mfaAt: verdict.mfaAt, amr: ['otp'] });
  if (verdict.reason === 'blocked') {
    return await renderChallenge(
      ctx,
      dependencies,
      found,
      { lockedUntilText: describeWait(verdict.until) },
      429,
    );
  }
  if (verdict.reason === 'disabled') return await showSecondFactor(ctx, dependencies);
  await renderChallenge(ctx, dependencies, found, { error: describeRefusedCode(verdict.reason) }, 422);
}

/** Go on with the request: the session is one with MFA now; its sign-in stays the moment it was. */
export async function finishWithMfa(
  ctx: Context,
  dependencies: InteractionDependencies,
  found: SecondFactorInteraction,
  proved: ProvedFactor,
): Promise<void> {
  await finishInteraction(ctx, dependencies, { login: mfaLogin(found, proved), mfa: {} });
}

/**
 * Ask for a code, a passkey, or whichever the person likes better where there are both. Each look at the
 * page asks for another signature.
 */
export async function renderChallenge(
  ctx: Context,
  dependencies: InteractionDependencies,
  found: SecondFactorInteraction,
  state: { error?: string; passkeyError?: string; lockedUntilText?: string },
  status = 200,
): Promise<void> {
  const { interaction, client, account, accountId } = found;
  const { csrf, pageContext, secondFactors, passkeys } = dependencies;
  const at = `/interaction/${interaction.uid}`;
  const request = await passkeys.ask({ accountId, interactionId: interaction.uid });
  const app = await secondFactors.totpState(accountId);
  const { phishingResistant } = readStepUp(found);
  const next = phishingResistant ? await findPasskeyEnrolment(dependencies, found) : 'not now';
  if (next === 'ask the password') return await finishInteraction(ctx, dependencies, {});
  if (next === 'add') return await showPasskeyEnrolment(ctx, dependencies, found);
  if (!request && app === 'none') return await showEnrolment(ctx, dependencies);
  if (!request && app === 'disabled') return await showRecovery(ctx, dependencies);
  const common = {
    csrfToken: csrf.issue(interaction.uid),
    clientName: clientName(client),
    username: account.username,
    why: phishingResistant ? `${describeStepUp(found)} ${whyNoCode(request)}` : describeStepUp(found),
    recoveryAction: `${at}/recovery`,
  };
  if (request && (phishingResistant || app !== 'active')) {
    const { passkeyError: error } = state;
    const page = passkeyPage(pageContext(), { ...common, action: `${at}/passkey`, request, error });
    return sendPage(ctx, page, status);
  }
  const passkey = request ? { action: `${at}/passkey`, request } : undefined;
  sendPage(ctx, totpPage(pageContext(), { ...common, action: `${at}/totp`, passkey, ...state }), status);
}

function whyNoCode(request: string | undefined): string {
  if (request) return 'Only a passkey will do; a code is not enough.';
  return 'Only a passkey will do, and you have none yet: enter a code first, then add one.';
}
