import type { Configuration } from '../domain/configuration.ts';
import type { FamilyFacts } from '../domain/facts.ts';
import type { Instant } from '../domain/instants.ts';
import { countedProof } from '../policy/counted_proof.ts';
import { mayPersonHave } from '../policy/evaluate_scopes.ts';
import { familyLimits } from '../policy/subject_limits.ts';
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
  now: Instant;
  /** When a second factor was last proved for it, and for how many seconds that serves by the limits in force. */
  mfaAt?: Instant;
  mfaMaxAge?: number;
}

export type ReadBearer = (token: string) => Promise<Bearer | undefined>;

/**
 * Read access tokens for one resource of the server itself: signature and claims, and each time what the
 * token rests on, by the limits in force; scopes that the client has lost, or whose role the account has lost,
 * open nothing. A token bound to a key is none for a bearer.
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
    const { clientId, account, now, family } = state;
    const registered = splitScope(configuration.clients.get(clientId)?.metadata.scope);
    const isOpen = (scope: string) => !account || mayPersonHave(configuration, scope, account.roles);
    return {
      clientId,
      now,
      ...(account ? { accountId: account.accountId } : {}),
      ...(account && family ? describeProof(configuration, family, account.roles) : {}),
      scopes: splitScope(claims.scope).filter((scope) => registered.includes(scope) && isOpen(scope)),
    };
  };
}

function describeProof(configuration: Configuration, family: FamilyFacts, roles: readonly string[]) {
  const limits = familyLimits(configuration, family, roles);
  const [mfaMaxAge, mfaAt] = [limits.mfa_max_age.value, countedProof(limits, family)];
  return mfaAt === undefined ? { mfaMaxAge } : { mfaAt, mfaMaxAge };
}
