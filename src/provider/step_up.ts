import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Instant } from '../domain/instants.ts';
import { evaluateStepUp } from '../policy/evaluate_step_up.ts';
import type { StepUpReason } from '../policy/evaluate_step_up.ts';
import { findRequestContext } from './request_context.ts';
import type { SignInMoments } from './request_context.ts';
import { grantableScopes, requestLimits } from './request_limits.ts';
import { acr } from './token_claims.ts';
import type { Acr } from './token_claims.ts';

interface AcrRequest {
  essential?: boolean;
  value?: unknown;
  values?: unknown;
}

/**
 * What the request asks for by its `acr_values` or `claims`: the first that we know of what it prefers.
 * `unknown`: an essential one that we do not know; undefined: nothing.
 */
export function findAskedAcr(ctx: KoaContextWithOIDC): Acr | 'unknown' | undefined {
  const request = (ctx.oidc.claims?.id_token as { acr?: AcrRequest | null } | undefined)?.acr;
  if (!request) return undefined;
  const wanted = Array.isArray(request.values) ? (request.values as unknown[]) : [request.value];
  const known = Object.values(acr);
  const asked = wanted.flatMap((value) => known.find((one) => one === value) ?? [])[0];
  return asked ?? (request.essential ? 'unknown' : undefined);
}

/** Whether it takes two factors to answer the request as it asks. */
export function asksForMfa(ctx: KoaContextWithOIDC): boolean {
  const asked = findAskedAcr(ctx);
  return asked === acr.mfa || asked === acr.phishingResistant;
}

export interface SessionMoments {
  accountId: string;
  now: Instant;
  signedInAt: Instant;
  passwordAt: Instant;
  mfaAt?: Instant | undefined;
  phrAt?: Instant | undefined;
}

/** The moments of the session's proofs, those of the interaction that just ended included; undefined: nobody is signed in. */
export function findSignInMoments(ctx: KoaContextWithOIDC): SessionMoments | undefined {
  const { session, result } = ctx.oidc;
  if (!session?.accountId) return undefined;
  const fresh = (result?.login ?? {}) as SignInMoments;
  const loaded = findRequestContext()?.sessionsById.get(session.uid);
  const signedInAt = fresh.signedInAt ?? loaded?.facts?.startedAt;
  if (signedInAt === undefined) return undefined;
  const [mfaAt, phrAt] = [latest(fresh.mfaAt, loaded?.mfaAt), latest(fresh.phrAt, loaded?.phrAt)];
  return {
    accountId: session.accountId,
    now: Math.max(loaded?.now ?? 0, signedInAt, mfaAt ?? 0),
    signedInAt,
    passwordAt: fresh.signedInAt ?? loaded?.passwordAt ?? signedInAt,
    mfaAt,
    phrAt,
  };
}

function latest(...moments: (Instant | undefined)[]): Instant | undefined {
  const known = moments.filter((moment) => moment !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}

/** Why a second factor is needed now, and whether only a passkey will do. */
export interface StepUp {
  reason: StepUpReason;
  phishingResistant: boolean;
}

/** undefined: this authorization request needs none. */
export function findStepUp(ctx: KoaContextWithOIDC): StepUp | undefined {
  const { session, params } = ctx.oidc;
  if (!session?.accountId) return undefined;
  const { configuration, account, moments, limits } = loadQuestion(ctx);
  const asksForPhr = findAskedAcr(ctx) === acr.phishingResistant;
  // A device's request takes a fresh proof on its own page, whatever the session holds.
  const proofs = isDeviceFlow(ctx) ? ((ctx.oidc.result?.login ?? {}) as SignInMoments) : moments;
  const reason = evaluateStepUp(
    configuration,
    limits,
    {
      scopes: grantableScopes(ctx),
      roles: account.roles,
      signedInAt: moments.signedInAt,
      mfaAt: proofs.mfaAt,
      phrAt: proofs.phrAt,
      asksForMfa: asksForMfa(ctx),
      asksForPhr,
      hasMfaAcr: session.acr === acr.mfa,
      maxAge: params?.max_age === undefined ? undefined : Number(params.max_age),
    },
    moments.now,
  );
  return reason && { reason, phishingResistant: asksForPhr || limits.mfa_phishing_resistant.value };
}

/**
 * Answer with the `acr` that the request asked for, where a session with two factors has reached more than
 * one: the phishing-resistant one where the request or a policy asks for it, else the ordinary one.
 */
export function settleAcr(ctx: KoaContextWithOIDC): void {
  const { session } = ctx.oidc;
  if (!session?.accountId || session.acr !== acr.mfa) return;
  const { moments, limits } = loadQuestion(ctx);
  const asked = findAskedAcr(ctx);
  const wants = asked ?? (limits.mfa_phishing_resistant.value ? acr.phishingResistant : acr.mfa);
  if (wants !== acr.phishingResistant || moments.phrAt === undefined) return;
  // The library reads it from the session, which serves requests that ask otherwise, too.
  Object.defineProperty(ctx.oidc, 'acr', { value: acr.phishingResistant, configurable: true });
}

/** What every decision about an authorization request of somebody signed in rests on. */
function loadQuestion(ctx: KoaContextWithOIDC) {
  const context = findRequestContext();
  const moments = findSignInMoments(ctx);
  const known = context?.sessionsById.get(ctx.oidc.session?.uid ?? '')?.facts?.clientIds;
  const limits = requestLimits(ctx, known);
  // Nothing passes because we do not know who asks, or since when.
  if (!context?.account || !moments || !limits) throw new Error('A signed-in request lacks its facts.');
  return { configuration: context.configuration, account: context.account, moments, limits };
}

function isDeviceFlow(ctx: KoaContextWithOIDC): boolean {
  return ctx.oidc.route === 'code_verification' || ctx.oidc.route === 'device_resume';
}
