import type { Context } from 'koa';
import { takeNotice } from '../http/notice_cookie.ts';
import { sendPage } from '../http/send_page.ts';
import { mostPasskeys } from '../operations/register_passkey.ts';
import { listPasskeys } from '../store/passkeys.ts';
import { countRecoveryCodes, listTotpFactors, mostTotpFactors } from '../store/second_factors.ts';
import { accountSecurityPage } from '../../views/account_security.ts';
import type { AccountDependencies } from './dependencies.ts';
import { guesserHash } from '../operations/take_allowance.ts';
import { findAccountById } from '../store/accounts.ts';
import { findSignInFailures } from '../store/sign_in_failures.ts';
import { describeFuture, describePast } from '../http/describe_moment.ts';
import type { Visit } from '../domain/visit.ts';

export const securityPath = '/account/security';

/** How the account signs in, and the ways to change it. */
export async function showSecurity(
  ctx: Context,
  { database, pageContext }: AccountDependencies,
  { accountId, csrfToken, now }: Visit,
): Promise<void> {
  const account = await findAccountById(database, accountId);
  const wrong = account && (await findSignInFailures(database, guesserHash(account)));
  const factors = await listTotpFactors(database, accountId);
  const passkeys = await listPasskeys(database, accountId);
  const page = accountSecurityPage(pageContext(), {
    csrfToken,
    notice: takeNotice(ctx, securityPath),
    wrongPasswords: wrong && {
      count: wrong.failures,
      last: describePast(wrong.lastFailedAt, now),
      ...(wrong.blockedUntil === null ? {} : { wait: describeFuture(wrong.blockedUntil, now) }),
    },
    apps: factors.map(({ factorId, name, confirmedAt, disabled }) => ({
      factorId,
      name,
      disabled,
      added: describePast(confirmedAt, now),
    })),
    passkeys: passkeys.map(({ passkeyId, name, backupEligible, createdAt, lastUsedAt }) => ({
      passkeyId,
      name,
      synced: backupEligible,
      added: describePast(createdAt, now),
      lastUsed: lastUsedAt === null ? undefined : describePast(lastUsedAt, now),
    })),
    mayAddPasskey: passkeys.length < mostPasskeys,
    mayAddApp: factors.length < mostTotpFactors,
    recoveryCodes: await countRecoveryCodes(database, accountId),
  });
  sendPage(ctx, page);
}
