import { hashToken } from '../../credentials/token_hash.ts';
import type { Configuration } from '../../domain/configuration.ts';
import { evaluateFamily, evaluateSession } from '../../policy/evaluate_lifetime.ts';
import { familyLimits, sessionLimits } from '../../policy/subject_limits.ts';
import { findAccessToken } from '../../store/access_tokens.ts';
import type { LoadedAccessToken } from '../../store/access_tokens.ts';
import { getRequestContext } from '../request_context.ts';
import { lastTokenSecond } from '../token_lifetimes.ts';
import { neverExpires, withoutIdentity } from './dependencies.ts';
import type { AdapterDependencies } from './dependencies.ts';
import type { ModelAdapter } from './index.ts';

/**
 * Opaque access tokens, good at our own userinfo endpoint only; each use checks account, family and
 * session as they are now.
 */
export function accessTokenAdapter({ database, configurations }: AdapterDependencies): ModelAdapter {
  return {
    upsert(value, payload) {
      const context = getRequestContext();
      const expiresAt =
        Math.min(payload.exp ?? neverExpires, lastTokenSecond(context) ?? neverExpires) * 1_000_000;
      context.accessToken = { hash: hashToken(value), payload: withoutIdentity(payload), expiresAt };
      return Promise.resolve();
    },
    async find(value) {
      const loaded = await findAccessToken(database, hashToken(value));
      if (!loaded) return undefined;
      const context = getRequestContext();
      context.configuration = await configurations.atLeast(loaded.configurationVersion);
      context.account = loaded.account;
      if (!isAlive(context.configuration, loaded)) return undefined;
      // The bond to the session has been judged here, by the limits in force.
      return {
        ...loaded.payload,
        expiresWithSession: undefined,
        jti: value,
        exp: neverExpires,
      };
    },
  };
}

function isAlive(configuration: Configuration, loaded: LoadedAccessToken): boolean {
  const { account, family, session, now } = loaded;
  if (loaded.expired || account.disabled) return false;
  if (configuration.clients.get(loaded.clientId)?.disabled ?? true) return false;
  const sessions = sessionLimits(configuration, session ?? { clientIds: [] }, account.roles);
  if (!family) return session !== undefined && !evaluateSession(session, sessions, now).over;
  const limits = familyLimits(configuration, family, account.roles);
  return !evaluateFamily(family, limits, { session, limits: sessions }, now).over;
}
