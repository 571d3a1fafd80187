import { addSeconds, wholeSecondsBetween } from '../domain/instants.ts';
import type { Instant } from '../domain/instants.ts';
import type { LeaseDetail } from '../domain/leases.ts';
import { familyLease } from '../policy/family_lease.ts';
import type { CommitOutcome } from '../store/families.ts';
import { describeRunningLease } from './family_life.ts';
import type { PendingExchange, PendingRefresh, RequestContext } from './request_context.ts';
import { absoluteEnd } from './token_lifetimes.ts';

export interface TokenDeadlines {
  refresh_token_timeout?: number;
  authorization_expires_in?: number;
  /** RFC 9396 §7: the lease, while it runs. */
  authorization_details?: LeaseDetail[];
}

/**
 * Both deadlines in whole seconds, rounded down, as draft-ietf-oauth-refresh-token-expiration-03 names
 * them, and the lease.
 */
export function findDeadlines(
  context: RequestContext,
  pending: PendingRefresh | PendingExchange,
  outcome: Extract<CommitOutcome, { outcome: 'done' }>,
  bound: boolean,
): TokenDeadlines {
  if (!pending.verdict) return {};
  const { family, session } = pending.verdict.limits;
  const { now, lastActivityAt, sessionLastActivityAt = lastActivityAt } = outcome;
  const leased = leasedFamily(pending, bound, now);
  const absolute = absoluteEnd(context, now) ?? now;
  const idleEnds: Instant[] = [absolute];
  if (bound) {
    const limit = Math.min(family.refresh_idle.value, session.session_idle.value);
    idleEnds.push(addSeconds(Math.max(lastActivityAt, sessionLastActivityAt), limit));
    idleEnds.push(addSeconds(sessionLastActivityAt, session.session_idle.value));
  } else {
    const idleEndAt = addSeconds(lastActivityAt, family.refresh_idle.value);
    idleEnds.push(Math.max(idleEndAt, familyLease(leased, family)?.endAt ?? idleEndAt));
  }
  const details = describeRunningLease(leased, family, now);
  return {
    ...(details ? { authorization_details: details } : {}),
    refresh_token_timeout: wholeSecondsBetween(now, Math.min(...idleEnds)),
    authorization_expires_in: wholeSecondsBetween(now, absolute),
  };
}

/** What a lease depends on: of the family that was refreshed, or of the one that begins now. */
function leasedFamily(
  pending: PendingRefresh | PendingExchange,
  bound: boolean,
  now: Instant,
): Parameters<typeof familyLease>[0] {
  if (pending.kind === 'refresh') return pending.loaded.family;
  const { lease } = pending.loaded;
  return { bound, startedAt: now, ...(lease ? { lease } : {}) };
}
