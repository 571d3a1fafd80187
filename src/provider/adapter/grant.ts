import { findGrant, writeGrant } from '../../store/grants.ts';
import { findRequestContext, getRequestContext } from '../request_context.ts';
import { neverExpires, withoutIdentity } from './dependencies.ts';
import type { AdapterDependencies, ModelAdapter } from './dependencies.ts';

/** What an account allowed a client; served from the request's own load where that brought it along. */
export function grantAdapter({ database }: AdapterDependencies): ModelAdapter {
  return {
    async find(grantId) {
      const loaded = findRequestContext()?.grants.get(grantId);
      const stored = loaded ?? (await findGrant(database, grantId))?.payload;
      return stored && { ...stored, jti: grantId, exp: neverExpires };
    },
    upsert(grantId, payload) {
      const { accountId = '', clientId = '' } = payload;
      const stored = withoutIdentity(payload);
      const context = getRequestContext();
      context.grants.set(grantId, stored);
      context.effects.dependent.push((tx) =>
        writeGrant(tx, { grantId, accountId, clientId, payload: stored }),
      );
      return Promise.resolve();
    },
  };
}
