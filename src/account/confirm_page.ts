import type { Context } from 'koa';
import { describeRefusedCode, describeSecondsToWait, describeWait } from '../http/describe_refused_code.ts';
import { readField } from '../http/forms.ts';
import { leaveNotice } from '../http/notice_cookie.ts';
import { sendPage } from '../http/send_page.ts';
import { findMissingProofs, provePassword } from '../operations/recent_proof.ts';
import type { MissingProofs } from '../operations/recent_proof.ts';
import { guesserHash, takeAllowance } from '../operations/take_allowance.ts';
import { useRecoveryCode } from '../operations/use_recovery_code.ts';
import { findAccountById } from '../store/accounts.ts';
import { keepFactorProof } from '../store/recent_proofs.ts';
import { countFactors } from '../store/second_factors.ts';
import { clearSignInFailures } from '../store/sign_in_failures.ts';
import { accountConfirmPage } from '../../views/account_confirm.ts';
import type { AccountConfirmProps } from '../../views/account_confirm.ts';
import type { AccountDependencies } from './dependencies.ts';
import { seeOther } from '../http/see_other.ts';
import { securityPath } from './security_page.ts';
import type { Visit } from '../domain/visit.ts';

export type Handle = (ctx: Context, dependencies: AccountDependencies, visit: Visit) => Promise<void> | void;

/** Why a proof was not taken, for the page. */
export type Refusal = Pick<AccountConfirmProps, 'error' | 'lockedUntilText'>;

/** Asks for the current password itself, with the new one. */
export const passwordPath = `${securityPath}/password`;

const longestPassword = 1024;
const longestCode = 100;
/** The pages that a proof leads on to. */
const nextPage =
  /^\/account\/security\/(?:password|(?:apps|passkeys)\/(?:new|[0-9a-f-]{36})|recovery-codes|unlock)$/;

/** Who has not proved lately who they are is asked on the page itself; a form that comes too late changes nothing. */
export function afterProof(handle: Handle): Handle {
  return async (ctx, dependencies, visit) => {
    const asks = await findAsked(ctx.path, dependencies, visit);
    if (!asks) return await handle(ctx, dependencies, visit);
    if (ctx.method !== 'POST') return await render(ctx, dependencies, visit, { next: ctx.path, asks });
    leaveNotice(ctx, securityPath, 'Nothing was changed: it took too long. Begin again.');
    seeOther(ctx, securityPath);
  };
}

/** Take the password, the code, or both: what is right counts, even if the other is wrong. */
export async function confirmIdentity(
  ctx: Context,
  dependencies: AccountDependencies,
  visit: Visit,
): Promise<void> {
  const next = readNext(ctx);
  const asks = await findAsked(next, dependencies, visit);
  const refusal =
    (asks?.password && (await checkPassword(ctx, dependencies, visit))) ||
    (asks?.factor && (await checkCode(ctx, dependencies, visit)));
  if (!refusal) return seeOther(ctx, next);
  await showRefusal(ctx, dependencies, visit, refusal);
}

/** The page that the form leads on to. */
export function readNext(ctx: Context): string {
  const field = readField(ctx, 'next', longestCode);
  return nextPage.test(field) ? field : securityPath;
}

/** Ask once more for what is still missing. */
export async function showRefusal(
  ctx: Context,
  dependencies: AccountDependencies,
  visit: Visit,
  refusal: Refusal,
): Promise<void> {
  const next = readNext(ctx);
  const asks = (await findAsked(next, dependencies, visit)) ?? { password: false, factor: false };
  await render(ctx, dependencies, visit, { next, asks, ...refusal }, refusal.error ? 422 : 429);
}

/** What is to be proved for a page; undefined: nothing. */
async function findAsked(
  path: string,
  { database }: AccountDependencies,
  { accountId, session: { sessionId } }: Visit,
): Promise<MissingProofs | undefined> {
  const missing = await findMissingProofs(database, { accountId, sessionId });
  const asks = { ...missing, password: missing.password && path !== passwordPath };
  return asks.password || asks.factor ? asks : undefined;
}

async function checkPassword(
  ctx: Context,
  dependencies: AccountDependencies,
  visit: Visit,
): Promise<Refusal | undefined> {
  const { accountId, origin } = visit;
  const { sessionId } = visit.session;
  const password = readField(ctx, 'password', longestPassword);
  return await limitPasswords(ctx, dependencies, visit, async () => {
    if (await provePassword(dependencies.database, { accountId, sessionId, password }, origin))
      return undefined;
    return { error: { field: 'password', text: 'The password is not right.' } };
  });
}

/**
 * Look at a password unless too many were wrong in this session: nobody outside it can lock its owner out.
 * Counted before it is looked at. `check` returns nothing where it was right.
 */
export async function limitPasswords<Wrong extends object>(
  ctx: Context,
  { database }: AccountDependencies,
  { accountId, session: { sessionId }, configuration, origin }: Visit,
  check: () => Promise<Wrong | undefined>,
): Promise<Wrong | { lockedUntilText: string } | undefined> {
  const guesser = { accountId, sessionId };
  const wait = await takeAllowance(database, configuration.rateLimits ?? {}, guesser, origin);
  if (wait > 0) {
    ctx.set('Retry-After', String(Math.ceil(wait)));
    return { lockedUntilText: describeSecondsToWait(wait) };
  }
  const wrong = await check();
  if (!wrong) await clearSignInFailures(database, guesserHash(guesser));
  return wrong;
}

/** A code of an authenticator, or a recovery code in its place. */
async function checkCode(
  ctx: Context,
  { database, authenticators }: AccountDependencies,
  { accountId, session: { sessionId }, origin }: Visit,
): Promise<Refusal | undefined> {
  const code = readField(ctx, 'code', longestCode);
  const isTotp = /^\d{6}$/.test(code.replace(/[\s-]/g, ''));
  const verdict = isTotp
    ? await authenticators.verifyTotp({ accountId, code }, origin)
    : await useRecoveryCode(database, { accountId, code }, origin);
  if (verdict.accepted) {
    await keepFactorProof(database, sessionId);
    return undefined;
  }
  if (verdict.reason === 'blocked') return { lockedUntilText: describeWait(verdict.until) };
  return { error: { field: 'code', text: describeRefusedCode(verdict.reason) } };
}

async function render(
  ctx: Context,
  { database, passkeys, pageContext }: AccountDependencies,
  { accountId, csrfToken, session: { sessionId } }: Visit,
  props: { next: string; asks: MissingProofs } & Refusal,
  status = 200,
): Promise<void> {
  const username = (await findAccountById(database, accountId))?.username ?? '';
  const hasApp = (await countFactors(database, accountId)).apps > 0;
  const passkeyRequest = await passkeys.ask({ accountId, sessionId });
  const page = accountConfirmPage(pageContext(), { csrfToken, username, hasApp, passkeyRequest, ...props });
  sendPage(ctx, page, status);
}
