import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { End, FamilyFacts, SessionFacts } from '../../src/domain/facts.ts';
import type { Instant } from '../../src/domain/instants.ts';
import type { EffectiveLimits } from '../../src/domain/policies.ts';
import { evaluateFamily, evaluateSession } from '../../src/policy/evaluate_lifetime.ts';
import type { Lifetime } from '../../src/policy/evaluate_lifetime.ts';
import { families, limits, sessions } from './arbitraries.ts';
import { limitsOf, second, start } from './facts.ts';

const inForce = limits.map(limitsOf);
const moments = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: -1, max: 1 }))
  .map(([whole, micros]) => start + whole * second + micros);
const presentSessions = fc.tuple(families, inForce, sessions, inForce);
type Living = [FamilyFacts, EffectiveLimits, SessionFacts | undefined, EffectiveLimits];

const evaluate = ([family, own, session, its]: Living, now: Instant): Lifetime =>
  evaluateFamily(family, own, { session, limits: its }, now);

/** What is stored of an end was before anybody asks. */
const isPast = ({ end }: SessionFacts, now: Instant): boolean => !end || end.at <= now;

/** Every end that there is, by the words of gate.md. */
function listEnds([family, own, session, its]: Living): Pick<End, 'at' | 'reason'>[] {
  if (family.end) return [family.end];
  const idle =
    family.bound && session
      ? Math.min(own.refresh_idle.value, its.session_idle.value)
      : own.refresh_idle.value;
  const active =
    family.bound && session ? Math.max(family.lastActivityAt, session.lastActivityAt) : family.lastActivityAt;
  const leaseEndAt = family.startedAt + Math.min(family.lease?.duration ?? 0, own.lease_max.value) * second;
  const isLeased = leaseEndAt > family.startedAt && active + idle * second <= leaseEndAt;
  const ends: Pick<End, 'at' | 'reason'>[] = [
    { reason: 'absolute_timeout', at: family.startedAt + own.refresh_absolute.value * second },
    isLeased
      ? { reason: 'lease_over', at: leaseEndAt }
      : { reason: 'idle_timeout', at: active + idle * second },
  ];
  if (!family.bound || !session) return ends;
  if (session.end) return [...ends, session.end];
  return [
    ...ends,
    { reason: 'absolute_timeout', at: session.startedAt + its.session_absolute.value * second },
    { reason: 'idle_timeout', at: session.lastActivityAt + its.session_idle.value * second },
  ];
}

describe('the lifetime of any family', () => {
  it('ends at the first of all its ends, for that reason, and not before', () => {
    fc.assert(
      fc.property(presentSessions, moments, (living, now) => {
        const [family, , session] = living;
        fc.pre(isPast(session, now));
        const ends = listEnds(living);
        const firstAt = Math.min(...ends.map(({ at }) => at));
        const lifetime = evaluate(living, now);
        assert.equal(lifetime.over, now >= firstAt || family.end !== undefined);
        if (!lifetime.over) return;
        assert.equal(lifetime.end.at, firstAt);
        const reasons = ends.filter(({ at }) => at === firstAt).map(({ reason }) => reason);
        assert.ok(reasons.includes(lifetime.end.reason), `${lifetime.end.reason} of ${reasons.join()}`);
        const isLimit = lifetime.end.limit !== undefined && !session.end;
        if (isLimit && reasons.includes('absolute_timeout'))
          assert.equal(lifetime.end.reason, 'absolute_timeout');
      }),
      { numRuns: 2000 },
    );
  });

  it('has an end that is not later than now, unless a later one is stored', () => {
    const gone = fc.tuple(families, inForce, fc.constant(undefined), inForce);
    fc.assert(
      fc.property(fc.oneof(presentSessions, gone), moments, (living: Living, now) => {
        const lifetime = evaluate(living, now);
        if (!lifetime.over) return;
        const isStored = lifetime.end === living[0].end || lifetime.end === living[2]?.end;
        assert.ok(isStored || lifetime.end.at <= now);
      }),
      { numRuns: 1000 },
    );
  });

  it('has an end that never moves, and never comes back to life, when asked later', () => {
    fc.assert(
      fc.property(presentSessions, moments, fc.nat({ max: 60 * second }), (living, now, later) => {
        const lifetime = evaluate(living, now);
        const [, , session] = living;
        fc.pre(lifetime.over && isPast(session, now));
        assert.deepEqual(evaluate(living, now + later), lifetime);
      }),
      { numRuns: 1000 },
    );
  });

  it('has an idle deadline after now, and not after the absolute one', () => {
    fc.assert(
      fc.property(presentSessions, moments, (living, now) => {
        const lifetime = evaluate(living, now);
        if (lifetime.over) return;
        assert.ok(now < lifetime.idleEndAt);
        assert.ok(lifetime.idleEndAt <= lifetime.absoluteEndAt);
        assert.equal(evaluate(living, lifetime.idleEndAt).over, true);
        assert.equal(evaluate(living, lifetime.idleEndAt - 1).over, false);
      }),
      { numRuns: 1000 },
    );
  });

  it('is never shorter for a lease, nor longer for a shorter lease_max', () => {
    fc.assert(
      fc.property(presentSessions, moments, fc.nat({ max: 20 }), ([family, own, session, its], now, less) => {
        const { lease: _, ...withoutLease } = family;
        const leased = evaluate([family, own, session, its], now);
        if (leased.over) assert.equal(evaluate([withoutLease, own, session, its], now).over, true);
        const shorter = { ...own.lease_max, value: Math.min(own.lease_max.value, less) };
        if (leased.over)
          assert.equal(evaluate([family, { ...own, lease_max: shorter }, session, its], now).over, true);
      }),
      { numRuns: 1000 },
    );
  });

  it('is never longer for being bound to its session', () => {
    fc.assert(
      fc.property(presentSessions, moments, ([family, own, session, its], now) => {
        const active = Math.max(family.lastActivityAt, session.lastActivityAt);
        const alike = { ...family, lastActivityAt: active };
        const bound = evaluate([{ ...alike, bound: true }, own, session, its], now);
        const offline = evaluate([{ ...alike, bound: false }, own, session, its], now);
        if (offline.over) assert.equal(bound.over, true);
      }),
    );
  });
});

describe('the lifetime of any session', () => {
  it('has an idle deadline not after the absolute one, or an end that never moves', () => {
    fc.assert(
      fc.property(sessions, inForce, moments, fc.nat({ max: 60 * second }), (session, its, now, later) => {
        const lifetime = evaluateSession(session, its, now);
        if (lifetime.over) return assert.deepEqual(evaluateSession(session, its, now + later), lifetime);
        assert.ok(now < lifetime.idleEndAt && lifetime.idleEndAt <= lifetime.absoluteEndAt);
      }),
      { numRuns: 1000 },
    );
  });
});
