import type { JWTPayload } from 'jose';
import { hashToken } from '../credentials/token_hash.ts';
import { findAccessToken } from '../store/access_tokens.ts';
import { findFamilyState } from '../store/family_state.ts';
import type { Queryable } from '../store/database.ts';
import type { TokenDependencies } from './family_life.ts';
import { nameStandalone, readFamilyId } from './jwt_access_tokens.ts';

/** What one of our JWTs rests on as it is now: its family, or the row under which it was stored; undefined: that is gone. */
export async function findTokenState(
  db: Queryable,
  claims: JWTPayload,
): Promise<(TokenDependencies & { configurationVersion: number }) | undefined> {
  const familyId = readFamilyId(claims);
  const state = familyId
    ? await findFamilyState(db, familyId)
    : await findAccessToken(db, hashToken(nameStandalone(claims)));
  return state && { ...state, clientId: String(claims.client_id) };
}
