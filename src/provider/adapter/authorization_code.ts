import Provider from 'oidc-provider';
import { hashToken } from '../../credentials/token_hash.ts';
import { findAuthorizationCode, insertAuthorizationCode } from '../../store/authorization_codes.ts';
import { readCodeLease } from '../leases.ts';
import { outdatedError, refusalError } from '../refusals.ts';
import { getRequestContext } from '../request_context.ts';
import { grantedScopes } from '../request_limits.ts';
import { codeSeconds } from '../token_lifetimes.ts';
import { withoutIdentity } from './dependencies.ts';
import type { AdapterDependencies, ModelAdapter } from './dependencies.ts';
import { beginExchange, decideExchange } from './exchange.ts';

/**
 * Authorization codes. `find` loads all that the exchange depends on; the verdict falls at `consume`.
 * Nothing is written before the answer is complete.
 */
export function authorizationCodeAdapter({ database, configurations }: AdapterDependencies): ModelAdapter {
  return {
    upsert(code, { rar, ...payload }, ttl = codeSeconds) {
      const { accountId = '', clientId = '', sessionUid = '', grantId = '' } = payload;
      const { effects, joiningClients } = getRequestContext();
      joiningClients.add(clientId);
      const scope = grantedScopes(Provider.ctx, payload.scope).join(' ');
      effects.dependent.push(async (tx) => {
        const isStored = await insertAuthorizationCode(tx, {
          codeHash: hashToken(code),
          accountId,
          clientId,
          sessionId: sessionUid,
          grantId,
          payload: { ...withoutIdentity(payload), scope },
          ttl,
          lease: readCodeLease(rar),
        });
        if (!isStored) throw outdatedError('session');
      });
      return Promise.resolve();
    },
    async find(code) {
      const loaded = await findAuthorizationCode(database, hashToken(code));
      // Another client's is told apart from none by nobody.
      if (!loaded || loaded.clientId !== Provider.ctx?.oidc.client?.clientId)
        throw refusalError('unknown_token');
      return await beginExchange(configurations, code, loaded);
    },
    consume: decideExchange,
  };
}
