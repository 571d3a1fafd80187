import { formatDuration } from '../../domain/durations.ts';
import type { DurationField, EffectiveLimit, EffectiveLimits } from '../../domain/policies.ts';
import type { Check } from './baseline.ts';

/** What a requirement is held against where a policy applies. */
export interface LimitsInForce {
  limits: EffectiveLimits;
  /** All baselines that the policy claims. */
  claimed: readonly string[];
}

/** How limits miss what is asked for, a phrase each; undefined: it is not limits that this asks about. */
export function checkLimits(check: Check, { limits, claimed }: LimitsInForce): string[] | undefined {
  switch (check.kind) {
    case 'longest':
      return check.fields.flatMap((field) => tellTooLong(field, limits[field], check.seconds));
    case 'written':
      return check.fields.flatMap((field) => tellUnwritten(field, limits[field]));
    case 'mfa':
      return tellUnless(limits.mfa.value === 'always', `mfa is ${limits.mfa.value}`, limits.mfa);
    case 'phishing_resistant_mfa':
      return [
        ...tellUnless(limits.mfa.value === 'always', `mfa is ${limits.mfa.value}`, limits.mfa),
        ...tellUnless(
          limits.mfa_phishing_resistant.value,
          'a second factor that can be phished is enough',
          limits.mfa_phishing_resistant,
        ),
      ];
    case 'presence':
      return tellUnless(
        limits.activity.value === 'reported',
        `activity is ${limits.activity.value}: any refresh counts as presence`,
        limits.activity,
      );
    case 'most_sessions': {
      const most = claimed.some((id) => privilegedBaselines.has(id)) ? check.privileged : check.most;
      const { value } = limits.max_sessions;
      return tellUnless(value <= most, `max_sessions is ${value}, more than ${most}`, limits.max_sessions);
    }
    default:
      return undefined;
  }
}

const privilegedBaselines = new Set(['fedramp-privileged', 'disa-asd-admin', 'cis-m365-admin']);

function tellTooLong(field: DurationField, limit: EffectiveLimit<number>, most: number): string[] {
  const length = `${field} is ${formatDuration(limit.value)}, longer than ${formatDuration(most)}`;
  return tellUnless(limit.value <= most, length, limit);
}

/** What the built-in policy says, nobody here has written down: it has version 0. */
function tellUnwritten(field: DurationField, limit: EffectiveLimit<number>): string[] {
  const text = `${field} is not set by any policy here; the built-in ${formatDuration(limit.value)} holds`;
  return limit.version === 0 ? [text] : [];
}

function tellUnless(isMet: boolean, text: string, { policy }: EffectiveLimit<unknown>): string[] {
  return isMet ? [] : [`${text} (policy ${policy})`];
}
