import type { Context } from 'koa';
import { toEpochSeconds } from '../domain/instants.ts';
import type { Instant } from '../domain/instants.ts';
import type { SignInMoments } from '../provider/request_context.ts';
import type { StepUp } from '../provider/step_up.ts';
import { acr } from '../provider/token_claims.ts';
import type { InteractionDependencies, PageAccount } from './dependencies.ts';
import { getInteraction } from './interaction_request.ts';
import type { Interaction } from './interaction_request.ts';

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

/** Why this interaction asks for a second factor, and whether only a passkey will do. */
export function readStepUp({ interaction }: SecondFactorInteraction): StepUp {
  return interaction.prompt.details as unknown as StepUp;
}

/** A second factor that was proved: when, and how by RFC 8176. */
export interface ProvedFactor {
  mfaAt: Instant;
  /** The same, of a passkey. */
  phrAt?: Instant;
  amr: readonly string[];
}

/** The `login` result of a proved second factor, with the moment of the full sign-in if this request had one. */
export function mfaLogin(
  { interaction, accountId }: SecondFactorInteraction,
  { amr, ...moments }: ProvedFactor,
) {
  const before = interaction.lastSubmission?.login as SignInMoments | undefined;
  const { signedInAt, accessVersion } = before ?? {};
  const login = {
    accountId,
    acr: acr.mfa,
    amr: [...new Set([...firstFactor(interaction), ...amr, 'mfa'])],
    ts: toEpochSeconds(moments.mfaAt),
    remember: false,
  };
  const signIn = signedInAt === undefined || accessVersion === undefined ? {} : { signedInAt, accessVersion };
  return { ...login, ...moments, ...signIn };
}

/** How the session began: with a password, or with a passkey alone. */
function firstFactor({ session }: Interaction): readonly string[] {
  const { amr = ['pwd'] } = (session ?? {}) as { amr?: readonly string[] };
  return amr.includes('pwd') ? ['pwd'] : amr;
}
