import type { Configuration } from '../domain/configuration.ts';
import type { SessionFacts } from '../domain/facts.ts';
import type { Instant } from '../domain/instants.ts';
import type { EffectiveLimits } from '../domain/policies.ts';
import { evaluateSession } from '../policy/evaluate_lifetime.ts';
import type { Lifetime } from '../policy/evaluate_lifetime.ts';
import { sessionLimits } from '../policy/subject_limits.ts';
import type { LoadedSession } from '../store/sessions.ts';

/** The configuration in force, at least as new as `version`. */
export type ConfigurationAt = (version: number) => Promise<Configuration>;

/** A session as it stands at `now`, under the limits in force. */
export interface JudgedSession {
  now: Instant;
  session: SessionFacts;
  limits: EffectiveLimits;
  configuration: Configuration;
  life: Lifetime;
}

/** Look at a session, and change nothing: neither is it activity, nor does what is over end here. undefined: nobody signed in. */
export async function judgeSession(
  configurationAt: ConfigurationAt,
  loaded: LoadedSession | undefined,
): Promise<JudgedSession | undefined> {
  if (!loaded?.facts) return undefined;
  const { facts: session, roles, now } = loaded;
  const configuration = await configurationAt(loaded.configurationVersion);
  const limits = sessionLimits(configuration, session, roles);
  const life = evaluateSession(session, limits, now);
  if (life.over || !loaded.accountDisabled) return { now, session, limits, configuration, life };
  return {
    now,
    session,
    limits,
    configuration,
    life: { over: true, end: { reason: 'account_disabled', at: now } },
  };
}
