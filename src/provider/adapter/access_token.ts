import type { AdapterPayload } from 'oidc-provider';
import { hashToken } from '../../credentials/token_hash.ts';
import { toEpochSeconds } from '../../domain/instants.ts';
import { recordEvent } from '../../events/record_event.ts';
import { endFamily } from '../../operations/end_family.ts';
import { deleteAccessToken, findAccessToken } from '../../store/access_tokens.ts';
import { isTokenAlive, leaseOfToken } from '../family_life.ts';
import { nameStandalone, readFamilyId } from '../jwt_access_tokens.ts';
import { getRequestContext } from '../request_context.ts';
import type { InspectedToken, RequestContext } from '../request_context.ts';
import { lastTokenSecond } from '../token_lifetimes.ts';
import { findTokenState } from '../token_state.ts';
import { neverExpires, withoutIdentity } from './dependencies.ts';
import type { AdapterDependencies, ModelAdapter } from './dependencies.ts';

/**
 * Access tokens: opaque ones, good at our own userinfo endpoint only, and JWTs that introspection or
 * revocation hands on as a handle. Each look checks account, client, family and session as they are now.
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
      const context = getRequestContext();
      const { inspected } = context;
      if (inspected?.handle === value) return await findVerified(context, inspected);
      const loaded = await findAccessToken(database, hashToken(value));
      if (!loaded?.payload) return undefined;
      context.configuration = await configurations.atLeast(loaded.configurationVersion);
      if (loaded.account) context.account = loaded.account;
      context.inspected = { familyId: loaded.family?.familyId };
      if (!isTokenAlive(context.configuration, loaded)) return undefined;
      // The bond to the session has been judged here, by the limits in force.
      const exp = toEpochSeconds(loaded.expiresAt);
      const lease = leaseOfToken(context.configuration, loaded);
      return { ...loaded.payload, ...lease, expiresWithSession: undefined, jti: value, exp };
    },
    destroy(value) {
      const { effects, inspected, configuration, origin } = getRequestContext();
      const { familyId, claims } = inspected ?? {};
      effects.dependent.push(async (tx) => {
        const revoked = await deleteAccessToken(tx, hashToken(claims ? nameStandalone(claims) : value));
        if (revoked && !familyId) await recordEvent(tx, 'access_token.revoked', revoked, origin);
        if (familyId) await endFamily(tx, configuration, familyId, 'revoked', origin);
      });
      return Promise.resolve();
    },
  };

  /** A JWT whose signature and claims have been checked: what it rests on decides. */
  async function findVerified(
    context: RequestContext,
    inspected: InspectedToken,
  ): Promise<AdapterPayload | undefined> {
    const claims = inspected.claims ?? {};
    const state = await findTokenState(database, claims);
    if (!state) return undefined;
    context.configuration = await configurations.atLeast(state.configurationVersion);
    inspected.familyId = readFamilyId(claims);
    if (!isTokenAlive(context.configuration, state)) return undefined;
    const { clientId } = state;
    const { scope, aud, iat, exp, jti, sub, auth_time, acr, amr, roles, sid, cnf } = claims;
    const extra = { auth_time, acr, amr, roles, jti };
    return {
      kind: 'AccessToken',
      clientId,
      ...(sub === clientId ? {} : { accountId: sub }),
      scope: scope as string,
      aud: aud as string,
      iat: iat as number,
      exp: exp as number,
      jti: inspected.handle ?? '',
      sid: sid as string,
      extra: Object.fromEntries(Object.entries(extra).filter(([, value]) => value !== undefined)),
      ...leaseOfToken(context.configuration, { ...state, clientId }),
      ...((cnf as { jkt?: string } | undefined)?.jkt ? { jkt: (cnf as { jkt: string }).jkt } : {}),
    };
  }
}
