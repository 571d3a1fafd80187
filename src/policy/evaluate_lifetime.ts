import type { End, FamilyFacts, SessionFacts } from '../domain/facts.ts';
import { addSeconds } from '../domain/instants.ts';
import type { Instant } from '../domain/instants.ts';
import type { EffectiveLimit, EffectiveLimits } from '../domain/policies.ts';
import type { EndReason } from '../domain/reasons.ts';
import { familyLease } from './family_lease.ts';
import type { LeaseInForce } from './family_lease.ts';

/** Alive until `idleEndAt` (never after `absoluteEndAt`), or over since `end.at`. */
export type Lifetime = { over: false; idleEndAt: Instant; absoluteEndAt: Instant } | { over: true; end: End };

/** Decide whether a session is over at `now`. A stored end stands. */
export function evaluateSession(session: SessionFacts, limits: EffectiveLimits, now: Instant): Lifetime {
  if (session.end) return { over: true, end: session.end };
  return evaluateClocks(
    { startedAt: session.startedAt, limit: limits.session_absolute },
    { activeAt: session.lastActivityAt, limit: limits.session_idle },
    now,
  );
}

/** The session a bound family hangs on: undefined where it is gone from the store. */
export interface Bond {
  session: SessionFacts | undefined;
  limits: EffectiveLimits;
}

/**
 * Decide whether a family is over at `now`. A stored end stands. A bound family also ends with its
 * session; its idle limit is the smaller of its own and its session's, from the later activity. Within
 * a lease the idle limit rests: if it is over when the lease ends, that is the end.
 * Whichever passed first is the reason; if two fall together, an absolute limit.
 */
export function evaluateFamily(
  family: FamilyFacts,
  limits: EffectiveLimits,
  bond: Bond,
  now: Instant,
): Lifetime {
  if (family.end) return { over: true, end: family.end };
  const own = evaluateClocks(
    { startedAt: family.startedAt, limit: limits.refresh_absolute },
    familyIdleClock(family, limits, bond),
    now,
  );
  if (!family.bound) return own;
  if (!bond.session) return own.over ? own : { over: true, end: { reason: 'session_ended', at: now } };

  const session = evaluateSession(bond.session, bond.limits, now);
  if (own.over && session.over) return { over: true, end: firstEnd(own.end, session.end) };
  if (own.over) return own;
  if (session.over) return session;
  return {
    over: false,
    idleEndAt: Math.min(own.idleEndAt, session.idleEndAt),
    absoluteEndAt: Math.min(own.absoluteEndAt, session.absoluteEndAt),
  };
}

/** The earlier of two; if both fall together, an absolute limit, the family's own before its session's. */
function firstEnd(own: End, session: End): End {
  if (session.at !== own.at) return session.at < own.at ? session : own;
  return own.reason !== 'absolute_timeout' && session.reason === 'absolute_timeout' ? session : own;
}

function familyIdleClock(family: FamilyFacts, limits: EffectiveLimits, bond: Bond): IdleClock {
  if (!family.bound || !bond.session) {
    const lease = familyLease(family, limits);
    return { activeAt: family.lastActivityAt, limit: limits.refresh_idle, lease };
  }
  const sessionIsStricter = bond.limits.session_idle.value < limits.refresh_idle.value;
  return {
    activeAt: Math.max(family.lastActivityAt, bond.session.lastActivityAt),
    limit: sessionIsStricter ? bond.limits.session_idle : limits.refresh_idle,
  };
}

interface AbsoluteClock {
  startedAt: Instant;
  limit: EffectiveLimit<number>;
}
interface IdleClock {
  activeAt: Instant;
  limit: EffectiveLimit<number>;
  lease?: LeaseInForce | undefined;
}

/** A limit is over at its very moment; the one that passed first is the reason; if both together, the absolute one. */
function evaluateClocks(absolute: AbsoluteClock, idle: IdleClock, now: Instant): Lifetime {
  const absoluteEndAt = addSeconds(absolute.startedAt, absolute.limit.value);
  const idleEnd = findIdleEnd(idle);
  const endAt = Math.min(absoluteEndAt, idleEnd.at);
  if (now < endAt) return { over: false, idleEndAt: endAt, absoluteEndAt };

  return endAt === absoluteEndAt
    ? { over: true, end: limitEnd('absolute_timeout', absolute.limit, endAt) }
    : { over: true, end: idleEnd };
}

function findIdleEnd({ activeAt, limit, lease }: IdleClock): End {
  const limitAt = addSeconds(activeAt, limit.value);
  return lease && limitAt <= lease.endAt
    ? limitEnd('lease_over', lease.limit, lease.endAt)
    : limitEnd('idle_timeout', limit, limitAt);
}

function limitEnd(reason: EndReason, limit: EffectiveLimit<number>, at: Instant): End {
  return { reason, at, limit: limit.value, policy: limit.policy, policyVersion: limit.version };
}
