import { generateSecret, hashToken } from '../credentials/token_hash.ts';
import type { Origin } from '../domain/origin.ts';
import { passwordLinkTtl } from '../domain/password_links.ts';
import type { PasswordLink, PasswordLinkPurpose } from '../domain/password_links.ts';
import { recordEvent } from '../events/record_event.ts';
import { findAccountById } from '../store/accounts.ts';
import type { Queryable } from '../store/database.ts';
import { replacePasswordLink } from '../store/password_links.ts';
import { lockAccount } from '../store/sessions.ts';

/**
 * Make a one-time link with which an account's owner sets a password; the account's last one is good no
 * more. `seconds` undefined: as long as links of that purpose are. One `byOperator` permits
 * the account's first second factor where a policy wants an invitation. Returns undefined for an account that is
 * disabled or deleted.
 */
export async function issuePasswordLink(
  tx: Queryable,
  wanted: {
    accountId: string;
    purpose: PasswordLinkPurpose;
    seconds?: number | undefined;
    byOperator: boolean;
  },
  origin: Origin,
): Promise<PasswordLink | undefined> {
  const { accountId, purpose, byOperator, seconds = passwordLinkTtl[purpose] } = wanted;
  await lockAccount(tx, accountId);
  const account = await findAccountById(tx, accountId);
  if (!account || account.disabled) return undefined;
  const token = generateSecret();
  await replacePasswordLink(tx, { accountId, purpose, tokenHash: hashToken(token), byOperator, seconds });
  await recordEvent(tx, 'password_link.issued', { accountId }, origin, { purpose, seconds });
  return { token, purpose, seconds };
}
