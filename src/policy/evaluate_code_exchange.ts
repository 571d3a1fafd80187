import type { Configuration } from '../domain/configuration.ts';
import type { AccountFacts, FamilyFacts, SessionFacts } from '../domain/facts.ts';
import type { Instant } from '../domain/instants.ts';
import { countedProof } from './counted_proof.ts';
import { evaluateFamily } from './evaluate_lifetime.ts';
import type { RefreshLimits, RefusedRefresh } from './evaluate_refresh.ts';
import { evaluateScopes } from './evaluate_scopes.ts';
import { familyLimits, sessionLimits } from './subject_limits.ts';

/** Everything the exchange of an authorization code is judged by. */
export interface CodeExchangeFacts {
  now: Instant;
  configuration: Configuration;
  account: AccountFacts;
  session?: SessionFacts | undefined;
  /** The code was exchanged before. */
  consumed: boolean;
  clientId: string;
  /** The family that it would give. */
  bound: boolean;
  scopes: readonly string[];
  resources: readonly string[];
  lastActivityAt: Instant;
  mfaAt?: Instant | undefined;
  phrAt?: Instant | undefined;
}

export interface GrantedCodeExchange {
  granted: true;
  limits: RefreshLimits;
  /** The scopes that tokens may carry now. */
  scopes: string[];
}
export type CodeExchangeVerdict = GrantedCodeExchange | RefusedRefresh;

/** Decide the exchange of a code by rows 5 to 10 of the table of verdicts; a second use of it is refused first. */
export function evaluateCodeExchange(facts: CodeExchangeFacts): CodeExchangeVerdict {
  const { configuration, account, now } = facts;
  if (facts.consumed) return { granted: false, code: 'code_reused' };
  if (account.disabled) return { granted: false, code: 'account_disabled' };
  if (configuration.clients.get(facts.clientId)?.disabled ?? true)
    return { granted: false, code: 'client_disabled' };

  const limits = {
    family: familyLimits(configuration, facts, account.roles),
    session: sessionLimits(configuration, facts.session ?? { clientIds: [] }, account.roles),
  };
  const bond = { session: facts.session, limits: limits.session };
  const lifetime = evaluateFamily(futureFamily(facts), limits.family, bond, now);
  if (lifetime.over) return { granted: false, code: lifetime.end.reason, end: lifetime.end };
  const proofAt = countedProof(limits.family, facts);
  if (limits.family.mfa.value === 'always' && proofAt === undefined) {
    return { granted: false, code: 'mfa_required' };
  }
  const scopes = evaluateScopes(
    configuration,
    limits.family,
    { scopes: facts.scopes, roles: account.roles, mfaAt: proofAt },
    now,
  );
  if (scopes.granted.length === 0 && scopes.withdrawn.length + scopes.stale.length > 0) {
    return { granted: false, code: scopes.withdrawn.length > 0 ? 'scope_withdrawn' : 'mfa_stale' };
  }
  return { granted: true, limits, scopes: scopes.granted };
}

function futureFamily(facts: CodeExchangeFacts): FamilyFacts {
  return {
    familyId: '',
    accountId: facts.account.accountId,
    clientId: facts.clientId,
    sessionId: facts.session?.sessionId ?? '',
    bound: facts.bound,
    scopes: facts.scopes,
    resources: facts.resources,
    startedAt: facts.now,
    lastActivityAt: facts.lastActivityAt,
  };
}
