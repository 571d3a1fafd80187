import type { Context } from 'koa';
import { describeDuration } from '../domain/durations.ts';
import { toEpochSeconds, wholeSecondsBetween, fromEpochMilliseconds } from '../domain/instants.ts';
import type { Instant } from '../domain/instants.ts';
import { readField } from '../http/forms.ts';
import type { StepUpReason } from '../policy/evaluate_step_up.ts';
import { getRequestContext } from '../provider/request_context.ts';
import type { SignInMoments } from '../provider/request_context.ts';
import { acr, splitScope } from '../provider/token_claims.ts';
import { totpPage } from '../../views/totp.ts';
import type { InteractionDependencies, PageAccount } from './dependencies.ts';
import { showEnrolment } from './enrolment_page.ts';
import { assertCsrf, clientName, finishInteraction, getInteraction } from './interaction_request.ts';
import type { Interaction } from './interaction_request.ts';
import { sendPage } from './page_context.ts';

/** Longest accepted code, spaces included. */
const longestCode = 40;

/** The challenge, or the enrolment where there is no factor to ask for. */
export async function showSecondFactor(ctx: Context, dependencies: InteractionDependencies): Promise<void> {
  const found = await getSecondFactorInteraction(ctx, dependencies);
  const hasTotp = await dependencies.secondFactors.hasTotp(found.accountId);
  if (!hasTotp) return await showEnrolment(ctx, dependencies);
  renderChallenge(ctx, dependencies, found, {});
}

export async function submitTotp(ctx: Context, dependencies: InteractionDependencies): Promise<void> {
  const found = await getSecondFactorInteraction(ctx, dependencies);
  assertCsrf(ctx, dependencies, found.interaction);
  const { origin } = getRequestContext();
  const attempt = { accountId: found.accountId, code: readField(ctx, 'code', longestCode) };
  const verdict = await dependencies.secondFactors.verifyTotp(attempt, origin);
  if (verdict.accepted) return await finishWithMfa(ctx, dependencies, found, verdict.mfaAt);
  if (verdict.reason === 'blocked') {
    return renderChallenge(ctx, dependencies, found, { lockedUntilText: describeWait(verdict.until) }, 429);
  }
  renderChallenge(ctx, dependencies, found, { error: describeRefusedCode(verdict.reason) }, 422);
}

export function describeRefusedCode(reason: 'wrong' | 'used'): string {
  if (reason === 'used') return 'This code was used already. Wait for the next one.';
  return 'The code is not right. Check the clock of your device, and try the code shown now.';
}

export interface SecondFactorInteraction {
  interaction: Interaction;
  client: Awaited<ReturnType<typeof getInteraction>>['client'];
  accountId: string;
  sessionId: string;
  account: PageAccount;
}

/** The interaction of someone signed in who must prove a second factor. Throws 400 otherwise. */
export async function getSecondFactorInteraction(
  ctx: Context,
  dependencies: InteractionDependencies,
): Promise<SecondFactorInteraction> {
  const { interaction, client } = await getInteraction(ctx, dependencies);
  const { accountId, uid: sessionId } = interaction.session ?? {};
  const account = accountId ? await dependencies.findAccount(accountId) : undefined;
  if (interaction.prompt.name !== 'mfa' || !accountId || !sessionId || !account) return ctx.throw(400);
  return { interaction, client, accountId, sessionId, account };
}

/** Go on with the request: the session is one with MFA now; its sign-in stays the moment it was. */
export async function finishWithMfa(
  ctx: Context,
  dependencies: InteractionDependencies,
  found: SecondFactorInteraction,
  mfaAt: Instant,
): Promise<void> {
  await finishInteraction(ctx, dependencies, { login: mfaLogin(found, mfaAt), mfa: {} });
}

/** The `login` result of a proved second factor, with the moment of the full sign-in if this request had one. */
export function mfaLogin({ interaction, accountId }: SecondFactorInteraction, mfaAt: Instant) {
  const before = interaction.lastSubmission?.login as SignInMoments | undefined;
  const { signedInAt } = before ?? {};
  const login = {
    accountId,
    acr: acr.mfa,
    amr: ['pwd', 'otp', 'mfa'],
    ts: toEpochSeconds(mfaAt),
    remember: false,
  };
  return { ...login, mfaAt, ...(signedInAt === undefined ? {} : { signedInAt }) };
}

/** "You can try again in 2 minutes." */
export function describeWait(until: Instant): string {
  const seconds = wholeSecondsBetween(fromEpochMilliseconds(Date.now()), until) + 1;
  return `You can try again in ${describeDuration(seconds)}.`;
}

function renderChallenge(
  ctx: Context,
  { csrf, pageContext }: InteractionDependencies,
  found: SecondFactorInteraction,
  state: { error?: string; lockedUntilText?: string },
  status = 200,
): void {
  const { interaction, client, account } = found;
  const page = totpPage(pageContext(), {
    action: `/interaction/${interaction.uid}/totp`,
    csrfToken: csrf.issue(interaction.uid),
    clientName: clientName(client),
    username: account.username,
    why: describeReason(found),
    recoveryAction: `/interaction/${interaction.uid}/recovery`,
    ...state,
  });
  sendPage(ctx, page, status);
}

/** Why the code is asked for, in words. */
function describeReason({ interaction, client }: SecondFactorInteraction): string {
  const { reason } = interaction.prompt.details as { reason?: StepUpReason };
  const name = clientName(client);
  if (reason === 'policy') return 'Signing in to your account takes a second factor.';
  if (reason === 'acr') return `${name} asks you to confirm it's you with a second factor.`;
  const { configuration } = getRequestContext();
  const scopes = splitScope(interaction.params.scope);
  const wanted = scopes.flatMap((scope) => {
    const definition = configuration.scopes.get(scope);
    return definition?.stepUp ? [definition.description] : [];
  });
  return `${name} asks you to confirm it's you before it may: ${wanted.join(', ')}.`;
}
