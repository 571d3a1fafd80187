import type { Configuration } from '../domain/configuration.ts';
import type { AccountFacts, End, FamilyFacts, RefreshTokenFacts, SessionFacts } from '../domain/facts.ts';
import { addSeconds } from '../domain/instants.ts';
import type { Instant } from '../domain/instants.ts';
import type { ActivityRule, EffectiveLimits } from '../domain/policies.ts';
import type { EndReason, RefusalReason } from '../domain/reasons.ts';
import { countedProof } from './counted_proof.ts';
import { evaluateFamily, evaluateSession } from './evaluate_lifetime.ts';
import { evaluateScopes } from './evaluate_scopes.ts';
import { familyLimits, sessionLimits } from './subject_limits.ts';

/** Everything a refresh is judged by, as loaded in one round trip. */
export interface RefreshFacts {
  now: Instant;
  configuration: Configuration;
  account: AccountFacts;
  family: FamilyFacts;
  /** The family's session; undefined where it is gone from the store. */
  session?: SessionFacts | undefined;
  token: RefreshTokenFacts;
  /** Thumbprint of the key that the family is bound to. */
  boundKey?: string | undefined;
}

/** What the authenticated client asked. */
export interface RefreshRequest {
  clientId: string;
  /** Thumbprint of the DPoP proof's key. */
  proofKey?: string | undefined;
  /** Seconds the client says its user has been away. */
  inactiveFor?: number | undefined;
  /** The scopes named in the request; undefined where none were named. */
  scopes?: readonly string[] | undefined;
}

export interface RefreshLimits {
  family: EffectiveLimits;
  session: EffectiveLimits;
}

export interface GrantedRefresh {
  granted: true;
  /** `rotate`: a successor is made; `retry`: the same one is handed out again; `keep`: no rotation. */
  mode: 'rotate' | 'retry' | 'keep';
  limits: RefreshLimits;
  /** The activity moves to `now` minus these seconds, never back; undefined: no activity. */
  inactiveFor: number | undefined;
  /** Likewise for the session of a bound family. */
  sessionInactiveFor: number | undefined;
  /** The scopes the token may carry. */
  scopes: string[];
  /** Scopes of the family left out, because their role or their fresh MFA is gone. */
  dropped: string[];
}

/** The family, or its session with everything bound to it. */
export interface Ending {
  what: 'family' | 'session';
  end: End;
}

export interface RefusedRefresh {
  granted: false;
  code: RefusalReason;
  /** What ends with this refusal, if anything. */
  ends?: Ending;
  /** The limit or stored end that the client is told of. */
  end?: End;
}
export type RefreshVerdict = GrantedRefresh | RefusedRefresh;

/** Retries served later than this after the rotation count. */
export const freeRetrySeconds = 2;
/** Counted retries served; the next one is reuse. */
export const countedRetries = 5;

type Check = (
  facts: RefreshFacts,
  request: RefreshRequest,
  limits: RefreshLimits,
) => RefusedRefresh | undefined;

/** The table of verdicts, in its order; the first that answers wins. */
const checks: readonly Check[] = [
  foreignToken,
  reusedToken,
  endedFamily,
  disabledAccountOrClient,
  lifetimeOver,
  missingMfa,
  refusedScopes,
];

/** Decide a refresh at `facts.now`. */
export function evaluateRefresh(facts: RefreshFacts, request: RefreshRequest): RefreshVerdict {
  const { configuration, family, session, account } = facts;
  const limits = {
    family: familyLimits(configuration, family, account.roles),
    session: sessionLimits(configuration, session ?? { clientIds: [] }, account.roles),
  };
  for (const check of checks) {
    const refused = check(facts, request, limits);
    if (refused) return refused;
  }
  return grant(facts, request, limits);
}

function foreignToken(
  { family, boundKey }: RefreshFacts,
  request: RefreshRequest,
): RefusedRefresh | undefined {
  const foreign =
    family.clientId !== request.clientId || (boundKey !== undefined && boundKey !== request.proofKey);
  return foreign ? { granted: false, code: 'unknown_token' } : undefined;
}

function reusedToken(
  facts: RefreshFacts,
  request: RefreshRequest,
  limits: RefreshLimits,
): RefusedRefresh | undefined {
  if (facts.token.rotatedAt === undefined || isRetry(facts, request, limits)) return undefined;
  if (facts.family.end) return { granted: false, code: 'reuse_detected' };
  return endFamily(facts, limits, 'reuse_detected');
}

/** The family ends for `reason` now, unless a limit had passed before: then that is the stored reason. */
function endFamily(facts: RefreshFacts, limits: RefreshLimits, reason: EndReason): RefusedRefresh {
  const lifetime = familyLifetime(facts, limits);
  const end: End = lifetime.over ? lifetime.end : { reason, at: facts.now };
  return { granted: false, code: reason, ends: { what: 'family', end } };
}

/** The overlap: positive, not over since the first use, the successor unused, no wider scope, the same key, retries left. */
function isRetry(
  { token, family, now }: RefreshFacts,
  request: RefreshRequest,
  limits: RefreshLimits,
): boolean {
  if (token.rotatedAt === undefined || !token.successorUnused) return false;
  if (request.scopes?.some((scope) => !family.scopes.includes(scope))) return false;
  if (token.rotationKey !== request.proofKey) return false;
  const free = now < addSeconds(token.rotatedAt, freeRetrySeconds);
  return (
    now < addSeconds(token.rotatedAt, limits.family.refresh_overlap.value) &&
    (free || token.retries < countedRetries)
  );
}

function endedFamily({ family }: RefreshFacts): RefusedRefresh | undefined {
  return family.end && { granted: false, code: family.end.reason, end: family.end };
}

function disabledAccountOrClient(
  facts: RefreshFacts,
  _: RefreshRequest,
  limits: RefreshLimits,
): RefusedRefresh | undefined {
  if (facts.account.disabled) return endFamily(facts, limits, 'account_disabled');
  const clientGone = facts.configuration.clients.get(facts.family.clientId)?.disabled ?? true;
  return clientGone ? endFamily(facts, limits, 'client_disabled') : undefined;
}

function lifetimeOver(
  facts: RefreshFacts,
  _: RefreshRequest,
  limits: RefreshLimits,
): RefusedRefresh | undefined {
  const lifetime = familyLifetime(facts, limits);
  if (!lifetime.over) return undefined;
  const { end } = lifetime;
  return {
    granted: false,
    code: end.reason,
    end,
    ends: endingSession(facts, limits) ?? { what: 'family', end },
  };
}

/** The session of a bound family, if its own limit has passed and nobody has ended it yet. */
function endingSession({ family, session, now }: RefreshFacts, limits: RefreshLimits): Ending | undefined {
  if (!family.bound || !session || session.end) return undefined;
  const lifetime = evaluateSession(session, limits.session, now);
  return lifetime.over ? { what: 'session', end: lifetime.end } : undefined;
}

function missingMfa(
  { family }: RefreshFacts,
  _: RefreshRequest,
  limits: RefreshLimits,
): RefusedRefresh | undefined {
  if (limits.family.mfa.value !== 'always' || countedProof(limits.family, family) !== undefined)
    return undefined;
  return { granted: false, code: 'mfa_required' };
}

function refusedScopes(
  facts: RefreshFacts,
  request: RefreshRequest,
  limits: RefreshLimits,
): RefusedRefresh | undefined {
  const { granted, withdrawn, stale } = askedScopes(facts, request, limits);
  const dropped = withdrawn.length + stale.length;
  if (dropped === 0 || (!request.scopes && granted.length > 0)) return undefined;
  return { granted: false, code: withdrawn.length > 0 ? 'scope_withdrawn' : 'mfa_stale' };
}

function grant(facts: RefreshFacts, request: RefreshRequest, limits: RefreshLimits): GrantedRefresh {
  const { token, configuration, family } = facts;
  const rotates = configuration.clients.get(family.clientId)?.refreshRotation ?? true;
  const retry = token.rotatedAt !== undefined;
  const activity = (rule: ActivityRule) =>
    retry ? retryActivity(token, request) : (request.inactiveFor ?? (rule === 'any_refresh' ? 0 : undefined));
  const inactiveFor = activity(limits.family.activity.value);
  // What is no activity of the family is none of its session.
  const sessionInactiveFor = inactiveFor === undefined ? undefined : activity(limits.session.activity.value);
  const { granted, withdrawn, stale } = askedScopes(facts, request, limits);
  return {
    granted: true,
    mode: retry ? 'retry' : rotates ? 'rotate' : 'keep',
    limits,
    inactiveFor,
    sessionInactiveFor,
    scopes: granted,
    dropped: [...withdrawn, ...stale],
  };
}

/** A retry is activity only if it says a smaller `inactive_for` than its first use counted as. */
function retryActivity(token: RefreshTokenFacts, request: RefreshRequest): number | undefined {
  if (request.inactiveFor === undefined) return undefined;
  return request.inactiveFor < (token.inactiveFor ?? Infinity) ? request.inactiveFor : undefined;
}

function familyLifetime(facts: RefreshFacts, limits: RefreshLimits) {
  return evaluateFamily(
    facts.family,
    limits.family,
    { session: facts.session, limits: limits.session },
    facts.now,
  );
}

function askedScopes(facts: RefreshFacts, request: RefreshRequest, limits: RefreshLimits) {
  const scopes =
    request.scopes?.filter((scope) => facts.family.scopes.includes(scope)) ?? facts.family.scopes;
  const question = { scopes, roles: facts.account.roles, mfaAt: countedProof(limits.family, facts.family) };
  return evaluateScopes(facts.configuration, limits.family, question, facts.now);
}
