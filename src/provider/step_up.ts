import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Instant } from '../domain/instants.ts';
import { evaluateStepUp } from '../policy/evaluate_step_up.ts';
import type { StepUpReason } from '../policy/evaluate_step_up.ts';
import { findRequestContext } from './request_context.ts';
import type { SignInMoments } from './request_context.ts';
import { grantableScopes, requestLimits } from './request_limits.ts';
import { acr } from './token_claims.ts';

interface AcrRequest {
  essential?: boolean;
  value?: unknown;
  values?: unknown;
}

/**
 * Whether the request wants MFA by its `acr_values` or `claims`: what it prefers of what we know.
 * `unknown`: an essential one that we do not know.
 */
export function asksForMfa(ctx: KoaContextWithOIDC): boolean | 'unknown' {
  const request = (ctx.oidc.claims?.id_token as { acr?: AcrRequest | null } | undefined)?.acr;
  if (!request) return false;
  const wanted = Array.isArray(request.values) ? (request.values as unknown[]) : [request.value];
  const known = wanted.filter((value) => value === acr.password || value === acr.mfa);
  if (request.essential && known.length === 0) return 'unknown';
  return known[0] === acr.mfa;
}

export interface SessionMoments {
  accountId: string;
  now: Instant;
  signedInAt: Instant;
  passwordAt: Instant;
  mfaAt?: Instant | undefined;
}

/** The moments of the session's proofs, those of the interaction that just ended included; undefined: nobody is signed in. */
export function findSignInMoments(ctx: KoaContextWithOIDC): SessionMoments | undefined {
  const { session, result } = ctx.oidc;
  if (!session?.accountId) return undefined;
  const fresh = (result?.login ?? {}) as SignInMoments;
  const loaded = findRequestContext()?.sessionsById.get(session.uid);
  const signedInAt = fresh.signedInAt ?? loaded?.facts?.startedAt;
  if (signedInAt === undefined) return undefined;
  const mfaMoments = [fresh.mfaAt, loaded?.mfaAt].filter((moment) => moment !== undefined);
  return {
    accountId: session.accountId,
    now: Math.max(loaded?.now ?? 0, signedInAt, ...mfaMoments),
    signedInAt,
    passwordAt: fresh.signedInAt ?? loaded?.passwordAt ?? signedInAt,
    mfaAt: mfaMoments.length > 0 ? Math.max(...mfaMoments) : undefined,
  };
}

/** Why this authorization request needs a second factor now; undefined: it does not. */
export function findStepUp(ctx: KoaContextWithOIDC): StepUpReason | undefined {
  const { session, params } = ctx.oidc;
  if (!session?.accountId) return undefined;
  const context = findRequestContext();
  const moments = findSignInMoments(ctx);
  const known = context?.sessionsById.get(session.uid)?.facts?.clientIds;
  const limits = requestLimits(ctx, known);
  // Nothing passes because we do not know who asks, or since when.
  if (!context?.account || !moments || !limits) throw new Error('A signed-in request lacks its facts.');
  const { configuration, account } = context;
  return evaluateStepUp(
    configuration,
    limits,
    {
      scopes: grantableScopes(ctx),
      roles: account.roles,
      signedInAt: moments.signedInAt,
      // A device's request takes a fresh code on its own page, whatever the session holds.
      mfaAt: isDeviceFlow(ctx) ? (ctx.oidc.result?.login as SignInMoments | undefined)?.mfaAt : moments.mfaAt,
      asksForMfa: asksForMfa(ctx) === true,
      hasMfaAcr: session.acr === acr.mfa,
      maxAge: params?.max_age === undefined ? undefined : Number(params.max_age),
    },
    moments.now,
  );
}

function isDeviceFlow(ctx: KoaContextWithOIDC): boolean {
  return ctx.oidc.route === 'code_verification' || ctx.oidc.route === 'device_resume';
}
