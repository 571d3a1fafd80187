import type { Context } from 'koa';
import { describeWait } from '../http/describe_refused_code.ts';
import { readField } from '../http/forms.ts';
import { sendPage } from '../http/send_page.ts';
import { getRequestContext } from '../provider/request_context.ts';
import { recoveryPage } from '../../views/recovery.ts';
import type { InteractionDependencies } from './dependencies.ts';
import { assertCsrf, finishInteraction } from './interaction_request.ts';
import { getSecondFactorInteraction } from './second_factor_interaction.ts';
import type { SecondFactorInteraction } from './second_factor_interaction.ts';

export async function showRecovery(ctx: Context, dependencies: InteractionDependencies): Promise<void> {
  await renderRecovery(ctx, dependencies, await getSecondFactorInteraction(ctx, dependencies), {});
}

/**
 * A recovery code stands in for a lost factor: that one is removed, every other session ends, and the
 * request goes on to where a new one is set up — after the password, if its proof is too old by now.
 */
export async function submitRecovery(ctx: Context, dependencies: InteractionDependencies): Promise<void> {
  const found = await getSecondFactorInteraction(ctx, dependencies);
  assertCsrf(ctx, dependencies, found.interaction);
  const { accountId, sessionId } = found;
  const { origin } = getRequestContext();
  const attempt = { accountId, code: readField(ctx, 'recovery_code', 100) };
  const verdict = await dependencies.secondFactors.useRecoveryCode(attempt, origin);
  if (!verdict.accepted) {
    if (verdict.reason === 'blocked') {
      return await renderRecovery(
        ctx,
        dependencies,
        found,
        { lockedUntilText: describeWait(verdict.until) },
        429,
      );
    }
    return await renderRecovery(
      ctx,
      dependencies,
      found,
      { error: 'This is not one of your unused recovery codes.' },
      422,
    );
  }
  await dependencies.secondFactors.removeAll({ accountId, keeps: sessionId }, origin);
  await finishInteraction(ctx, dependencies, {});
}

async function renderRecovery(
  ctx: Context,
  { csrf, pageContext, secondFactors, passkeys }: InteractionDependencies,
  { interaction, account, accountId }: SecondFactorInteraction,
  state: { error?: string; lockedUntilText?: string },
  status = 200,
): Promise<void> {
  const app = await secondFactors.totpState(accountId);
  const hasPasskey = (await passkeys.ask({ accountId, interactionId: interaction.uid })) !== undefined;
  const challengeUrl = `/interaction/${interaction.uid}`;
  const page = recoveryPage(pageContext(), {
    action: `/interaction/${interaction.uid}/recovery`,
    csrfToken: csrf.issue(interaction.uid),
    username: account.username,
    ...(app === 'disabled' ? { appIsDisabled: true } : {}),
    ...(app === 'active' ? { totpUrl: challengeUrl } : {}),
    ...(hasPasskey ? { passkeyUrl: challengeUrl } : {}),
    ...state,
  });
  sendPage(ctx, page, status);
}
