import { z } from 'zod';
import type { Configuration } from '../../../domain/configuration.ts';
import { evaluateFamily, evaluateSession } from '../../../policy/evaluate_lifetime.ts';
import { familyLimits, sessionLimits } from '../../../policy/subject_limits.ts';
import type { LiveFamily, LiveSession } from '../../../store/live_access.ts';
import { describeLimit, formatTime, instant, limitSchema } from '../times.ts';

const lifeSchema = {
  account_id: z.string(),
  username: z.string(),
  started_at: instant,
  last_activity_at: instant,
  idle_ends_at: instant.meta({ description: 'If nothing happens.' }),
  absolute_ends_at: instant.meta({ description: 'Whatever happens.' }),
  idle_limit: limitSchema,
  absolute_limit: limitSchema,
};

export const sessionSchema = z.object({
  session_id: z.string(),
  ...lifeSchema,
  clients: z.array(z.string()),
  address: z.string().exactOptional(),
});

export const familySchema = z.object({
  family_id: z.string(),
  session_id: z.string(),
  bound: z.boolean().meta({ description: 'It ends with its session.' }),
  client_id: z.string(),
  scopes: z.array(z.string()),
  ...lifeSchema,
  lease: z.object({ seconds: z.number(), purpose: z.string() }).exactOptional(),
});

/** undefined: it is over by the limits in force, and the sweeper is on its way. */
export function describeSession(
  configuration: Configuration,
  { session, username, roles, now, address }: LiveSession,
): z.input<typeof sessionSchema> | undefined {
  const limits = sessionLimits(configuration, session, roles);
  const life = evaluateSession(session, limits, now);
  if (life.over) return undefined;
  return {
    session_id: session.sessionId,
    account_id: session.accountId,
    username,
    clients: [...session.clientIds],
    ...(address === undefined ? {} : { address }),
    started_at: formatTime(session.startedAt),
    last_activity_at: formatTime(session.lastActivityAt),
    idle_ends_at: formatTime(life.idleEndAt),
    absolute_ends_at: formatTime(life.absoluteEndAt),
    idle_limit: describeLimit(limits.session_idle),
    absolute_limit: describeLimit(limits.session_absolute),
  };
}

/** Likewise. */
export function describeFamily(
  configuration: Configuration,
  { family, session, username, roles, now }: LiveFamily,
): z.input<typeof familySchema> | undefined {
  const limits = familyLimits(configuration, family, roles);
  const ofSession = sessionLimits(configuration, session ?? { clientIds: [] }, roles);
  const life = evaluateFamily(family, limits, { session, limits: ofSession }, now);
  if (life.over) return undefined;
  const { lease } = family;
  return {
    family_id: family.familyId,
    session_id: family.sessionId,
    bound: family.bound,
    client_id: family.clientId,
    scopes: [...family.scopes],
    account_id: family.accountId,
    username,
    started_at: formatTime(family.startedAt),
    last_activity_at: formatTime(family.lastActivityAt),
    idle_ends_at: formatTime(life.idleEndAt),
    absolute_ends_at: formatTime(life.absoluteEndAt),
    idle_limit: describeLimit(limits.refresh_idle),
    absolute_limit: describeLimit(limits.refresh_absolute),
    ...(lease ? { lease: { seconds: lease.duration, purpose: lease.purpose } } : {}),
  };
}
