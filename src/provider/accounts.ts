import type { Account, KoaContextWithOIDC } from 'oidc-provider';
import { findAccountById } from '../store/accounts.ts';
import type { Database } from '../store/database.ts';
import type { StoredAccount } from '../store/facts_sql.ts';
import { getRequestContext } from './request_context.ts';

/** The library's account: served from the request's own load where that brought it along. */
export function createFindAccount(database: Database) {
  return async (_: KoaContextWithOIDC, accountId: string): Promise<Account | undefined> => {
    const context = getRequestContext();
    if (context.account?.accountId !== accountId) {
      const found = await findAccountById(database, accountId);
      if (!found || found.disabled) return undefined;
      context.account = found;
    }
    const { account } = context;
    return { accountId, claims: () => accountClaims(account) };
  };
}

/** The scopes `profile` and `email`, by the names of OpenID Connect Core §5.1. */
export const scopeClaims = {
  openid: ['sub', 'acr', 'amr', 'auth_time', 'sid'],
  profile: ['name', 'preferred_username'],
  email: ['email', 'email_verified'],
};

function accountClaims(account: StoredAccount): { sub: string } & Record<string, unknown> {
  return {
    sub: account.accountId,
    preferred_username: account.username,
    ...(account.name === undefined ? {} : { name: account.name }),
    ...(account.email === undefined ? {} : { email: account.email, email_verified: false }),
  };
}
