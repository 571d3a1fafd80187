import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader } from 'jose';
import type { JWK } from 'jose';
import Provider, { errors } from 'oidc-provider';
import type { AdapterPayload, KoaContextWithOIDC } from 'oidc-provider';
import { hashToken } from '../../credentials/token_hash.ts';
import { openSuccessor } from '../../credentials/successor_seal.ts';
import { toEpochSeconds, wholeSecondsBetween } from '../../domain/instants.ts';
import { endFamily } from '../../operations/end_family.ts';
import { evaluateRefresh } from '../../policy/evaluate_refresh.ts';
import type { RefreshRequest } from '../../policy/evaluate_refresh.ts';
import { findRefresh } from '../../store/families.ts';
import type { LoadedRefresh } from '../../store/families.ts';
import { splitScope } from '../token_claims.ts';
import { findTokenLife, leaseOfToken } from '../family_life.ts';
import { refusalError } from '../refusals.ts';
import { getRequestContext } from '../request_context.ts';
import type { PendingExchange, PendingRefresh } from '../request_context.ts';
import { windowSecretContext } from '../window_secrets.ts';
import { boundSession, rememberSession } from './bound_session.ts';
import { neverExpires, withoutIdentity } from './dependencies.ts';
import type { AdapterDependencies, ModelAdapter } from './dependencies.ts';

/**
 * Refresh tokens: the gate. At the token endpoint `find` runs when the client is authenticated and its
 * request well formed; it loads the facts, asks `policy/` for the verdict, and refuses by throwing or
 * lets the library make its tokens. Nothing is written here.
 */
export function refreshTokenAdapter({
  database,
  configurations,
  secrets,
}: AdapterDependencies): ModelAdapter {
  return {
    async find(presented) {
      const ctx = Provider.ctx;
      if (ctx?.oidc.route !== 'token') return await inspect(presented, ctx?.oidc.route === 'revocation');
      const request = await readRequest(ctx);
      const context = getRequestContext();
      const loaded = await findRefresh(database, hashToken(presented));
      if (!loaded) throw refusalError('unknown_token');

      context.configuration = await configurations.atLeast(loaded.configurationVersion);
      const { configuration } = context;
      const verdict = evaluateRefresh({ ...loaded, configuration }, request);
      if (!verdict.granted) {
        if (verdict.code !== 'unknown_token') {
          context.refusal = {
            verdict,
            subject: loaded.family,
            event: 'refresh.refused',
            origin: context.origin,
          };
        }
        throw refusalError(verdict.code, verdict.end);
      }
      const pending: PendingRefresh = {
        kind: 'refresh',
        presented,
        loaded,
        verdict,
        proofKey: request.proofKey,
      };
      if (verdict.mode === 'retry') pending.answerToken = openRetried(loaded, presented);
      if (verdict.mode === 'keep') pending.answerToken = presented;
      context.pending = pending;
      context.account = loaded.account;
      if (loaded.grantPayload) context.grants.set(loaded.grantId, loaded.grantPayload);
      const { sessionId, clientId } = loaded.family;
      rememberSession(context, boundSession(loaded, { sessionId, clientId, grantId: loaded.grantId }));
      return familyPayload(loaded, presented);
    },
    destroy() {
      const { effects, inspected, configuration, origin } = getRequestContext();
      const familyId = inspected?.familyId;
      effects.dependent.push(async (tx) => {
        if (familyId) await endFamily(tx, configuration, familyId, 'revoked', origin);
      });
      return Promise.resolve();
    },
    // The rotation itself is part of the one write that ends the request.
    consume: () => Promise.resolve(undefined),
    upsert(value, payload) {
      const { pending } = getRequestContext();
      if (pending?.kind === 'refresh') pending.answerToken = value;
      else (pending as PendingExchange).refreshToken = { value, payload: withoutIdentity(payload) };
      return Promise.resolve();
    },
  };

  /**
   * Introspection sees a token only while it would be accepted; revocation any token of a family that
   * was ever issued. Neither is activity, and neither writes here.
   */
  async function inspect(presented: string, isRevocation: boolean): Promise<AdapterPayload | undefined> {
    const loaded = await findRefresh(database, hashToken(presented));
    if (!loaded) return undefined;
    const context = getRequestContext();
    context.configuration = await configurations.atLeast(loaded.configurationVersion);
    context.inspected = { familyId: loaded.family.familyId };
    if (loaded.grantPayload) context.grants.set(loaded.grantId, loaded.grantPayload);
    const unbonded = { ...familyPayload(loaded, presented), expiresWithSession: undefined };
    if (isRevocation) return unbonded;
    const dependencies = { ...loaded, clientId: loaded.family.clientId };
    const life = findTokenLife(context.configuration, dependencies);
    if (loaded.token.rotatedAt !== undefined || !life || life.over) return undefined;
    context.inspected.deadlines = {
      refresh_token_timeout: wholeSecondsBetween(loaded.now, life.idleEndAt),
      authorization_expires_in: wholeSecondsBetween(loaded.now, life.absoluteEndAt),
    };
    const lease = leaseOfToken(context.configuration, dependencies);
    // It lives until its very moment; the library takes it for over once its last whole second has begun.
    const nextSecond = Math.floor(Date.now() / 1000) + 1;
    return { ...unbonded, ...lease, exp: Math.max(toEpochSeconds(life.idleEndAt), nextSecond) };
  }

  function openRetried(loaded: LoadedRefresh, presented: string): string {
    if (!loaded.successor) throw refusalError('reuse_detected');
    const { sealed, windowId, windowSecretSealed } = loaded.successor;
    return openSuccessor(sealed, presented, secrets.open(windowSecretSealed, windowSecretContext(windowId)));
  }
}

/** A part of the library's model that its types leave out. */
interface ReplayDetection {
  unique(issuer: string, jti: string, exp: number): Promise<boolean>;
}

/** What the family carries from token to token. An offline family's tokens name no session that has ended. */
function familyPayload(loaded: LoadedRefresh, presented: string): AdapterPayload {
  const sessionOver = !loaded.session || loaded.session.end !== undefined;
  return {
    ...loaded.payload,
    ...(sessionOver ? { sid: undefined } : {}),
    jti: presented,
    exp: neverExpires,
  };
}

/** The parts of the request that the verdict depends on. Throws `invalid_request` for a malformed `inactive_for`. */
async function readRequest(ctx: KoaContextWithOIDC): Promise<RefreshRequest> {
  const { scope } = ctx.oidc.params ?? {};
  return {
    clientId: ctx.oidc.client?.clientId ?? '',
    inactiveFor: readInactiveFor(ctx.oidc.body?.inactive_for),
    scopes: scope === undefined ? undefined : splitScope(scope),
    proofKey: await readProofKey(ctx),
  };
}

function readInactiveFor(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !/^\d{1,10}$/.test(value)) {
    throw new errors.InvalidRequest('inactive_for must be given once, as seconds in at most ten digits');
  }
  return Math.min(Number(value), 2_147_483_647);
}

/**
 * The thumbprint of the DPoP proof's key. The library has checked the proof before it asks for the token,
 * all but whether it was seen before; a seen one must end nothing, so that is asked here, ahead of the
 * verdict. Throws `invalid_dpop_proof`.
 */
async function readProofKey(ctx: KoaContextWithOIDC): Promise<string | undefined> {
  const proof = ctx.get('DPoP');
  if (!proof) return undefined;
  const { provider, client } = ctx.oidc;
  const { jti = '', iat = 0 } = decodeJwt(proof);
  const replays = provider.ReplayDetection as unknown as ReplayDetection;
  if (!(await replays.unique(client?.clientId ?? '', jti, iat))) {
    throw new errors.InvalidDpopProof('DPoP proof JWT Replay detected');
  }
  return await calculateJwkThumbprint(decodeProtectedHeader(proof).jwk as JWK);
}
