import { formatDuration } from '../domain/durations.ts';
import { builtInDefaultPolicy } from '../domain/policies.ts';
import type { Limits } from '../domain/policies.ts';
import type { Fault } from './faults.ts';
import { joinPath } from './faults.ts';
import type { SectionValues } from './sections.ts';

/** Baselines that take no refresh for a sign of presence (NIST SP 800-63B-4 §5.1.2). */
const presenceBaselines = /^nist-63b4/;

/** What is allowed but hardly meant. */
export function listWarnings(file: SectionValues): Fault[] {
  const warnings: Fault[] = [];
  for (const [name, { limits, baselines }] of file.policies ?? []) {
    const path = joinPath('policies', name);
    warnings.push(...listLimitWarnings(path, limits));
    if (baselines.some((id) => presenceBaselines.test(id)) && limits.activity !== 'reported') {
      warnings.push({
        path: joinPath(path, 'activity'),
        message:
          'any_refresh counts a refresh as presence, which a claimed NIST SP 800-63B-4 baseline does not; reported would',
      });
    }
  }
  return [...warnings, ...listStepUpWarnings(file)];
}

const pairs = [
  ['refresh_idle', 'refresh_absolute'],
  ['session_idle', 'session_absolute'],
  ['access_token_ttl', 'refresh_absolute'],
  ['lease_max', 'refresh_absolute'],
] as const;

/** Fields of one policy that outlast what bounds them. */
function listLimitWarnings(path: string, limits: Partial<Limits>): Fault[] {
  return pairs.flatMap(([field, bound]) => {
    const [value, most] = [limits[field], limits[bound]];
    if (value === undefined || most === undefined || value <= most) return [];
    const message = `${formatDuration(value)} is longer than ${bound}, ${formatDuration(most)}, which ends it first`;
    return [{ path: joinPath(path, field), message }];
  });
}

/** Scopes whose tokens can outlive the proof that opened them. */
function listStepUpWarnings(file: SectionValues): Fault[] {
  const { policies, scopes } = file;
  if (!policies || !scopes) return [];
  return [...scopes].flatMap(([name, { stepUp }]) => {
    const maxAge = stepUp?.mfaMaxAge;
    const most = longestTokenTtl(file, name);
    if (maxAge === undefined || most.ttl <= maxAge) return [];
    const [ttl, age] = [formatDuration(most.ttl), formatDuration(maxAge)];
    const message = `${ttl} is longer than mfa_max_age of scope ${name}, ${age}: a token outlives the proof it rests on; give the scope a policy with a shorter access_token_ttl, or let its API look at auth_time`;
    return [{ path: joinPath('policies', most.policy, 'access_token_ttl'), message }];
  });
}

interface TokenTtl {
  ttl: number;
  policy: string;
}

/** The longest access_token_ttl that can hold for a scope, and the policy that sets it. */
function longestTokenTtl(file: SectionValues, scopeName: string): TokenTtl {
  const ttlOf = (policy = ''): TokenTtl => ({
    ttl: file.policies?.get(policy)?.limits.access_token_ttl ?? Infinity,
    policy,
  });
  const scope = file.scopes?.get(scopeName);
  const resources = [...(file.resources?.values() ?? [])].filter(({ scopes }) => scopes.includes(scopeName));
  // Each list is a choice of which the longest may come true; all lists apply at once.
  const choices = [
    [ttlOf(scope?.policy)],
    (scope?.roles ?? []).map((role) => ttlOf(file.roles?.get(role)?.policy)),
    resources.map(({ policy }) => ttlOf(policy)),
  ].filter((choice) => choice.length > 0);
  const bound = choices.map(longest).reduce((a, b) => (b.ttl < a.ttl ? b : a));
  if (bound.ttl < Infinity) return bound;
  const { name, limits } = builtInDefaultPolicy;
  const fallback = file.policies?.has(name) ? [] : [{ ttl: limits.access_token_ttl, policy: name }];
  return longest([
    ...fallback,
    ...[...(file.policies?.keys() ?? [])].map(ttlOf).filter(({ ttl }) => ttl < Infinity),
  ]);
}

function longest(ttls: readonly TokenTtl[]): TokenTtl {
  return ttls.reduce((a, b) => (b.ttl > a.ttl ? b : a));
}
