import type { Context } from 'koa';
import { describeEnd } from '../domain/describe_end.ts';
import type { End } from '../domain/facts.ts';
import { toEpochSeconds } from '../domain/instants.ts';
import { describeSecondsToWait } from '../http/describe_refused_code.ts';
import { keepDeviceCookie, readDeviceCookie } from '../http/device_cookie.ts';
import { readField } from '../http/forms.ts';
import { sendPage } from '../http/send_page.ts';
import { recordDenial } from '../operations/record_consent.ts';
import { acr } from '../provider/token_claims.ts';
import { getRequestContext } from '../provider/request_context.ts';
import { signInPage } from '../../views/sign_in.ts';
import type { InteractionDependencies } from './dependencies.ts';
import { assertCsrf, clientName, finishInteraction, getInteraction } from './interaction_request.ts';
import type { Interaction } from './interaction_request.ts';

/** Longest accepted username and password, in UTF-16 code units. */
const longestUsername = 200;
const longestPassword = 1024;

export async function showSignIn(ctx: Context, dependencies: InteractionDependencies): Promise<void> {
  const found = await getInteraction(ctx, dependencies);
  await renderSignIn(ctx, dependencies, found, {});
}

export async function submitSignIn(ctx: Context, dependencies: InteractionDependencies): Promise<void> {
  const found = await getInteraction(ctx, dependencies);
  assertCsrf(ctx, dependencies, found.interaction);
  const username = readField(ctx, 'username', longestUsername).trim();
  const password = readField(ctx, 'password', longestPassword);
  const { origin } = getRequestContext();
  const clientId = found.client.clientId;
  const attempt = { username, password, deviceToken: readDeviceCookie(ctx) };
  const verdict = await dependencies.signIn(attempt, { ...origin, clientId });
  if (!verdict.accepted) {
    if (verdict.waitSeconds !== undefined) return await renderWait(verdict.waitSeconds);
    const error = 'The username or the password is not right.';
    return await renderSignIn(ctx, dependencies, found, { error, username }, 422);
  }
  keepDeviceCookie(ctx, verdict.device);
  const { accountId, signedInAt, accessVersion } = verdict;
  const login = {
    accountId,
    acr: acr.password,
    amr: ['pwd'],
    ts: toEpochSeconds(signedInAt),
    remember: false,
    signedInAt,
    accessVersion,
  };
  await finishInteraction(ctx, dependencies, { login });

  async function renderWait(seconds: number): Promise<void> {
    ctx.set('Retry-After', String(Math.ceil(seconds)));
    const lockedUntilText = describeSecondsToWait(seconds);
    await renderSignIn(ctx, dependencies, found, { lockedUntilText, username }, 429);
  }
}

/** Give up: the app is told `access_denied`. */
export async function cancelInteraction(ctx: Context, dependencies: InteractionDependencies): Promise<void> {
  const { interaction, client } = await getInteraction(ctx, dependencies);
  assertCsrf(ctx, dependencies, interaction);
  const { accountId, uid: sessionId } = interaction.session ?? {};
  if (interaction.prompt.name === 'consent' && accountId && sessionId) {
    const { effects, origin } = getRequestContext();
    const denied = { accountId, sessionId, clientId: client.clientId };
    effects.dependent.push((tx) => recordDenial(tx, denied, origin));
  }
  await finishInteraction(ctx, dependencies, {
    error: 'access_denied',
    error_description: 'the user did not go on',
  });
}

/** The page that asks who it is, by name and password or by a passkey. */
export async function renderSignIn(
  ctx: Context,
  { findAccount, csrf, pageContext, passkeys, forgottenPasswordUrl }: InteractionDependencies,
  { interaction, client }: Awaited<ReturnType<typeof getInteraction>>,
  filled: { error?: string; passkeyError?: string; username?: string; lockedUntilText?: string },
  status = 200,
): Promise<void> {
  const { session, params, uid } = interaction;
  const known = session?.accountId ? await findAccount(session.accountId) : undefined;
  const hint =
    typeof params.login_hint === 'string' ? params.login_hint.slice(0, longestUsername) : undefined;
  const page = signInPage(pageContext(), {
    action: `/interaction/${uid}/sign-in`,
    csrfToken: csrf.issue(uid),
    clientName: clientName(client),
    username: filled.username ?? known?.username ?? hint,
    error: filled.error,
    lockedUntilText: filled.lockedUntilText,
    passkey: { action: `/interaction/${uid}/passkey-login`, request: await passkeys.askWho(uid) },
    passkeyError: filled.passkeyError,
    reason: describeReason(interaction),
    reauthentication: known !== undefined,
    forgottenPasswordUrl,
    cancel: { action: `/interaction/${uid}/cancel` },
  });
  sendPage(ctx, page, status);
}

/** Why the person must sign in again: a session of this browser ended, or the app means somebody else. */
function describeReason({ prompt, session }: Interaction): string | undefined {
  const { ended } = prompt.details as { ended?: End };
  if (ended) return describeEnd(ended);
  const isAnotherMeant = prompt.reasons.includes('id_token_hint') && session?.accountId !== undefined;
  return isAnotherMeant ? 'The app asks for another account than the one that is signed in here.' : undefined;
}
