import type { Context } from 'koa';
import { describeRefusedPasskey } from '../http/describe_refused_passkey.ts';
import { longestCredential, readField } from '../http/forms.ts';
import { getRequestContext } from '../provider/request_context.ts';
import type { InteractionDependencies } from './dependencies.ts';
import { assertCsrf } from './interaction_request.ts';
import { getSecondFactorInteraction } from './second_factor_interaction.ts';
import { finishWithMfa, renderChallenge } from './second_factor_page.ts';

/** A passkey in the place of a code. */
export async function submitPasskey(ctx: Context, dependencies: InteractionDependencies): Promise<void> {
  const found = await getSecondFactorInteraction(ctx, dependencies);
  assertCsrf(ctx, dependencies, found.interaction);
  const { origin } = getRequestContext();
  const attempt = {
    accountId: found.accountId,
    interactionId: found.interaction.uid,
    answer: readField(ctx, 'credential', longestCredential),
  };
  const verdict = await dependencies.passkeys.verify(attempt, origin);
  if (verdict.accepted) {
    const { mfaAt, amr } = verdict;
    return await finishWithMfa(ctx, dependencies, found, { mfaAt, phrAt: mfaAt, amr });
  }
  const passkeyError = describeRefusedPasskey(verdict.reason);
  await renderChallenge(ctx, dependencies, found, { passkeyError }, 422);
}
