import type { Database } from '../store/database.ts';
import type { ConfigurationSource } from './configuration_source.ts';
import { isTokenAlive } from './family_life.ts';
import type { VerifyAccessToken } from './jwt_access_tokens.ts';
import { splitScope } from './token_claims.ts';
import { findTokenState } from './token_state.ts';

/** Who presents an access token, and what it opens. */
export interface Bearer {
  clientId: string;
  /** Absent: the client acts for itself. */
  accountId?: string;
  scopes: readonly string[];
}

export type ReadBearer = (token: string) => Promise<Bearer | undefined>;

/**
 * Read access tokens for one resource of the server itself: signature and claims, and each time what the
 * token rests on, by the limits in force; scopes that the client has lost open nothing. A token bound to a key is none for a bearer.
 */
export function createBearerReader({
  database,
  configurations,
  verifyAccessToken,
  resource,
}: {
  database: Database;
  configurations: ConfigurationSource;
  verifyAccessToken: VerifyAccessToken;
  resource: string;
}): ReadBearer {
  return async (token) => {
    const claims = await verifyAccessToken(token);
    if (!claims || claims.aud !== resource || claims.cnf !== undefined) return undefined;
    const state = await findTokenState(database, claims);
    if (!state) return undefined;
    const configuration = await configurations.atLeast(state.configurationVersion);
    if (!isTokenAlive(configuration, state)) return undefined;
    const { clientId, account } = state;
    const registered = splitScope(configuration.clients.get(clientId)?.metadata.scope);
    return {
      clientId,
      ...(account ? { accountId: account.accountId } : {}),
      scopes: splitScope(claims.scope).filter((scope) => registered.includes(scope)),
    };
  };
}
