import type { Configuration as ProviderConfiguration } from 'oidc-provider';
import { addSeconds, toEpochSeconds } from '../domain/instants.ts';
import type { Instant } from '../domain/instants.ts';
import { builtInDefaultPolicy } from '../domain/policies.ts';
import { clientLimits } from '../policy/subject_limits.ts';
import { splitScope } from './token_claims.ts';
import { findRequestContext } from './request_context.ts';
import type { RequestContext } from './request_context.ts';

/** Seconds an unfinished sign-in or consent is kept. */
export const interactionSeconds = 3600;
/** Seconds a device code and its user code live (RFC 8628 §3.2). */
export const deviceCodeSeconds = 600;
/** Seconds an authorization code lives (RFC 6749 §4.1.2: at most 600; FAPI 2.0: 60). */
export const codeSeconds = 60;
/** Seconds a pushed authorization request lives (RFC 9126 §2.2; FAPI 2.0: less than 600). */
export const requestUriSeconds = 60;

/**
 * Lifetimes by kind of token. Access and ID tokens end no later than what they rest on: the
 * family's absolute end and, for a bound one, the session's.
 */
export const tokenLifetimes: NonNullable<ProviderConfiguration['ttl']> = {
  AccessToken: () => cappedLifetime(findRequestContext(), accessTokenTtl(findRequestContext())),
  IdToken: () => cappedLifetime(findRequestContext(), accessTokenTtl(findRequestContext())),
  AuthorizationCode: codeSeconds,
  DeviceCode: deviceCodeSeconds,
  PushedAuthorizationRequest: requestUriSeconds,
  ClientCredentials: (_, token, client) => clientCredentialsTtl(client?.clientId, token.aud, token.scope),
  Interaction: interactionSeconds,
  // Sessions, grants and refresh tokens end by the gate, never by a date in their payload.
  Session: () => 365 * 86_400,
  Grant: () => 365 * 86_400,
  RefreshToken: () => 365 * 86_400,
};

function clientCredentialsTtl(clientId = '', resource: unknown, scope: unknown): number {
  const context = findRequestContext();
  if (!context) return builtInDefaultPolicy.limits.access_token_ttl;
  const limits = clientLimits(context.configuration, {
    clientId,
    resources: typeof resource === 'string' ? [resource] : [],
    scopes: splitScope(scope),
  });
  return limits.access_token_ttl.value;
}

function accessTokenTtl(context: RequestContext | undefined): number {
  return context?.pending?.verdict?.limits.family.access_token_ttl.value ?? 300;
}

/** `exp` is counted from this process's clock, so the cap is too; at least one second, which `lastTokenSecond` corrects. */
function cappedLifetime(context: RequestContext | undefined, ttl: number): number {
  const last = context && lastTokenSecond(context);
  if (last === undefined) return ttl;
  return Math.max(1, Math.min(ttl, last - Math.floor(Date.now() / 1000)));
}

/** The latest `exp` that a token of this request may have; undefined where nothing caps it. */
export function lastTokenSecond(context: RequestContext): number | undefined {
  const end = absoluteEnd(context);
  return end === undefined ? undefined : toEpochSeconds(end);
}

/**
 * When the family of this request ends at the latest, and its session with it if bound. A family in
 * the making starts at `newFamilyAt`, which defaults to the moment its code was loaded.
 */
export function absoluteEnd({ pending }: RequestContext, newFamilyAt?: Instant): Instant | undefined {
  if (!pending?.verdict) return undefined;
  const { limits } = pending.verdict;
  const isRefresh = pending.kind === 'refresh';
  const startedAt = isRefresh ? pending.loaded.family.startedAt : (newFamilyAt ?? pending.loaded.now);
  const bound = isRefresh ? pending.loaded.family.bound : pending.loaded.payload.expiresWithSession === true;
  const own = addSeconds(startedAt, limits.family.refresh_absolute.value);
  const { session } = pending.loaded;
  if (!bound || !session) return own;
  return Math.min(own, addSeconds(session.startedAt, limits.session.session_absolute.value));
}
