import type { Context } from 'koa';
import { toEpochSeconds } from '../domain/instants.ts';
import { describeRefusedPasskey } from '../http/describe_refused_passkey.ts';
import { keepDeviceCookie, readDeviceCookie } from '../http/device_cookie.ts';
import { longestCredential, readField } from '../http/forms.ts';
import { getRequestContext } from '../provider/request_context.ts';
import { acr } from '../provider/token_claims.ts';
import type { InteractionDependencies } from './dependencies.ts';
import { assertCsrf, finishInteraction, getInteraction } from './interaction_request.ts';
import { renderSignIn } from './sign_in_page.ts';

/** A passkey alone signs in, with both factors: what asks for a second one is content. */
export async function submitPasskeySignIn(
  ctx: Context,
  dependencies: InteractionDependencies,
): Promise<void> {
  const found = await getInteraction(ctx, dependencies);
  const { interaction, client } = found;
  assertCsrf(ctx, dependencies, interaction);
  if (interaction.prompt.name !== 'login') return ctx.throw(400);
  const attempt = { interactionId: interaction.uid, answer: readField(ctx, 'credential', longestCredential) };
  const { origin } = getRequestContext();
  const verdict = await dependencies.passkeys.signIn(attempt, { ...origin, clientId: client.clientId });
  if (!verdict.accepted) {
    const passkeyError = describeRefusedPasskey(verdict.reason);
    return await renderSignIn(ctx, dependencies, found, { passkeyError }, 422);
  }
  const { accountId, signedInAt, accessVersion, amr } = verdict;
  const deviceToken = readDeviceCookie(ctx);
  keepDeviceCookie(ctx, await dependencies.renewDevice({ accountId, deviceToken }));
  const login = {
    accountId,
    acr: acr.mfa,
    amr,
    ts: toEpochSeconds(signedInAt),
    remember: false,
    signedInAt,
    accessVersion,
    mfaAt: signedInAt,
    phrAt: signedInAt,
  };
  await finishInteraction(ctx, dependencies, { login });
}
