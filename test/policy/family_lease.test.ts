import assert from 'node:assert/strict';
import type { End, FamilyFacts } from '../../src/domain/facts.ts';
import type { Instant } from '../../src/domain/instants.ts';
import type { Limits } from '../../src/domain/policies.ts';
import { evaluateFamily } from '../../src/policy/evaluate_lifetime.ts';
import type { Lifetime } from '../../src/policy/evaluate_lifetime.ts';
import { familyLease } from '../../src/policy/family_lease.ts';
import { after, family, limitsOf, momentsAround, second, session } from './facts.ts';

/** An offline family that was allowed a lease of 8 hours; policy `p`, version 7, permits 12. */
const leased: Partial<FamilyFacts> = { bound: false, lease: { duration: 28_800, purpose: 'Nightly books' } };
const limits: Partial<Limits> = { refresh_idle: 1800, refresh_absolute: 86_400, lease_max: 43_200 };

function evaluate(facts: Partial<FamilyFacts>, more: Partial<Limits>, now: Instant): Lifetime {
  const bond = { session: session(), limits: limitsOf({ session_idle: 86_400, session_absolute: 86_400 }) };
  return evaluateFamily(family({ ...leased, ...facts }), limitsOf({ ...limits, ...more }), bond, now);
}

const ended = (reason: End['reason'], seconds: number, limit: number): End => ({
  reason,
  at: after(seconds),
  limit,
  policy: 'p',
  policyVersion: 7,
});

/** What is stored, what is in force, and the end that both give. */
const ends: [what: string, facts: Partial<FamilyFacts>, limits: Partial<Limits>, end: End][] = [
  ['the end of its lease, if nobody was active since it began', {}, {}, ended('lease_over', 28_800, 28_800)],
  [
    'the end of its lease, if the idle limit passed within it',
    { lastActivityAt: after(26_000) },
    {},
    ended('lease_over', 28_800, 28_800),
  ],
  [
    'the end of its lease, if the idle limit passes at that very moment',
    { lastActivityAt: after(27_000) },
    {},
    ended('lease_over', 28_800, 28_800),
  ],
  [
    'its idle limit, if that passes a microsecond after the lease',
    { lastActivityAt: after(27_000) + 1 },
    {},
    { ...ended('idle_timeout', 28_800, 1800), at: after(28_800) + 1 },
  ],
  [
    'its idle limit, counted from activity late in the lease',
    { lastActivityAt: after(28_799) },
    {},
    ended('idle_timeout', 30_599, 1800),
  ],
  [
    'its idle limit, counted from activity after the lease',
    { lastActivityAt: after(30_000) },
    {},
    ended('idle_timeout', 31_800, 1800),
  ],
  [
    'its absolute limit within the lease',
    {},
    { refresh_absolute: 3600 },
    ended('absolute_timeout', 3600, 3600),
  ],
  [
    'its absolute limit, if the lease ends at that very moment',
    {},
    { refresh_absolute: 28_800 },
    ended('absolute_timeout', 28_800, 28_800),
  ],
  [
    'the end of its lease by a lease_max that is shorter now',
    {},
    { lease_max: 7200 },
    ended('lease_over', 7200, 7200),
  ],
  [
    'its idle limit, if lease_max is shorter than that now',
    {},
    { lease_max: 1799 },
    ended('idle_timeout', 1800, 1800),
  ],
  ['its idle limit, if no lease is permitted now', {}, { lease_max: 0 }, ended('idle_timeout', 1800, 1800)],
  [
    'its idle limit, if no lease is permitted and it passed before the family began',
    { lastActivityAt: after(-1800) },
    { lease_max: 0 },
    ended('idle_timeout', 0, 1800),
  ],
  ['its idle limit, if it is bound to its session', { bound: true }, {}, ended('idle_timeout', 1800, 1800)],
];

describe('a family with a lease', () => {
  for (const [what, facts, more, end] of ends) {
    for (const { when, now, over } of momentsAround(end.at)) {
      it(`is ${over ? 'over' : 'not over'} ${when} ${what}`, () => {
        const lifetime = evaluate(facts, more, now);
        if (over) return assert.deepEqual(lifetime, { over, end });
        assert.equal(!lifetime.over && lifetime.idleEndAt, end.at);
      });
    }
  }

  for (const [reason, at] of [
    ['revoked', after(60)],
    ['account_disabled', after(60)],
  ] as const) {
    it(`is over within its lease when it ended earlier: ${reason}`, () =>
      assert.deepEqual(evaluate({ end: { reason, at } }, {}, after(61)), {
        over: true,
        end: { reason, at },
      }));
  }

  it('gets no more than the user allowed, whatever lease_max permits', () => {
    const lease = familyLease(family(leased), limitsOf({ lease_max: 86_400 }));
    assert.deepEqual(lease, { endAt: after(28_800), limit: { value: 28_800, policy: 'p', version: 7 } });
  });

  it('begins its lease with itself, not with the last activity', () => {
    const facts = { ...leased, startedAt: after(100), lastActivityAt: after(100) - 30 * second };
    assert.equal(familyLease(family(facts), limitsOf(limits))?.endAt, after(28_900));
  });

  it('has none unless one was allowed, and none without a lease_max', () => {
    assert.equal(familyLease(family({ bound: false }), limitsOf(limits)), undefined);
    assert.equal(familyLease(family(leased), limitsOf({})), undefined, 'the built-in default permits none');
  });
});
