import type { Context } from 'koa';
import { describeRefusedPasskey } from '../http/describe_refused_passkey.ts';
import { longestCredential, readField } from '../http/forms.ts';
import { sendPage } from '../http/send_page.ts';
import { getRequestContext } from '../provider/request_context.ts';
import { addPasskeyPage } from '../../views/add_passkey.ts';
import { recoveryCodesPage } from '../../views/recovery_codes.ts';
import type { InteractionDependencies } from './dependencies.ts';
import { assertCsrf, finishInteraction } from './interaction_request.ts';
import { showInvitationNeeded } from './invitation_needed_page.ts';
import { getSecondFactorInteraction, mfaLogin, readStepUp } from './second_factor_interaction.ts';
import type { SecondFactorInteraction } from './second_factor_interaction.ts';

/**
 * Where only a passkey will do, whether a first one is added here and now. It takes a recent password, and a
 * recent code of whoever has an app: `not now` asks for that code first, or for the passkey there is.
 */
export async function findPasskeyEnrolment(
  { passkeys }: InteractionDependencies,
  { accountId, sessionId }: SecondFactorInteraction,
): Promise<'add' | 'ask the password' | 'not now'> {
  if (await passkeys.has(accountId)) return 'not now';
  const missing = await passkeys.findMissingProofs({ accountId, sessionId });
  if (missing.password) return 'ask the password';
  return missing.factor ? 'not now' : 'add';
}

export async function showPasskeyEnrolment(
  ctx: Context,
  dependencies: InteractionDependencies,
  found: SecondFactorInteraction,
  state: { error?: string; name?: string } = {},
  status = 200,
): Promise<void> {
  const { csrf, pageContext, passkeys, secondFactors } = dependencies;
  const { interaction, client, accountId, sessionId, account } = found;
  const isFirst = (await secondFactors.totpState(accountId)) === 'none';
  const owner = { accountId, sessionId, clientId: client.clientId };
  if (isFirst && !(await secondFactors.maySetUpFirst(owner)))
    return showInvitationNeeded(ctx, dependencies, found);
  const context = pageContext();
  const serviceName = context.branding.name;
  const request = await passkeys.beginRegistration({ accountId, sessionId }, serviceName);
  if (!request) return ctx.throw(400);
  const page = addPasskeyPage(context, {
    action: `/interaction/${interaction.uid}/enrol-passkey`,
    csrfToken: csrf.issue(interaction.uid),
    username: account.username,
    serviceName,
    request,
    why: 'To go on takes a passkey, and you have none yet. Add one now.',
    error: state.error,
    passkeyName: state.name,
  });
  sendPage(ctx, page, status);
}

/** Keep the passkey; making it is the proof that the request waits for. */
export async function submitPasskeyEnrolment(
  ctx: Context,
  dependencies: InteractionDependencies,
): Promise<void> {
  const found = await getSecondFactorInteraction(ctx, dependencies);
  const { interaction, accountId, sessionId } = found;
  assertCsrf(ctx, dependencies, interaction);
  const isDue =
    readStepUp(found).phishingResistant && (await findPasskeyEnrolment(dependencies, found)) === 'add';
  if (!isDue) return await finishInteraction(ctx, dependencies, {});
  const answer = readField(ctx, 'credential', longestCredential);
  const name = readField(ctx, 'name', 60).trim();
  const { origin } = getRequestContext();
  const { csrf, currentProvider, pageContext, passkeys } = dependencies;
  const verdict = await passkeys.register(
    { accountId, sessionId, clientId: found.client.clientId, answer, name },
    origin,
  );
  if (!verdict.registered) {
    if (verdict.reason === 'not_invited') return showInvitationNeeded(ctx, dependencies, found);
    const error = describeRefusedPasskey(verdict.reason);
    return await showPasskeyEnrolment(ctx, dependencies, found, { error, name }, 422);
  }
  const { mfaAt, amr, recoveryCodes: codes } = verdict;
  const result = { login: mfaLogin(found, { mfaAt, phrAt: mfaAt, amr }), mfa: {} };
  if (codes.length === 0) return await finishInteraction(ctx, dependencies, result);
  await currentProvider().interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: true });
  const next = { action: `/interaction/${interaction.uid}/continue`, csrfToken: csrf.issue(interaction.uid) };
  sendPage(ctx, recoveryCodesPage(pageContext(), { codes, next }));
}
